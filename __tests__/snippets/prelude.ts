/*
 * Loaded before each snippet, which runs as it stands: no other machine's name is looked up, whatever the adapter.
 */
import dns from 'node:dns';
import { writeSync } from 'node:fs';

const { lookup } = dns;

dns.lookup = ((name: string, ...rest: unknown[]) => {
  if (['localhost', '127.0.0.1', '::1'].includes(name)) {
    Reflect.apply(lookup, dns, [name, ...rest]);
    return;
  }
  const problem = `A snippet would have reached ${name}`;
  // Standard error has to stay empty: the snippet may take the error for one that it can handle.
  writeSync(2, `${problem}\n`);
  const answer = rest.at(-1) as (error: Error) => void;
  answer(new Error(problem));
}) as typeof lookup;
