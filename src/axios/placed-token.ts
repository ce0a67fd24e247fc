import type { InternalAxiosRequestConfig } from 'axios';

import { placeOf, type Carrier, type Place } from '../provider-definition/token-placement.js';
import type { AccessToken } from '../token/access-token.js';
import { isOurs, rememberToken } from './known-tokens.js';
import { readableHeaders, withWritableHeaders } from './writable-config.js';

type Config = InternalAxiosRequestConfig;

/** All places that attachments of this process use: a config that is sent again may come from any of them. */
const places = [placeOf()];

/** The same place from an earlier attachment, or else this one. */
export function knownPlace(place: Place): Place {
  const known = places.find(({ id }) => id === place.id);
  if (known === undefined) places.push(place);
  return known ?? place;
}

/** Whose value is in a place: the caller's; ours, if the config was sent before; or nobody's. */
export type Occupant = 'caller' | 'ours' | 'none';

/**
 * Whose value is in a place. A header set to `false` or `null` is the caller's choice too, as is axios's `auth`, which replaces
 * `Authorization`.
 */
export function occupantOf(place: Place, config: Config): Occupant {
  try {
    if (config.auth && place === places[0]) return 'caller';
    const values = place.find(readableHeaders(config.headers), config);
    if (values.length === 0) return 'none';
    return values.every(isOurs) ? 'ours' : 'caller';
  } catch {
    return 'caller'; // The config cannot be read, and axios itself will report that.
  }
}

/** Writes a token into its place. Anything else there stays. */
export function writeToken(place: Place, config: Config, token: AccessToken): void {
  rememberToken(token);
  place.write(config, token.authorization);
}

/** The config without our tokens, and the places that hold the caller's own value. */
export function withoutOurs(given: Config): { config: Config; taken: readonly Place[] } {
  let config = given;
  const taken: Place[] = [];
  for (const place of places) {
    const occupant = occupantOf(place, config);
    if (occupant === 'caller') taken.push(place);
    if (occupant !== 'ours') continue;
    config = withWritableHeaders(config);
    place.remove(config, isOurs);
  }
  return { config, taken };
}

/** Whether a config carries anything in a place for tokens. */
export function carriesToken(config: Config): boolean {
  for (const place of places) if (occupantOf(place, config) !== 'none') return true;
  return false;
}

/** Removes all our tokens. */
export function removeOurs(carrier: Carrier): void {
  for (const place of places) place.remove(carrier, isOurs);
}
