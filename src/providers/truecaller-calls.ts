/*
 * Truecaller for Business, Verified Business: call personalisation.
 * https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation (Generate Access Token), checked 2026-11-28.
 */
import { givenOptions } from '../concealment/given-options.js';
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
import {
  TRUECALLER_BASE_URL,
  truecallerTokenRequest,
  truecallerTokens,
  type TruecallerKey,
} from './truecaller-token.js';

/** The credentials of Verified Business. Whether a key serves Verified Campaigns too is not documented. */
export interface TruecallerCallsCredentials extends TruecallerKey {
  /** From the Manage API Keys page; part of the token path. Not the organisation id of the campaigns. */
  readonly clientAccountId: string;
}

/** Options of {@link truecallerCalls}: the credentials, or a function that fetches them, and the address of the API. */
export type TruecallerCallsOptions = WithCredentials<TruecallerCallsCredentials> &
  CommonOptions & {
    /** The address of the API. @defaultValue 'https://enterprise-portal-noneu.truecaller.com', the only documented host */
    readonly baseURL?: string | undefined;
  };

const HINT = 'It is on the Manage API Keys page of the Truecaller for Business console.';
const credentialFields = {
  clientAccountId: { hint: HINT },
  apiKey: { secret: true, hint: HINT },
  keyId: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<TruecallerCallsOptions> = { baseURL: secureURL };

/**
 * The provider for Truecaller for Business, Verified Business (calls). Its token call is that of `truecaller` with another path.
 *
 * Truecaller issues at most 10 tokens in 30 minutes. The provider stays within this limit. The 100 real-time records a second are
 * counted per token: share one token.
 *
 * @example
 * ```ts
 * const provider = truecallerCalls({ clientAccountId: 'an id', apiKey: 'a secret', keyId: 'a key' });
 * ```
 * @throws MisconfigurationError for a missing credential
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/getting-started/authentication
 */
export function truecallerCalls(
  options: TruecallerCallsOptions,
): TokenEndpointProvider<TruecallerCallsCredentials> {
  options = givenOptions(options);
  return defineProvider<TruecallerCallsCredentials>({
    ...commonPart(options, { name: 'truecallerCalls', credentialFields, own }),
    baseURL: options.baseURL ?? TRUECALLER_BASE_URL,
    documentation: {
      url: 'https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/getting-started/authentication',
      checkedOn: '2026-11-28',
    },
    tokenRequest: ({ clientAccountId, ...key }) =>
      truecallerTokenRequest(`/clients/${encodeURIComponent(clientAccountId)}/token`, key),
    ...truecallerTokens,
  });
}
