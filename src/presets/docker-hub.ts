/*
 * Docker Hub API.
 * https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api/operation/AuthCreateAccessToken, read 2026-11-29 in
 * docker/docs at commit 0073bb65. The lifetime is not documented; it is in the token, which is a JWT.
 */
import type { TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { definePreset, type PresetOptions } from './define-preset.js';

/** The credentials of an account at Docker Hub. */
export interface DockerHubCredentials {
  /** A user name; with an organization access token the name of the organization. */
  readonly identifier: string;
  /** A personal access token, an organization access token, or a password. */
  readonly secret: string;
}

/** Options of {@link dockerHub}. */
export type DockerHubOptions = PresetOptions<DockerHubCredentials>;

/**
 * The provider for the API of Docker Hub. Past its limit it answers 429 with `X-Retry-After`, not `Retry-After`.
 *
 * @throws MisconfigurationError for a missing credential
 */
export function dockerHub(options: DockerHubOptions): TokenEndpointProvider<DockerHubCredentials> {
  return definePreset<DockerHubCredentials, DockerHubOptions>(
    options,
    {
      name: 'dockerHub',
      documentation: {
        url: 'https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api/operation/AuthCreateAccessToken',
        checkedOn: '2026-11-29',
      },
      credentialFields: {
        identifier: { hint: 'It is the name of the user or organization.' },
        secret: { secret: true, hint: 'Create an access token in the settings of the account.' },
      },
      own: {},
    },
    () => ({
      baseURL: 'https://hub.docker.com',
      tokenUrl: '/v2/auth/token',
      request: ({ identifier, secret }) => ({ body: { json: { identifier, secret } } }),
    }),
  );
}
