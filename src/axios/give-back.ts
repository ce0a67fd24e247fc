import type { InternalAxiosRequestConfig } from 'axios';

import { isObject, read } from '../concealment/any-object.js';
import { restoreTimeout, rewordTimeout } from './deadline.js';
import type { Sent } from './exchange.js';

type Config = InternalAxiosRequestConfig;

/**
 * Takes off what was put into a config for one send, wherever it comes back: on the config that was sent, and on a copy of it
 * that the adapter may have named. Never throws: what is frozen goes back as it is.
 */
export function giveBack(sent: Sent, outcome: unknown): void {
  for (const config of new Set([sent.config, ...configsOf(outcome)])) {
    quietly(() => {
      sent.watch?.takeOff(config);
      restoreTimeout(sent, config);
      sent.attachment.redirects?.restore(config);
    });
  }
  quietly(() => rewordTimeout(sent, outcome));
}

/** The configs that a response or an error names. */
export function configsOf(outcome: unknown): Config[] {
  return holdersOf(outcome)
    .map((holder) => read(holder, 'config'))
    .filter((config): config is Config => isObject(config));
}

/** What may name a config: the response or error itself, the response of an error, and what caused it. */
export function holdersOf(outcome: unknown): { config?: unknown }[] {
  const holders = new Set<object>();
  for (let one = outcome; isObject(one) && !holders.has(one); one = read(one, 'cause')) {
    holders.add(one);
    const response = read(one, 'response');
    if (isObject(response)) holders.add(response);
  }
  return [...holders];
}

/** Runs a step that must not get in the way of what it is about. */
export function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // A frozen object, a getter that throws: it stays as it is.
  }
}
