import type { Provider } from '../provider-definition/define-provider.js';
import { placeOf } from '../provider-definition/token-placement.js';
import { AccessToken } from '../token/access-token.js';
import { inWords } from '../token/duration.js';
import type { Instant } from '../token/instant.js';
import { resolveLifetime } from '../token/lifetime.js';
import {
  accessTokenProblem,
  type AccessTokenProblem,
  unusableTokenType,
} from './access-token-checks.js';
import type { Found } from './ready-call.js';
import type { EndpointFailure, Failed } from './token-call-failure.js';

/** A token that may be used. */
export interface UsableToken {
  readonly kind: 'usable';
  readonly token: AccessToken;
  /** The lifetime counts from here. */
  readonly sentAt: Instant;
  readonly lifetimeMs: number | undefined;
  /** The HTTP status of the answer. */
  readonly status: number | undefined;
}

/** A `Date` header is cut to the second, and the remaining lifetime must not be overestimated by the part cut off. */
const DATE_RESOLUTION_MS = 999;

/** The token from a call and its lifetime; or why it cannot be used. */
export function judgeToken(
  { token: parsed, status, serverNow, malformed }: Found,
  provider: Provider,
  call: { readonly sentAt: Instant; readonly now: Instant },
): UsableToken | Failed<EndpointFailure> {
  const elapsedMs = call.now.monoMs - call.sentAt.monoMs;
  const sentAt = { ...call.sentAt, wallMs: sentByWallClock(call.sentAt, call.now, serverNow) };
  const problem = accessTokenProblem(parsed.accessToken);
  if (problem !== undefined)
    return malformed(problem, { advice: adviceOnToken(problem, provider) });
  const value = parsed.accessToken as string;
  const authorization = placeOf(provider.tokenPlacement).written(value);
  const type = unusableTokenType(parsed.tokenType, authorization);
  if (type !== undefined) {
    return malformed(`has a token of the type ${type}, not a bearer token`, {
      repeat: false,
      advice: 'Configure the server to issue bearer tokens to this client.',
    });
  }

  const lifetime = resolveLifetime({
    ...parsed,
    token: value,
    defaultSeconds: provider.defaultLifetimeSeconds,
    serverNow: serverNow === undefined ? undefined : serverNow + DATE_RESOLUTION_MS,
    localNow: sentAt.wallMs,
  });
  if (lifetime.kind === 'expired') {
    const when = `${lifetime.by === 'exp' ? ': its exp passed' : ','} ${inWords(lifetime.agoMs)} ago`;
    return malformed(`holds a token that has already expired${when}`, {
      repeat: false,
      advice:
        'A cache may have answered, a clock may be wrong, or the provider returns old tokens.',
    });
  }
  const lifetimeMs = lifetime.kind === 'known' ? lifetime.ms : undefined;
  // A token whose lifetime is shorter than the call has already expired. The monotonic clock measures the call, since the wall
  // clock may have been set meanwhile.
  if (lifetimeMs !== undefined && elapsedMs >= lifetimeMs)
    return malformed('holds a token that expired in transit', {
      repeat: false,
      advice: 'The token call outlasted the token.',
    });
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  const scope = typeof parsed.scope === 'string' ? parsed.scope : undefined;
  return {
    kind: 'usable',
    token: new AccessToken({ value, expiresAt, scope, authorization }),
    sentAt,
    lifetimeMs,
    status,
  };
}

/**
 * When a call was sent, by the wall clock as it is now. If the provider's clock agrees with ours, ours may have been corrected
 * meanwhile. If it does not, the host may have slept for as long as our clock is ahead, and the token has aged.
 */
function sentByWallClock(sentAt: Instant, now: Instant, serverNow = -Infinity): number {
  const byNow = now.wallMs - (now.monoMs - sentAt.monoMs);
  return Math.max(sentAt.wallMs, Math.min(byNow, serverNow));
}

/** A proxy's page has no token at all. An unusable token comes from the provider, or from the definition. */
function adviceOnToken(problem: AccessTokenProblem, provider: Provider): string | undefined {
  if (provider.acquireToken === undefined)
    return problem === 'has no access token'
      ? undefined
      : 'The provider sends it like this; with your own definition, parseToken can fix it.';
  return problem === 'has an access token with whitespace around it'
    ? 'Trim it: files often end with a line break.'
    : 'Return the token itself, or an object with it as `accessToken`.';
}
