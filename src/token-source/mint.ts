import { checkTokenURL } from '../grants/define-provider.js';
import {
  classifyTokenFailure,
  oauthErrorFields,
  type TokenFailureClass,
} from '../grants/token-failure.js';
import { encodeTokenRequest, type EncodedTokenRequest } from '../grants/token-request.js';
import {
  accessTokenProblem,
  unusableTokenType,
  type ParsedToken,
} from '../grants/token-response.js';
import { AccessToken } from '../token/access-token.js';
import { backOffMs } from '../token/back-off.js';
import { inWords } from '../token/duration.js';
import type { Instant } from '../token/instant.js';
import { resolveLifetime } from '../token/lifetime.js';
import type { TokenParams } from '../token/token-params.js';
import { boundedSignal } from './bounded-signal.js';
import type { Clock } from './clock.js';
import type { TokenCall } from './events.js';
import { madeRequest } from './made-request.js';
import { malformed, MintFailure, refused, unreachable, type CallContext } from './mint-failure.js';
import { callTokenEndpoint, NoAnswer, type TokenEndpointAnswer } from './token-endpoint.js';

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

export interface MintContext extends Omit<CallContext, 'request' | 'credentials'> {
  /** Asked before each call: a rotated secret is picked up, and what is good for one call only is made anew. */
  readonly askCredentials: () => Promise<object>;
  readonly params: TokenParams;
  /** Ends the whole refresh. */
  readonly signal: AbortSignal;
  /** When the refresh has to be over. */
  readonly deadline: Instant;
  /** Whether this process has stood still since the refresh began. */
  readonly hasStoodStill: () => boolean;
  readonly now: () => Instant;
  /** Asked before each call, which goes out at the moment returned: throws if the provider's token budget does not allow another. */
  readonly beforeCall: () => Instant;
  /** Told of each call that went out. */
  readonly afterCall: (call: TokenCall, sentAt: Instant) => void;
}

/** One attempt, which is what the provider definition made of the credentials and parameters this time. */
type Attempt = MintContext & CallContext;

/** A `Date` header is cut to the second; what is left of a life must not be overestimated by the part cut off. */
const DATE_RESOLUTION_MS = 999;

/** Full jitter between the attempts of one refresh. */
const BETWEEN_ATTEMPTS = { firstMs: 200, longestMs: 2_000 };

/** Fetches a token: a few attempts with jittered back-off, inside one deadline. */
export async function mint(context: MintContext): Promise<Minted> {
  const { options, deadline, now } = context;
  let earlier: unknown;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { ...(await attemptOnce(context, attempt)), attempts: attempt };
    } catch (failure) {
      // A spent limit of token calls or a vault that is down ends the repeating; it is not what went wrong.
      if (attempt > 1 && !(failure instanceof MintFailure)) throw earlier;
      earlier = failure;
      const pauseMs = backOffMs(BETWEEN_ATTEMPTS, attempt - 1) * options.random();
      const enoughTime = !context.signal.aborted && now().monoMs + pauseMs < deadline.monoMs;
      const goesOn = enoughTime && !context.hasStoodStill();
      if (!isWorthRepeating(failure) || attempt >= options.maxAttempts || !goesOn) throw failure;
      await pause(pauseMs, options.clock, context.signal);
    }
  }
}

function isWorthRepeating(failure: unknown): boolean {
  return failure instanceof MintFailure && failure.cause === 'transient' && failure.error.retryable;
}

async function attemptOnce(
  context: MintContext,
  attempt: number,
): Promise<Omit<Minted, 'attempts'>> {
  const { provider, params, options, now } = context;
  const credentials = await context.askCredentials();
  const made = await madeRequest(provider, credentials, params, context.signal);
  const request = encodeTokenRequest(made, provider.baseURL);
  // A URL made with parameters or other credentials is another one each time.
  checkTokenURL(provider, request.url);
  const attempted: Attempt = { ...context, credentials, request: made };
  if (context.signal.aborted)
    throw unreachable(attempted, new NoAnswer('ERR_CANCELED', 'it was too late to ask'));
  const sentAt = context.beforeCall();
  const call = boundedSignal(context.signal, options.attemptTimeoutMs, options.clock);
  let answer: TokenEndpointAnswer | undefined;
  const told = (errorType?: string) =>
    context.afterCall(
      {
        ...target(request),
        attempt,
        tookMs: now().monoMs - sentAt.monoMs,
        status: answer?.status,
        errorType,
      },
      sentAt,
    );
  try {
    answer = await callTokenEndpoint(request, {
      signal: call.signal,
      transport: options.transport,
    });
    // What is beyond its bound is this process standing still, and says nothing about the next mint.
    const tookMs = Math.min(now().monoMs - sentAt.monoMs, options.attemptTimeoutMs);
    const counted = { ...sentAt, wallMs: sentByWallClock(sentAt, now(), answer.serverNow) };
    const minted = { ...readAnswer(attempted, answer, counted), sentAt: counted, tookMs };
    told();
    return minted;
  } catch (error) {
    told(errorTypeOf(error, answer));
    throw error instanceof NoAnswer ? unreachable(attempted, error) : error;
  } finally {
    call.release();
  }
}

/**
 * When a call was sent, by the wall clock as it goes now: it may have been set right meanwhile, and then the provider's clock agrees with it. If it
 * does not, the host may have slept for as long as our clock has gone ahead, and the token has aged.
 */
function sentByWallClock(sentAt: Instant, now: Instant, serverNow = -Infinity): number {
  const byNow = now.wallMs - (now.monoMs - sentAt.monoMs);
  return Math.max(sentAt.wallMs, Math.min(byNow, serverNow));
}

function target({ url, method }: EncodedTokenRequest) {
  const { hostname, port, protocol } = new URL(url);
  const serverPort = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { method, serverAddress: hostname, serverPort };
}

function errorTypeOf(error: unknown, answer: TokenEndpointAnswer | undefined): string {
  if (error instanceof NoAnswer) return error.reason;
  if (answer !== undefined && answer.status >= 300) return String(answer.status);
  return error instanceof MintFailure ? error.error.code : 'ERR_BEARER_MISCONFIGURED';
}

function readAnswer(
  context: Attempt,
  answer: TokenEndpointAnswer,
  sentAt: Instant,
): { token: AccessToken; lifetimeMs: number | undefined } {
  const { provider } = context;
  const failure = failureOf(context, answer);
  if (failure !== undefined) throw refused(context, answer, failure);
  if (answer.body === undefined)
    throw malformed(context, answer, answer.isEmpty ? 'is empty' : 'is not JSON');

  const found = orMalformed(context, answer, 'parseToken', () => provider.parseToken(answer));
  const parsed = (found as ParsedToken | undefined) ?? { accessToken: undefined };
  const problem = accessTokenProblem(parsed.accessToken);
  // Some servers answer an error with status 200.
  if (problem === 'has no access token' && oauthErrorFields(answer.body) !== undefined)
    throw refused(context, answer, classifyTokenFailure(answer));
  if (problem !== undefined) throw malformed(context, answer, problem, adviceOnToken(parsed));
  const type = unusableTokenType(parsed.tokenType);
  if (type !== undefined) {
    throw malformed(context, answer, `has a token of the type ${type}, not a bearer token`, {
      repeat: false,
      advice: 'Have the server issue bearer tokens to this client.',
    });
  }

  const value = parsed.accessToken as string;
  const lifetime = resolveLifetime({
    ...parsed,
    token: value,
    defaultSeconds: provider.defaultLifetimeSeconds,
    serverNow: answer.serverNow === undefined ? undefined : answer.serverNow + DATE_RESOLUTION_MS,
    localNow: sentAt.wallMs,
  });
  if (lifetime.kind === 'expired') {
    const when = `${lifetime.by === 'exp' ? ': its exp passed' : ','} ${inWords(lifetime.agoMs)} ago`;
    throw malformed(context, answer, `holds a token that has already expired${when}`, {
      repeat: false,
      advice:
        'A cache may have answered, a clock may be wrong, or the provider gives out old tokens.',
    });
  }
  const lifetimeMs = lifetime.kind === 'known' ? lifetime.ms : undefined;
  // A life shorter than the call that brought it is over before anyone can use it. How long that took, the wall clock cannot say:
  // it may have been set meanwhile.
  if (lifetimeMs !== undefined && context.now().monoMs - sentAt.monoMs >= lifetimeMs)
    throw malformed(context, answer, 'holds a token that expired while it was under way', {
      repeat: false,
      advice: 'The token call took longer than the token lives.',
    });
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  const scope = typeof parsed.scope === 'string' ? parsed.scope : undefined;
  return { token: new AccessToken({ value, expiresAt, scope }), lifetimeMs };
}

/** A proxy's page has no token at all; one that is there and cannot be used comes from the provider, or from `parseToken`. */
function adviceOnToken({ accessToken }: ParsedToken): { advice?: string } {
  return accessToken === undefined || accessToken === null || accessToken === ''
    ? {}
    : {
        advice:
          'The provider sends it so; parseToken of a definition of your own can put it right.',
      };
}

/** What a failure means, by the provider definition or else by RFC 6749 and the status; `undefined` for a success. */
function failureOf(context: Attempt, answer: TokenEndpointAnswer): TokenFailureClass | undefined {
  const { provider } = context;
  if (answer.status < 200 || answer.status >= 300) {
    try {
      return provider.classifyFailure?.(answer) ?? classifyTokenFailure(answer);
    } catch {
      // It was written for the provider's own answers. A page of a proxy's says enough by its status.
      return classifyTokenFailure(answer);
    }
  }
  return orMalformed(context, answer, 'classifyFailure', () => provider.classifyFailure?.(answer));
}

/** What the provider definition reads out of an answer. If it throws the answer is malformed, as far as anybody can tell. */
function orMalformed<T>(
  context: Attempt,
  answer: TokenEndpointAnswer,
  method: 'parseToken' | 'classifyFailure',
  read: () => T,
): T {
  try {
    return read();
  } catch (cause) {
    throw malformed(context, answer, `made ${method} of the provider definition throw`, {
      cause,
      advice: 'See the cause: the definition is at fault, or a proxy has answered.',
    });
  }
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
