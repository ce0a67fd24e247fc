import { fromEitherBuild, type ApiInstance } from '../../api-instance.js';
import { createExotelClient } from '../exotel-client.js';
import { resolveExotelOptions, type ExotelApiOptions } from '../exotel-options.js';
import { createV4Callbacks, type ExotelV4Callbacks } from './v4-callbacks.js';
import { createV4Users, type ExotelV4Users } from './v4-users.js';
import { createV4VoiceLogs, type ExotelV4VoiceLogs } from './v4-voice-logs.js';

/** Options of {@link createExotelV4Api}. */
export type ExotelV4ApiOptions = Pick<
  ExotelApiOptions,
  'accountSid' | 'region' | 'hosts' | 'defaultCountry' | 'zonelessOffset'
>;

/**
 * The documented endpoints of Contact Center v4, except its login.
 *
 * Every call throws an ApiInputError when its input is invalid (nothing was sent), an ExotelApiError when Exotel refuses, and an AxiosError
 * when no answer came (network, `timeout`, `signal`).
 */
export interface ExotelV4Api {
  readonly users: ExotelV4Users;
  readonly callbacks: ExotelV4Callbacks;
  readonly voiceLogs: ExotelV4VoiceLogs;
}

/**
 * Contact Center v4 over its own axios instance: its session token, from the v4 login, differs from the
 * token of the other APIs, so one instance cannot serve both.
 *
 * @throws ApiInputError naming the option that is wrong.
 * @see https://developer.exotel.com/docs/contact-center-v4/api-reference/login
 */
export function createExotelV4Api(given: ApiInstance, options: ExotelV4ApiOptions): ExotelV4Api {
  const instance = fromEitherBuild(given);
  const resolved = resolveExotelOptions(instance, options, 'createExotelV4Api');
  const client = createExotelClient(instance, resolved);
  return Object.freeze({
    users: createV4Users(client),
    callbacks: createV4Callbacks(client),
    voiceLogs: createV4VoiceLogs(client),
  });
}
