/*
 * Twitch API, app access tokens.
 * https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#client-credentials-grant-flow, read 2026-11-29 in quotations elsewhere, and
 * in twitchdev/twitch-cli, as of 2026-03-11, which sends the same fields in the query. Error responses are not in the copies.
 */
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link twitch}. */
export type TwitchOptions = PresetOptions;

/**
 * The provider for the endpoints of the Twitch API that need no user. They also expect the client id in a `Client-Id` header; set it
 * yourself.
 *
 * @throws MisconfigurationError for a missing credential
 */
export function twitch(options: TwitchOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'twitch',
      documentation: {
        url: 'https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#client-credentials-grant-flow',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('Choose Manage for your app in the Twitch developer console.'),
      own: {},
    },
    () => ({
      baseURL: 'https://api.twitch.tv/helix',
      tokenUrl: 'https://id.twitch.tv/oauth2/token',
      request: inBody(),
    }),
  );
}
