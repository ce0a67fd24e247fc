import type { BeginRequest, StoredToken, TokenIdentity } from '../../src/store/index.js';

/** Small builders for the records of a store: only what a test is about is named. */
export function anIdentity(changes: Partial<TokenIdentity> = {}): TokenIdentity {
  return {
    provider: 'acme',
    tokenUrl: 'https://auth.example.com/token',
    publicParts: [['clientId', 'a client id']],
    secretParts: [['clientSecret', 'a secret']],
    request: '["POST"]',
    paramsKey: '',
    cacheIdentity: undefined,
    ...changes,
  };
}

export function aToken(value: string): StoredToken {
  return { value, scope: undefined, undated: false };
}

export function asking(owner: string, changes: Partial<BeginRequest> = {}): BeginRequest {
  return { owner, leaseMs: 10_000, minRemainingMs: 1_000, ...changes };
}
