/*
 * Spotify Web API, without a user.
 * https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow, read 2026-11-29 in an undated copy, and in
 * spotify/web-api-examples, as of 2023-11-07. The lifetime and error responses are not in the copies.
 */
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link spotify}. */
export type SpotifyOptions = PresetOptions;

/**
 * The provider for the endpoints of the Spotify Web API that need no user.
 *
 * @throws MisconfigurationError for a missing credential
 */
export function spotify(options: SpotifyOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'spotify',
      documentation: {
        url: 'https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It belongs to your app at Spotify for Developers.'),
      own: {},
    },
    () => ({
      baseURL: 'https://api.spotify.com',
      tokenUrl: 'https://accounts.spotify.com/api/token',
      request: withBasic(),
    }),
  );
}
