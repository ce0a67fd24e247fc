import { isBearerError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import { backOffMs } from '../token/back-off.js';
import type { Instant } from '../token/instant.js';
import { unavailable } from '../provider-definition/credentials.js';
import { boundedSignal, sleep } from '../platform/waiting.js';
import { endpointCall } from './endpoint-call.js';
import { functionCall } from './function-call.js';
import { judgeToken, type UsableToken } from './judge-token.js';
import type { CallFor, ReadyCall } from './ready-call.js';
import {
  isLocal,
  localFailure,
  orLocalFailure,
  type Failed,
  type TokenCallFailure,
} from './token-call-failure.js';
import type { TokenCall } from './token-call.js';

/** A new token. */
export interface Minted {
  readonly token: AccessToken;
  /** When the successful call was sent: the lifetime counts from here. */
  readonly sentAt: Instant;
  readonly lifetimeMs: number | undefined;
  /** How long the successful call took, in milliseconds. */
  readonly tookMs: number;
  readonly attempts: number;
}

export type MintResult = { readonly kind: 'minted'; readonly minted: Minted } | Failed;

export interface MintContext extends CallFor {
  /** When the refresh has to be over. */
  readonly deadline: Instant;
  /** Whether this process has stood still since the refresh began. */
  readonly hasStoodStill: () => boolean;
  readonly now: () => Instant;
  /** Asked before each call, which is not made if the account cools down or has spent its limit. */
  readonly beforeCall: (
    account: ReadyCall['account'],
  ) => { readonly kind: 'go'; readonly sentAt: Instant } | Failed;
  /** Called after each call that was made. */
  readonly afterCall: (call: TokenCall, sentAt: Instant) => void;
}

/** Full jitter between the attempts of one refresh. */
const BETWEEN_ATTEMPTS = { firstMs: 200, longestMs: 2_000 };

/** Fetches a token: a few attempts with jittered back-off, inside one deadline. */
export async function mint(context: MintContext): Promise<MintResult> {
  const { options, deadline, now } = context;
  let earlier: Failed | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptOnce(context, attempt);
    if (result.kind === 'minted') return result;
    // If a later attempt cannot be made, for instance because the limit of token calls is spent, callers get the earlier failure;
    // unless a user has to log in again.
    const isGone = isBearerError(result.failure.error, 'ERR_LOGIN_REQUIRED');
    if (earlier !== undefined && isLocal(result.failure) && !isGone) return earlier;
    earlier = result;
    const pauseMs = backOffMs(BETWEEN_ATTEMPTS, attempt - 1) * options.random();
    const enoughTime = !context.signal.aborted && now().monoMs + pauseMs < deadline.monoMs;
    const goesOn = enoughTime && !context.hasStoodStill();
    if (!isWorthRepeating(result.failure) || attempt >= options.maxAttempts || !goesOn)
      return result;
    await sleep(pauseMs, { clock: options.clock, signal: context.signal });
  }
}

function isWorthRepeating(failure: TokenCallFailure): boolean {
  return failure.cause === 'transient' && failure.error.retryable;
}

async function attemptOnce(context: MintContext, attempt: number): Promise<MintResult> {
  const { provider, options, now } = context;
  const ready = await readyCall(context);
  if (ready.kind === 'failed') return ready;
  // Making the request took all the time, or no caller waits any more.
  if (context.signal.aborted)
    return localFailure(
      provider.name,
      unavailable(provider.name, 'could not make the token request', 'in time.'),
    );
  const permission = context.beforeCall(ready.account);
  if (permission.kind === 'failed') return permission;
  const { sentAt } = permission;
  const call = boundedSignal(context.signal, options.attemptTimeoutMs, options.clock);
  const outcome = await orLocalFailure(provider.name, async () => {
    const found = await ready.send(call.signal);
    if (found.kind === 'failed') return found;
    const judged = judgeToken(found, provider, { sentAt, now: now() });
    if (judged.kind === 'usable') await found.received?.(context.signal);
    return judged;
  });
  call.release();
  const tookMs = now().monoMs - sentAt.monoMs;
  context.afterCall({ ...ready.target, attempt, tookMs, ...toTell(outcome) }, sentAt);
  if (outcome.kind === 'failed') return outcome;
  const minted = {
    token: outcome.token,
    sentAt: outcome.sentAt,
    lifetimeMs: outcome.lifetimeMs,
    // If it took longer than its limit, this process stood still, which says nothing about the next mint.
    tookMs: Math.min(tookMs, options.attemptTimeoutMs),
    attempts: attempt,
  };
  return { kind: 'minted', minted };
}

/** The call to make: of the token endpoint, or of `acquireToken`. */
async function readyCall({ provider, ...context }: MintContext): Promise<ReadyCall | Failed> {
  return provider.acquireToken === undefined
    ? endpointCall({ ...context, provider })
    : functionCall({ ...context, provider });
}

function toTell(outcome: UsableToken | Failed): Pick<TokenCall, 'status' | 'errorType'> {
  if (outcome.kind === 'usable') return { status: outcome.status, errorType: undefined };
  const { failure } = outcome;
  if (isLocal(failure)) return { status: undefined, errorType: failure.error.code };
  const { code, status } = failure.error;
  const isRefusal = status !== undefined && status >= 300;
  return { status, errorType: failure.networkCode ?? (isRefusal ? String(status) : code) };
}
