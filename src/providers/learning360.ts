/*
 * 360Learning API v2.
 * https://360learning.readme.io/docs/step-2-create-an-access-token, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { oneOf, text } from '../errors/option-rules.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { secureURL } from '../provider-definition/secure-url.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';

/** The credentials of 360Learning. */
export interface Learning360Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const REGIONS = Object.freeze({
  eu: 'https://app.360learning.com',
  us: 'https://app.us.360learning.com',
});

/** Options of {@link learning360}: the credentials, or a function that fetches them, and the address of the API. */
export type Learning360Options = WithCredentials<Learning360Credentials> &
  CommonOptions & {
    /** The platform that hosts the company. @defaultValue 'eu' */
    readonly region?: keyof typeof REGIONS | undefined;
    /** Replaces the region's URL, for instance with a sandbox. @defaultValue the region's URL */
    readonly baseURL?: string | undefined;
    /** The user to act for, on user-authorized endpoints. A request can override it with `params.user_id`. */
    readonly userId?: string | undefined;
    /** The company to act for, on service-authorized endpoints. A request can override it with `params.company_id`. */
    readonly companyId?: string | undefined;
  };

const HINT = 'Find it in the API v2 panel of the 360Learning administration.';
const credentialFields = {
  clientId: { hint: HINT },
  clientSecret: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<Learning360Options> = {
  region: oneOf(Object.keys(REGIONS)),
  baseURL: secureURL,
  userId: text,
  companyId: text,
};

/**
 * The provider for 360Learning: OAuth 2.0 client credentials as JSON.
 *
 * 360Learning rejects unknown properties with `invalid_request`, so only documented ones are sent.
 *
 * @example
 * ```ts
 * const provider = learning360({ clientId: 'an id', clientSecret: 'a secret', region: 'eu' });
 * ```
 * @throws MisconfigurationError for an unknown region or a missing credential
 * @see https://360learning.readme.io/docs/step-2-create-an-access-token
 */
export function learning360(
  options: Learning360Options,
): TokenEndpointProvider<Learning360Credentials> {
  options = givenOptions(options);
  const common = commonPart(options, { name: 'learning360', credentialFields, own });
  return defineProvider<Learning360Credentials>({
    ...common,
    baseURL: options.baseURL ?? REGIONS[options.region ?? 'eu'],
    documentation: {
      url: 'https://360learning.readme.io/docs/step-2-create-an-access-token',
      checkedOn: '2026-11-21',
    },
    paramNames: ['user_id', 'company_id'],
    tokenRequest: ({ clientId, clientSecret }, params) => ({
      url: '/api/v2/oauth2/token',
      body: {
        json: {
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          ...(options.userId === undefined ? {} : { user_id: options.userId }),
          ...(options.companyId === undefined ? {} : { company_id: options.companyId }),
          ...params,
        },
      },
    }),
    parseToken: ({ body }) => ({
      accessToken: read(body, 'access_token'),
      tokenType: read(body, 'token_type'),
      expiresInSeconds: read(body, 'expires_in'),
    }),
    // On the token endpoint `error` is documented as a string, as in RFC 6749; on the other endpoints as an object.
    diagnose: ({ body }) => ({
      code: read(body, 'error', 'code'),
      message: read(body, 'error', 'message'),
    }),
    defaultLifetimeSeconds: 3_600,
  });
}
