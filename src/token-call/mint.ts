import type { Provider } from '../provider-definition/define-provider.js';
import {
  accessTokenProblem,
  unusableTokenType,
  type MalformedReason,
} from './access-token-checks.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { AccessToken } from '../token/access-token.js';
import { backOffMs } from '../token/back-off.js';
import { inWords } from '../token/duration.js';
import type { Instant } from '../token/instant.js';
import { resolveLifetime } from '../token/lifetime.js';
import { boundedSignal } from '../platform/bounded-signal.js';
import type { Clock } from '../platform/clock.js';
import { endpointCall } from './endpoint-call.js';
import { functionCall } from './function-call.js';
import type { CallFor, Found, ReadyCall } from './ready-call.js';
import {
  failed,
  isLocal,
  orLocalFailure,
  type Failed,
  type TokenCallFailure,
} from './token-call-failure.js';
import type { TokenCall } from './token-call.js';

/** A token fresh from the endpoint. */
export interface Minted {
  readonly token: AccessToken;
  /** Before the successful call was sent: the life counts from here. */
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
  /** Asked before each call: it may not go out if the account is left alone, or has spent its limit. */
  readonly beforeCall: (
    account: ReadyCall['account'],
  ) => { readonly kind: 'go'; readonly sentAt: Instant } | Failed;
  /** Told of each call that went out. */
  readonly afterCall: (call: TokenCall, sentAt: Instant) => void;
}

/** A `Date` header is cut to the second; what is left of a life must not be overestimated by the part cut off. */
const DATE_RESOLUTION_MS = 999;

/** Full jitter between the attempts of one refresh. */
const BETWEEN_ATTEMPTS = { firstMs: 200, longestMs: 2_000 };

/** Fetches a token: a few attempts with jittered back-off, inside one deadline. */
export async function mint(context: MintContext): Promise<MintResult> {
  const { options, deadline, now } = context;
  let earlier: Failed | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptOnce(context, attempt);
    if (result.kind === 'minted') return result;
    // A spent limit of token calls or a vault that is down ends the repeating; it is not what went wrong.
    if (earlier !== undefined && isLocal(result.failure)) return earlier;
    earlier = result;
    const pauseMs = backOffMs(BETWEEN_ATTEMPTS, attempt - 1) * options.random();
    const enoughTime = !context.signal.aborted && now().monoMs + pauseMs < deadline.monoMs;
    const goesOn = enoughTime && !context.hasStoodStill();
    if (!isWorthRepeating(result.failure) || attempt >= options.maxAttempts || !goesOn)
      return result;
    await pause(pauseMs, options.clock, context.signal);
  }
}

function isWorthRepeating(failure: TokenCallFailure): boolean {
  return failure.cause === 'transient' && failure.error.retryable;
}

async function attemptOnce(context: MintContext, attempt: number): Promise<MintResult> {
  const { provider, options, now } = context;
  const ready = await readyCall(context);
  if (ready.kind === 'failed') return ready;
  // Nothing went out, so this says nothing about the account.
  if (context.signal.aborted)
    return failed({ error: ready.tooLate(), cause: 'transient', concerns: 'request' });
  const leave = context.beforeCall(ready.account);
  if (leave.kind === 'failed') return leave;
  const { sentAt } = leave;
  const call = boundedSignal(context.signal, options.attemptTimeoutMs, options.clock);
  const result = await orLocalFailure(provider.name, async () => {
    const found = await ready.send(call.signal);
    return found.kind === 'failed' ? found : judge(found, context, { sentAt, attempt });
  });
  call.release();
  const tookMs = now().monoMs - sentAt.monoMs;
  context.afterCall({ ...ready.target, attempt, tookMs, ...outcomeOf(result) }, sentAt);
  return result;
}

/** What there is to call: the token endpoint that is described, or the function that yields tokens. */
async function readyCall({ provider, ...context }: MintContext): Promise<ReadyCall | Failed> {
  return provider.acquireToken === undefined
    ? endpointCall({ ...context, provider })
    : functionCall({ ...context, provider });
}

type Judged =
  (MintResult & { readonly kind: 'minted'; readonly status: number | undefined }) | Failed;

function outcomeOf(result: Judged): Pick<TokenCall, 'status' | 'errorType'> {
  if (result.kind === 'minted') return { status: result.status, errorType: undefined };
  const { failure } = result;
  if (isLocal(failure)) return { status: undefined, errorType: failure.error.code };
  const { code, status } = failure.error;
  const isRefusal = status !== undefined && status >= 300;
  return { status, errorType: failure.networkCode ?? (isRefusal ? String(status) : code) };
}

/**
 * When a call was sent, by the wall clock as it goes now: it may have been set right meanwhile, and then the provider's clock agrees with it. If it
 * does not, the host may have slept for as long as our clock has gone ahead, and the token has aged.
 */
function sentByWallClock(sentAt: Instant, now: Instant, serverNow = -Infinity): number {
  const byNow = now.wallMs - (now.monoMs - sentAt.monoMs);
  return Math.max(sentAt.wallMs, Math.min(byNow, serverNow));
}

/** The token that a call has brought, checked, and how long it lives. */
function judge(
  { token: parsed, status, serverNow, malformed }: Found,
  { provider, options, now }: MintContext,
  call: { readonly sentAt: Instant; readonly attempt: number },
): Judged {
  const elapsedMs = now().monoMs - call.sentAt.monoMs;
  const sentAt = { ...call.sentAt, wallMs: sentByWallClock(call.sentAt, now(), serverNow) };
  const problem = accessTokenProblem(parsed.accessToken);
  if (problem !== undefined) return malformed(problem, adviceOnToken(parsed, problem, provider));
  const type = unusableTokenType(parsed.tokenType);
  if (type !== undefined) {
    return malformed(`has a token of the type ${type}, not a bearer token`, {
      repeat: false,
      advice: 'Have the server issue bearer tokens to this client.',
    });
  }

  const value = parsed.accessToken as string;
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
        'A cache may have answered, a clock may be wrong, or the provider gives out old tokens.',
    });
  }
  const lifetimeMs = lifetime.kind === 'known' ? lifetime.ms : undefined;
  // A life shorter than the call that brought it is over before anyone can use it. How long that took, the wall clock cannot say:
  // it may have been set meanwhile.
  if (lifetimeMs !== undefined && elapsedMs >= lifetimeMs)
    return malformed('holds a token that expired while it was under way', {
      repeat: false,
      advice: 'The token call took longer than the token lives.',
    });
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  const scope = typeof parsed.scope === 'string' ? parsed.scope : undefined;
  // What is beyond its bound is this process standing still, and says nothing about the next mint.
  const tookMs = Math.min(elapsedMs, options.attemptTimeoutMs);
  const token = new AccessToken({ value, expiresAt, scope });
  const minted = { token, sentAt, lifetimeMs, tookMs, attempts: call.attempt };
  return { kind: 'minted', minted, status };
}

/** A proxy's page has no token at all; one that is there and cannot be used comes from the provider, or from the definition. */
function adviceOnToken(
  { accessToken }: ParsedToken,
  problem: MalformedReason,
  provider: Provider,
): { advice?: string } {
  if (provider.acquireToken !== undefined)
    return {
      advice:
        problem === 'has an access token with white space around it'
          ? 'Trim it: files often end in a line break.'
          : 'Return the token itself, or an object with it as `accessToken`.',
    };
  return accessToken === undefined || accessToken === null || accessToken === ''
    ? {}
    : {
        advice:
          'The provider sends it so; parseToken of a definition of your own can put it right.',
      };
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancelTimer = clock.schedule(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      cancelTimer();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
