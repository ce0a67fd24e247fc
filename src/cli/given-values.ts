import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';

import { CommandError } from './command-error.js';
import { EXIT } from './exit-codes.js';
import { variableOf } from './provider-catalogue.js';
import type { ProviderName } from './provider-names.js';

export type Values = Readonly<Record<string, string>>;

/** Reads a credentials file, or standard input if its name is `-`: JSON, or the lines of an env file. */
export async function readCredentials(file: string): Promise<Values> {
  const read = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
    (error: unknown) => {
      throw new CommandError(EXIT.usage, `--credentials: ${(error as Error).message}`);
    },
  );
  const content = read.trim(); // This also removes the byte order mark that Windows writes.
  return content.startsWith('{') ? parseObject(content) : envFile(content);
}

/** The credentials and settings of one provider, by option name. A file overrides the environment. */
export function valuesOf(
  provider: ProviderName,
  options: readonly string[],
  file: Values,
): Record<string, string> {
  const given = options.flatMap((option): [string, string][] => {
    const variable = variableOf(provider, option);
    const value = file[option] ?? file[variable] ?? process.env[variable];
    // In a shell, an empty variable counts as unset.
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(given);
}

/** The parser's messages are dropped, because they quote the text, which holds secrets. */
function parseObject(content: string): Values {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new CommandError(EXIT.usage, '--credentials: looks like JSON but does not parse.');
  }
  const wrong = Object.entries(parsed as object).find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) {
    throw new CommandError(EXIT.usage, `--credentials: ${wrong[0]} is not a string.`);
  }
  return parsed as Values;
}

function envFile(content: string): Values {
  const values = parseEnv(content) as Values;
  if (Object.keys(values).length === 0) {
    throw new CommandError(
      EXIT.usage,
      '--credentials: found neither a JSON object nor a line like EXOTEL_API_KEY=...',
    );
  }
  return values;
}
