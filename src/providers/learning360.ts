/*
 * 360Learning API v2.
 * https://360learning.readme.io/docs/step-2-create-an-access-token, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';
import { baseURLOf } from './region.js';

/** The credentials of 360Learning. */
export interface Learning360Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const REGIONS = Object.freeze({
  eu: 'https://app.360learning.com',
  us: 'https://app.us.360learning.com',
});

/** Options of {@link learning360}: the credentials, or a function that fetches them, and where the API is. */
export type Learning360Options = WithCredentials<Learning360Credentials> &
  CommonOptions & {
    /** The platform that holds the company. @defaultValue 'eu' */
    readonly region?: keyof typeof REGIONS | undefined;
    /** Takes the place of the region's URL, for a sandbox. */
    readonly baseURL?: string | undefined;
    /** The user on whose behalf tokens are issued, for user-authorized endpoints. May differ per request through `params.user_id`. */
    readonly userId?: string | undefined;
    /** The company for service-authorized endpoints. May differ per request through `params.company_id`. */
    readonly companyId?: string | undefined;
  };

const HINT = 'It is in the API v2 panel of the 360Learning administration.';
const credentialFields = {
  clientId: { hint: HINT },
  clientSecret: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<Learning360Options> = {
  region: true,
  baseURL: true,
  userId: true,
  companyId: true,
};

/**
 * 360Learning: a JSON client-credentials call, and `expires_in` as a string.
 *
 * Unknown properties are answered with `invalid_request`, so nothing but the documented ones is sent.
 *
 * @throws MisconfigurationError for an unknown region or a missing credential
 * @see https://360learning.readme.io/docs/step-2-create-an-access-token
 */
export function learning360(
  options: Learning360Options,
): TokenEndpointProvider<Learning360Credentials> {
  options = givenOptions(options);
  return defineProvider<Learning360Credentials>({
    ...commonPart(options, { name: 'learning360', credentialFields, own }),
    baseURL: options.baseURL ?? baseURLOf('learning360', REGIONS, options.region ?? 'eu'),
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
    // The token endpoint's `error` is documented as a string, as in RFC 6749; that of the others as an object.
    diagnose: ({ body }) => ({
      code: read(body, 'error', 'code'),
      message: read(body, 'error', 'message'),
    }),
    defaultLifetimeSeconds: 3_600,
  });
}
