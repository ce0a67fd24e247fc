import type { InternalAxiosRequestConfig } from 'axios';

import { restoreTimeout, rewordTimeout } from './deadline.js';
import type { Sent } from './exchange.js';

type Config = InternalAxiosRequestConfig;

/**
 * Takes off what was put into a config for one send, wherever it comes back: on the config that was sent, and on a copy of it
 * that the adapter may have named. Never throws: what is frozen goes back as it is.
 */
export function giveBack(sent: Sent, outcome: unknown): void {
  quietly(() => {
    for (const config of new Set([sent.config, ...configsOf(outcome)])) {
      sent.watch?.takeOff(config);
      restoreTimeout(sent, config);
      sent.attachment.redirects?.restore(config);
    }
  });
  quietly(() => rewordTimeout(sent, outcome));
}

/** The configs that a response or an error names. */
export function configsOf(outcome: unknown): Config[] {
  return holdersOf(outcome).flatMap(({ config }) => (isObject(config) ? [config as Config] : []));
}

/** What may name a config: the response or error itself, and the response of an error. */
export function holdersOf(outcome: unknown): { config?: unknown }[] {
  if (!isObject(outcome)) return [];
  const { response } = outcome as { response?: unknown };
  return isObject(response) ? [outcome, response] : [outcome];
}

/** Runs a step that must not get in the way of what it is about. */
export function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // A frozen object, a getter that throws: it stays as it is.
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
