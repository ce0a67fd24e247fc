/*
 * Truecaller for Business, Verified Campaigns.
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns (Generate Access Token), checked 2026-11-21.
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

/** The credentials of Truecaller for Business. */
export interface TruecallerCredentials extends TruecallerKey {
  /** From the API Setup page. Part of the token path. */
  readonly organisationId: string;
}

/** Options of {@link truecaller}: the credentials, or a function that fetches them, and the address of the API. */
export type TruecallerOptions = WithCredentials<TruecallerCredentials> &
  CommonOptions & {
    /** The address of the API. @defaultValue 'https://enterprise-portal-noneu.truecaller.com', the only documented host */
    readonly baseURL?: string | undefined;
  };

const HINT = 'Find it on the API Setup page of the Truecaller for Business console.';
const credentialFields = {
  organisationId: { hint: HINT },
  apiKey: { secret: true, hint: HINT },
  keyId: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<TruecallerOptions> = { baseURL: secureURL };

/**
 * The provider for Truecaller for Business, Verified Campaigns. A token is valid for 60 minutes.
 *
 * Truecaller issues at most 10 tokens in 30 minutes. The provider stays within this limit, so that the account is not locked.
 *
 * @example
 * ```ts
 * const provider = truecaller({ organisationId: 'an id', apiKey: 'a secret', keyId: 'a key' });
 * ```
 * @throws MisconfigurationError for a missing credential
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns
 */
export function truecaller(
  options: TruecallerOptions,
): TokenEndpointProvider<TruecallerCredentials> {
  options = givenOptions(options);
  return defineProvider<TruecallerCredentials>({
    ...commonPart(options, { name: 'truecaller', credentialFields, own }),
    baseURL: options.baseURL ?? TRUECALLER_BASE_URL,
    documentation: {
      url: 'https://docs.truecaller.com/truecaller-for-business/verified-campaigns',
      checkedOn: '2026-11-21',
    },
    tokenRequest: ({ organisationId, ...key }) =>
      truecallerTokenRequest(
        `/organisations/${encodeURIComponent(organisationId)}/campaigns/token`,
        key,
      ),
    ...truecallerTokens,
  });
}
