/*
 * Truecaller for Business, Verified Campaigns.
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns (Generate Access Token), checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { epochMilliseconds } from '../token/lifetime.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';

/** The credentials of Truecaller for Business. */
export interface TruecallerCredentials {
  /** From the API Setup page; part of the token path. */
  readonly organisationId: string;
  /** The secret key, shown once when it is made. A UUID in the document's sample; not checked. */
  readonly apiKey: string;
  readonly keyId: string;
}

/** Options of {@link truecaller}: the credentials, or a function that fetches them, and where the API is. */
export type TruecallerOptions = WithCredentials<TruecallerCredentials> &
  CommonOptions & {
    /** Takes the place of `https://enterprise-portal-noneu.truecaller.com`, the only host that is documented. */
    readonly baseURL?: string | undefined;
  };

const HINT = 'It is on the API Setup page of the Truecaller for Business console.';
const credentialFields = {
  organisationId: { hint: HINT },
  apiKey: { secret: true, hint: HINT },
  keyId: { secret: true, hint: HINT },
} as const;
const own: OwnOptions<TruecallerOptions> = { baseURL: true };
const BASE_URL = 'https://enterprise-portal-noneu.truecaller.com';

/**
 * Truecaller for Business campaigns: an opaque token for 60 minutes, of which the answer says nothing.
 *
 * At most 10 tokens are issued in 30 minutes; that budget is kept here, so that an account is never locked out.
 *
 * @throws MisconfigurationError for a missing credential
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns
 */
export function truecaller(
  options: TruecallerOptions,
): TokenEndpointProvider<TruecallerCredentials> {
  options = givenOptions(options);
  return defineProvider<TruecallerCredentials>({
    ...commonPart(options, { name: 'truecaller', credentialFields, own }),
    baseURL: options.baseURL ?? BASE_URL,
    documentation: {
      url: 'https://docs.truecaller.com/truecaller-for-business/verified-campaigns',
      checkedOn: '2026-11-21',
    },
    tokenRequest: ({ organisationId, apiKey, keyId }) => ({
      url: `/organisations/${encodeURIComponent(organisationId)}/campaigns/token`,
      headers: { 'X-Public-Access': 'allow' },
      body: { json: { api_key: apiKey, key_id: keyId } },
    }),
    parseToken: ({ body }) => ({
      accessToken: read(body, 'token'),
      issuedAt: epochMilliseconds(read(body, 'created_at')),
    }),
    diagnose: ({ body }) => ({ code: read(body, 'slug'), message: read(body, 'message') }),
    defaultLifetimeSeconds: 3_600,
    tokenBudget: { calls: 10, windowMs: 30 * 60_000 },
  });
}
