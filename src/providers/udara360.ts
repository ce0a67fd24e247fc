/*
 * Udara360 core banking.
 * https://docs.udara360.io/udara360-docs-1/getting-started/authentication/accesstoken, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { oneOf } from '../errors/option-rules.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { positiveNumber } from '../token/lifetime.js';
import { secureURL } from '../provider-definition/secure-url.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';

/** The credentials of Udara360. */
export interface Udara360Credentials {
  /** At most 100 characters. */
  readonly clientId: string;
  /** At most 100 characters. */
  readonly clientSecret: string;
}

const ENVIRONMENTS = Object.freeze({
  test: 'https://openapi.test.udara360.io',
  live: 'https://openapi.udara360.io',
});

/** Options of {@link udara360}: the credentials, or a function that fetches them, and the address of the API. */
export type Udara360Options = WithCredentials<Udara360Credentials> &
  CommonOptions & {
    /** @defaultValue 'live' */
    readonly environment?: keyof typeof ENVIRONMENTS | undefined;
    /** Replaces the environment's URL, for instance with a sandbox. @defaultValue the environment's URL */
    readonly baseURL?: string | undefined;
  };

const HINT = 'Udara360 sends it with your API access.';
const credentialFields = {
  clientId: { maxLength: 100, hint: HINT },
  clientSecret: { secret: true, maxLength: 100, hint: HINT },
} as const;
const own: OwnOptions<Udara360Options> = {
  environment: oneOf(Object.keys(ENVIRONMENTS)),
  baseURL: secureURL,
};

/**
 * The provider for Udara360 core banking.
 *
 * @example
 * ```ts
 * const provider = udara360({ clientId: 'an id', clientSecret: 'a secret', environment: 'test' });
 * ```
 * @throws MisconfigurationError for an unknown environment, or a credential that is missing or over 100 characters
 * @see https://docs.udara360.io/udara360-docs-1/getting-started/authentication/accesstoken
 */
export function udara360(options: Udara360Options): TokenEndpointProvider<Udara360Credentials> {
  options = givenOptions(options);
  const common = commonPart(options, { name: 'udara360', credentialFields, own });
  return defineProvider<Udara360Credentials>({
    ...common,
    baseURL: options.baseURL ?? ENVIRONMENTS[options.environment ?? 'live'],
    documentation: {
      url: 'https://docs.udara360.io/udara360-docs-1/getting-started/authentication/accesstoken',
      checkedOn: '2026-11-21',
    },
    // The documentation's table says clientID, but its sample and all known clients use clientId.
    tokenRequest: ({ clientId, clientSecret }) => ({
      url: '/api/auth/v1/authenticate',
      body: { json: { clientId, clientSecret } },
    }),
    parseToken: ({ body }) => {
      const expiresInSeconds = read(body, 'tokenValiditySec');
      return {
        accessToken: read(body, 'accessToken'),
        tokenType: read(body, 'tokenType'),
        expiresInSeconds,
        // Second choice: an absolute time depends on two clocks, and its unit is not documented.
        expiresAt:
          positiveNumber(expiresInSeconds) === undefined ? read(body, 'expirationTime') : undefined,
      };
    },
    // As in the other calls: the response of a failed token call is not documented.
    diagnose: ({ body }) => ({
      code: read(body, 'data', 'statusCode'),
      message: read(body, 'message'),
    }),
    // Not documented. Two integrators assume about an hour and renew at 55 minutes.
    defaultLifetimeSeconds: 3_300,
  });
}
