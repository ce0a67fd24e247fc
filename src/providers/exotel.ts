/*
 * Exotel Contact Center (CCM).
 * https://developer.exotel.com/docs/contact-center/api-reference/token-generation, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { oneOf } from '../errors/option-rules.js';
import { basicAuthorization } from '../platform/basic-authorization.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { classifyTokenFailure } from '../token-call/token-failure.js';
import type { TokenResponse } from '../provider-definition/token-response.js';
import { secureURL } from '../provider-definition/secure-url.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';

/** The credentials of Exotel Contact Center. */
export interface ExotelCredentials {
  /** The account SID, part of every path. */
  readonly accountSid: string;
  readonly apiKey: string;
  readonly apiToken: string;
}

const REGIONS = Object.freeze({
  singapore: 'https://ccm-api.exotel.com',
  mumbai: 'https://ccm-api.in.exotel.com',
});

/** Options of {@link exotel}: the credentials, or a function that fetches them, and the address of the API. */
export type ExotelOptions = WithCredentials<ExotelCredentials> &
  CommonOptions & {
    /** The data centre of the account. Credentials work only in their own region. @defaultValue 'singapore' */
    readonly region?: keyof typeof REGIONS | undefined;
    /** Replaces the region's URL, for instance with a sandbox. @defaultValue the region's URL */
    readonly baseURL?: string | undefined;
  };

const HINT = 'Find it in the Exotel dashboard under API settings.';
const credentialFields = {
  accountSid: { hint: HINT },
  apiKey: { secret: true, hint: HINT },
  apiToken: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<ExotelOptions> = {
  region: oneOf(Object.keys(REGIONS)),
  baseURL: secureURL,
};

/**
 * The provider for Exotel Contact Center. It exchanges an API key for a JWT that is valid for 24 hours by default.
 *
 * @example
 * ```ts
 * const provider = exotel({ accountSid: 'acme1', apiKey: 'a key', apiToken: 'a secret', region: 'mumbai' });
 * ```
 * @throws MisconfigurationError for an unknown region or a missing credential
 * @see https://developer.exotel.com/docs/contact-center/api-reference/token-generation
 */
export function exotel(options: ExotelOptions): TokenEndpointProvider<ExotelCredentials> {
  options = givenOptions(options);
  const common = commonPart(options, { name: 'exotel', credentialFields, own });
  return defineProvider<ExotelCredentials>({
    ...common,
    baseURL: options.baseURL ?? REGIONS[options.region ?? 'singapore'],
    documentation: {
      url: 'https://developer.exotel.com/docs/contact-center/api-reference/token-generation',
      checkedOn: '2026-11-21',
    },
    tokenRequest: ({ accountSid, apiKey, apiToken }) => ({
      url: `/v2/accounts/${encodeURIComponent(accountSid)}/configuration/basicauth`,
      // The documentation shows this header on a request without a body.
      headers: {
        'Content-Type': 'application/json',
        Authorization: basicAuthorization(apiKey, apiToken),
      },
    }),
    parseToken: ({ body }) => ({
      accessToken: read(body, 'response', 'data', 'access_token'),
      tokenType: read(body, 'response', 'data', 'token_type'),
      expiresInSeconds: read(body, 'response', 'data', 'expires_in'),
    }),
    classifyFailure: (response) => {
      const status = statusIn(response);
      return status === response.status ? undefined : classifyTokenFailure({ ...response, status });
    },
    diagnose: ({ body }) => ({
      code: read(body, 'response', 'error_data', 'code'),
      message: read(body, 'response', 'error_data', 'message'),
      requestId: read(body, 'request_id'),
    }),
    defaultLifetimeSeconds: 86_400,
    rejectedCredentialsAdvice: (response) =>
      statusIn(response) === 403
        ? 'According to Exotel this account is not authorized for CCM: ask Exotel to enable the Contact Center API for it.'
        : // The wrong region's host answers a good key with 401.
          'Check the credentials. Exotel gives the same answer to a valid key in the wrong region: check `region` too.',
  });
}

/** Related APIs wrap failures in a 200, so the status inside the envelope counts. */
function statusIn({ status, body }: TokenResponse): number {
  return status < 300 && read(body, 'response', 'status') === 'failure'
    ? Number(read(body, 'response', 'code'))
    : status;
}
