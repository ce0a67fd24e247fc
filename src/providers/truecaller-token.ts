import type { ProviderDefinition } from '../provider-definition/define-provider.js';
import { read } from '../concealment/any-object.js';
import { epochMilliseconds } from '../token/lifetime.js';

/** The only documented host, for Verified Campaigns and Verified Business alike. */
export const TRUECALLER_BASE_URL = 'https://enterprise-portal-noneu.truecaller.com';

/** The key, as both products take it. */
export interface TruecallerKey {
  /** The secret key, shown once when it is created. A UUID in the sample of the docs; not checked. */
  readonly apiKey: string;
  readonly keyId: string;
}

/** The token request of both products; only the path differs. */
export function truecallerTokenRequest(url: string, { apiKey, keyId }: TruecallerKey) {
  return {
    url,
    headers: { 'X-Public-Access': 'allow' },
    body: { json: { api_key: apiKey, key_id: keyId } },
  };
}

/** How both products answer, and how many tokens they issue. */
export const truecallerTokens = Object.freeze({
  parseToken: ({ body }) => ({
    accessToken: read(body, 'token'),
    issuedAt: epochMilliseconds(read(body, 'created_at')),
  }),
  diagnose: ({ body }) => ({ code: read(body, 'slug'), message: read(body, 'message') }),
  defaultLifetimeSeconds: 3_600,
  tokenBudget: { calls: 10, windowMs: 30 * 60_000 },
} satisfies Partial<ProviderDefinition<never>>);
