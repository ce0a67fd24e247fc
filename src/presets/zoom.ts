/*
 * Zoom, Server-to-Server OAuth.
 * https://developers.zoom.us/docs/rooms/s2s-oauth/, read 2026-11-29 in an undated copy, and in Zoom's
 * zoom/server-to-server-oauth-starter-api, as of 2024-01-29. Error responses are not documented there.
 */
import { basicAuthorization } from '../platform/basic-authorization.js';
import type { TokenEndpointProvider } from '../provider-definition/define-provider.js';
import type { OAuth2ClientCredentials } from '../providers/oauth2-client-credentials.js';
import { clientFields, definePreset, type PresetOptions } from './define-preset.js';

/** The credentials of a Server-to-Server OAuth app. */
export interface ZoomCredentials extends OAuth2ClientCredentials {
  readonly accountId: string;
}

/** Options of {@link zoom}. */
export type ZoomOptions = PresetOptions<ZoomCredentials>;

const HINT = 'It is among the app credentials in the Zoom App Marketplace.';

/**
 * The provider for Zoom, with the grant `account_credentials`. Its scopes are set in the app.
 *
 * @throws MisconfigurationError for a missing credential
 */
export function zoom(options: ZoomOptions): TokenEndpointProvider<ZoomCredentials> {
  return definePreset<ZoomCredentials, ZoomOptions>(
    options,
    {
      name: 'zoom',
      documentation: {
        url: 'https://developers.zoom.us/docs/rooms/s2s-oauth/',
        checkedOn: '2026-11-29',
      },
      credentialFields: { accountId: { hint: HINT }, ...clientFields(HINT) },
      own: {},
      defaultLifetimeSeconds: 3_600,
    },
    () => ({
      baseURL: 'https://api.zoom.us/v2',
      tokenUrl: 'https://zoom.us/oauth/token',
      request: ({ accountId, clientId, clientSecret }) => ({
        headers: { Authorization: basicAuthorization(clientId, clientSecret) },
        body: { form: { grant_type: 'account_credentials', account_id: accountId } },
      }),
    }),
  );
}
