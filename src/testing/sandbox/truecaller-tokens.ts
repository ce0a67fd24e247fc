/*
 * The token endpoint that Verified Campaigns and Verified Business share.
 *
 * Documented: `X-Public-Access: allow`, the body, `{ token, created_at }`, a lifetime of 60 minutes that no field states, the 401 body,
 * at most 10 tokens per 30 minutes.
 * Hypothesis: that a missing or wrong `X-Public-Access`, account or key all draw that one 401; what the eleventh token gets (here
 * 429 in the documented error shape; the status appears nowhere); that a token issued again counts as one more.
 */
import { json, type Answer } from './answers.js';
import type { CredentialBox } from './credential-box.js';
import { createOpaqueWriter } from './fake-tokens.js';
import { createLifetimeNotation, type LifetimeNotation } from './lifetime-notation.js';
import type { ProviderSetup } from './provider.js';
import { objectBody } from './read-body.js';
import type { Route } from './router.js';
import { createTokenLedger, type TokenLedger } from './token-ledger.js';
import { createRateLimit, type RateLimit } from './rate-limit.js';
import { MISSING_HEADER, truecallerFailure, unauthorized } from './truecaller-failure.js';

/** Lifetime of a token: stated in prose only, so clients count from `created_at`. */
const LIFETIME_SECONDS = 3600;

export function createTruecallerTokens(
  { now, random }: ProviderSetup,
  tokenPrefix: string,
  credentials: CredentialBox<Readonly<Record<string, string>>>,
): {
  readonly ledger: TokenLedger;
  readonly lifetime: LifetimeNotation;
  readonly rateLimit: RateLimit;
  readonly issueToken: Route['answer'];
} {
  const write = createOpaqueWriter(tokenPrefix, 64, random);
  const ledger = createTokenLedger({ now, lifetimeSeconds: LIFETIME_SECONDS, write });
  const lifetime = createLifetimeNotation();
  const rateLimit = createRateLimit({ now, most: 10, windowMs: 30 * 60_000 });

  const issueToken: Route['answer'] = (request, given): Answer => {
    // Documented for this endpoint, though nothing else there needs such a header.
    if (request.headers['x-public-access'] !== 'allow') return unauthorized(MISSING_HEADER);
    const { current } = credentials;
    const body = objectBody(request);
    const isKnown =
      Object.entries(given).every(([name, value]) => current[name] === value) &&
      body.api_key === current.apiKey &&
      body.key_id === current.keyId;
    if (!isKnown) return unauthorized('Invalid api_key or key_id');
    if (!rateLimit.allow()) {
      return truecallerFailure(429, 'rate-limit-error', 'At most 10 tokens per 30 minutes');
    }
    const { token, expiresAt } = ledger.issue();
    // All a client knows is the hour from `created_at`, so a token with another lifetime has that moved.
    const createdAt = new Date(expiresAt - LIFETIME_SECONDS * 1000).toISOString();
    return json(200, { token, created_at: lifetime.field(createdAt) });
  };

  return { ledger, lifetime, rateLimit, issueToken };
}

export function fakeUuid(generation: number, kind: string): string {
  return `00000000-0000-4000-8000-00000000${kind}${String(generation).padStart(3, '0')}`;
}
