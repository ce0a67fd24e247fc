import type { InternalAxiosRequestConfig } from 'axios';

import { holdersOf, isObject, quietly, read } from '../concealment/any-object.js';
import { restoreTimeout, rewordTimeout } from './deadline.js';
import type { Sent } from './exchange.js';

type Config = InternalAxiosRequestConfig;

/**
 * Undoes the changes made to a config for one send, on the config that was sent and on any copy in the outcome. Never throws; a
 * frozen config stays unchanged.
 */
export function giveBack(sent: Sent, outcome: unknown): void {
  const { place } = sent.attachment;
  for (const config of new Set([sent.config, ...configsOf(outcome)])) {
    quietly(() => {
      // A whole header stays in the config, where errors conceal it.
      if (place.arrivedIn) place.remove(config, (value) => value === sent.token.authorization);
      sent.watch?.takeOff(config);
      restoreTimeout(sent, config);
      sent.attachment.redirects?.restore(config);
    });
  }
  quietly(() => rewordTimeout(sent, outcome));
}

/** The configs referenced by a response or an error. */
export function configsOf(outcome: unknown): Config[] {
  return holdersOf(outcome)
    .map((holder) => read(holder, 'config'))
    .filter((config): config is Config => isObject(config));
}
