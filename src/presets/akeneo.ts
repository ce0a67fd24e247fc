/*
 * Akeneo PIM, REST API (connectors).
 * https://api.akeneo.com/documentation/authentication.html, read 2026-11-29 in akeneo/pim-api-docs, as of 2025-01-14.
 * Error responses are not documented there.
 */
import { basicAuthorization } from '../platform/basic-authorization.js';
import type { TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { definePreset, type PresetOptions } from './define-preset.js';

/** The credentials of a connection to Akeneo. */
export interface AkeneoCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

/** Options of {@link akeneo}. */
export type AkeneoOptions = PresetOptions<AkeneoCredentials> & {
  /** The URL of your PIM. */
  readonly baseURL: string;
};

const HINT = "It is among the credentials of the connection, in the PIM's connection settings.";

/**
 * The provider for Akeneo PIM. It requests each token with the password grant; Akeneo's refresh tokens are not used.
 *
 * @throws MisconfigurationError for a missing `baseURL` or credential
 */
export function akeneo(options: AkeneoOptions): TokenEndpointProvider<AkeneoCredentials> {
  return definePreset<AkeneoCredentials, AkeneoOptions>(
    options,
    {
      name: 'akeneo',
      documentation: {
        url: 'https://api.akeneo.com/documentation/authentication.html',
        checkedOn: '2026-11-29',
      },
      credentialFields: {
        clientId: { hint: HINT },
        clientSecret: { secret: true, hint: HINT },
        username: { hint: HINT },
        password: { secret: true, hint: HINT },
      },
      own: {},
      defaultLifetimeSeconds: 3_600,
    },
    ({ baseURL }) => ({
      baseURL,
      tokenUrl: '/api/oauth/v1/token',
      request: ({ clientId, clientSecret, username, password }) => ({
        headers: { Authorization: basicAuthorization(clientId, clientSecret) },
        body: { json: { grant_type: 'password', username, password } },
      }),
    }),
  );
}
