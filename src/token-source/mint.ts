import {
  CredentialsRejectedError,
  TokenAcquisitionError,
  type BearerErrorCode,
  type OAuthErrorFields,
  type TokenAcquisitionDetails,
} from '../errors/index.js';
import type { Provider } from '../grants/define-provider.js';
import { retryAfterMs } from '../grants/retry-after.js';
import {
  classifyTokenFailure,
  coolDownCause,
  oauthErrorFields,
  type TokenFailureClass,
} from '../grants/token-failure.js';
import {
  absoluteURL,
  encodeTokenRequest,
  type EncodedTokenRequest,
} from '../grants/token-request.js';
import { accessTokenProblem } from '../grants/token-response.js';
import { AccessToken } from '../token/access-token.js';
import { backOffMs } from '../token/back-off.js';
import { isPast, later, type Instant } from '../token/instant.js';
import type { CoolDownCause } from '../token/lifecycle.js';
import { resolveLifetime } from '../token/lifetime.js';
import { withoutSecrets } from '../token/redaction.js';
import type { TokenParams } from '../token/token-params.js';
import type { Clock } from './clock.js';
import type { TokenCall } from './events.js';
import type { ResolvedTokenSourceOptions } from './options.js';
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

/** A refresh that gave up: the error for the callers, and what it means for the endpoint gate. */
export class MintFailure extends Error {
  readonly error: TokenAcquisitionError;
  override readonly cause: CoolDownCause;
  readonly retryAfterMs: number | undefined;

  constructor(error: TokenAcquisitionError, cause: CoolDownCause, retryAfter?: number) {
    super(error.message);
    this.error = error;
    this.cause = cause;
    this.retryAfterMs = retryAfter;
  }
}

export interface MintContext {
  readonly provider: Provider;
  readonly credentials: object;
  readonly params: TokenParams;
  readonly options: ResolvedTokenSourceOptions;
  /** Ends the whole refresh. */
  readonly signal: AbortSignal;
  /** When the refresh has to be over. */
  readonly deadline: Instant;
  readonly now: () => Instant;
  /** Asked before each call: throws if the provider's token budget does not allow another. */
  readonly beforeCall: () => void;
  /** Told of each call that went out. */
  readonly afterCall: (call: TokenCall) => void;
}

/** A `Date` header is cut to the second; what is left of a life must not be overestimated by the part cut off. */
const DATE_RESOLUTION_MS = 999;

/** Full jitter between the attempts of one refresh. */
const BETWEEN_ATTEMPTS = { firstMs: 200, longestMs: 2_000 };

/** Fetches a token: a few attempts with jittered back-off, inside one deadline. */
export async function mint(context: MintContext): Promise<Minted> {
  const { options, deadline, now } = context;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { ...(await attemptOnce(context, attempt)), attempts: attempt };
    } catch (failure) {
      const pauseMs = backOffMs(BETWEEN_ATTEMPTS, attempt - 1) * options.random();
      const enoughTime = !context.signal.aborted && now().monoMs + pauseMs < deadline.monoMs;
      if (!isWorthRepeating(failure) || attempt >= options.maxAttempts || !enoughTime)
        throw failure;
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
  const { provider, credentials, params, options, now } = context;
  const request = encodeTokenRequest(provider.tokenRequest(credentials, params), provider.baseURL);
  if (context.signal.aborted)
    throw unreachable(context, new NoAnswer('ERR_CANCELED', 'it was too late to ask'));
  context.beforeCall();
  const sentAt = now();
  const call = boundedSignal(context.signal, options.attemptTimeoutMs, options.clock);
  let answer: TokenEndpointAnswer | undefined;
  const told = (errorType?: string) =>
    context.afterCall({
      ...target(request),
      attempt,
      tookMs: now().monoMs - sentAt.monoMs,
      status: answer?.status,
      errorType,
    });
  try {
    answer = await callTokenEndpoint(request, {
      signal: call.signal,
      transport: options.transport,
    });
    const tookMs = now().monoMs - sentAt.monoMs;
    const minted = { ...readAnswer(context, answer, sentAt), sentAt, tookMs };
    told();
    return minted;
  } catch (error) {
    told(errorTypeOf(error, answer));
    throw error instanceof NoAnswer ? unreachable(context, error) : error;
  } finally {
    call.release();
  }
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
  context: MintContext,
  answer: TokenEndpointAnswer,
  sentAt: Instant,
): { token: AccessToken; lifetimeMs: number | undefined } {
  const { provider } = context;
  const succeeded = answer.status >= 200 && answer.status < 300;
  const failure =
    provider.classifyFailure?.(answer) ?? (succeeded ? undefined : classifyTokenFailure(answer));
  if (failure !== undefined) throw refusal(context, answer, failure);
  if (answer.body === undefined)
    throw malformed(context, answer, answer.isEmpty ? 'is empty' : 'is not JSON');

  const parsed = provider.parseToken(answer);
  const problem = accessTokenProblem(parsed.accessToken);
  // Some servers answer an error with status 200.
  if (problem === 'has no access token' && oauthErrorFields(answer.body) !== undefined)
    throw refusal(context, answer, classifyTokenFailure(answer));
  if (problem !== undefined) throw malformed(context, answer, problem);

  const value = parsed.accessToken as string;
  const lifetime = resolveLifetime({
    ...parsed,
    token: value,
    defaultSeconds: provider.defaultLifetimeSeconds,
    serverNow: answer.serverNow === undefined ? undefined : answer.serverNow + DATE_RESOLUTION_MS,
    localNow: sentAt.wallMs,
  });
  const lifetimeMs = lifetime.kind === 'known' ? lifetime.ms : undefined;
  // A life shorter than the call that brought it is over before anyone can use it.
  const isOver = lifetimeMs !== undefined && isPast(later(sentAt, lifetimeMs), context.now());
  if (lifetime.kind === 'expired' || isOver)
    throw malformed(context, answer, 'holds a token that has already expired', false);
  const expiresAt = lifetimeMs === undefined ? undefined : sentAt.wallMs + lifetimeMs;
  const scope = typeof parsed.scope === 'string' ? parsed.scope : undefined;
  return { token: new AccessToken({ value, expiresAt, scope }), lifetimeMs };
}

// ---- failures, in words ----------------------------------------------------------------------------------------

function refusal(
  context: MintContext,
  answer: TokenEndpointAnswer,
  failure: TokenFailureClass,
): MintFailure {
  const { provider, options } = context;
  const retryAfter = failure === 'transient' ? askedDelayMs(answer, options) : undefined;
  const cause = coolDownCause(failure, retryAfter);
  const oauthError = scrubbed(context, oauthErrorFields(answer.body));
  const said =
    oauthError === undefined
      ? ''
      : ` (${[oauthError.error, oauthError.errorDescription].filter(Boolean).join(': ')})`;
  const error = acquisitionError(
    context,
    failure === 'credentials' ? 'ERR_CREDENTIALS_REJECTED' : 'ERR_TOKEN_REQUEST_REFUSED',
    {
      phase: 'token request',
      status: answer.status,
      oauthError,
      retryable: failure === 'transient',
      retryInMs: retryAfter,
      message: `answered ${answer.status}${said}. ${adviceFor(provider, failure, answer.status)}`,
    },
  );
  return new MintFailure(error, cause, retryAfter);
}

/** A delay of zero is none: a server that always says so would be asked at every request. */
function askedDelayMs(
  { headers, serverNow }: TokenEndpointAnswer,
  { clock, policy }: ResolvedTokenSourceOptions,
): number | undefined {
  const delayMs = retryAfterMs(headers['retry-after'], serverNow ?? clock.now()) ?? 0;
  return delayMs > 0 ? Math.min(delayMs, policy.longestRetryAfterMs) : undefined;
}

function adviceFor(provider: Provider, failure: TokenFailureClass, status: number): string {
  if (failure === 'credentials') {
    return `Check the credentials. ${provider.rejectedCredentialsAdvice ?? ''}`.trim();
  }
  if (failure === 'refused') {
    return status >= 300 && status < 400
      ? 'Token calls are not redirected: check baseURL and region.'
      : 'Check the base URL, the region and the parameters of the token request.';
  }
  return status === 429 ? 'Too many token calls.' : 'This may pass by itself.';
}

function malformed(
  context: MintContext,
  answer: TokenEndpointAnswer,
  problem: string,
  repeat = true,
): MintFailure {
  const error = acquisitionError(context, 'ERR_TOKEN_RESPONSE_MALFORMED', {
    phase: 'token response',
    status: answer.status,
    retryable: repeat,
    message: `gave a malformed answer: status ${answer.status}, and the body ${problem}. A proxy or a wrong base URL may be in the way.`,
  });
  return new MintFailure(error, 'transient');
}

function unreachable(context: MintContext, { reason, message }: NoAnswer): MintFailure {
  const error = acquisitionError(context, 'ERR_TOKEN_ENDPOINT_UNREACHABLE', {
    phase: 'token request',
    retryable: true,
    message: `could not be reached: ${message}.`,
    cause: Object.assign(new Error(message), { code: reason }),
  });
  return new MintFailure(error, 'transient');
}

function acquisitionError(
  { provider, credentials, params }: MintContext,
  code: BearerErrorCode,
  { message, ...details }: Omit<TokenAcquisitionDetails, 'provider'> & { message: string },
): TokenAcquisitionError {
  const Kind =
    code === 'ERR_CREDENTIALS_REJECTED' ? CredentialsRejectedError : TokenAcquisitionError;
  const { url } = provider.tokenRequest(credentials, params);
  const { origin } = new URL(absoluteURL(url, provider.baseURL));
  return new Kind(code, `${provider.name}: the token endpoint at ${origin} ${message}`, {
    provider: provider.name,
    ...details,
  });
}

/** Some servers quote the request back in their description. */
function scrubbed(
  { credentials }: MintContext,
  fields: OAuthErrorFields | undefined,
): OAuthErrorFields | undefined {
  if (fields === undefined) return undefined;
  const values = Object.values(credentials).filter(
    (value): value is string => typeof value === 'string',
  );
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]: [string, string]) => [
      name,
      withoutSecrets(text, values),
    ]),
  ) as unknown as OAuthErrorFields;
}

// ---- time ------------------------------------------------------------------------------------------------------

/** A signal that aborts with its parent, or after that many milliseconds. Release it when the work is done. */
export function boundedSignal(
  parent: AbortSignal,
  ms: number,
  clock: Clock,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const cancelTimer = clock.schedule(abort, ms);
  if (parent.aborted) abort();
  parent.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      cancelTimer();
      parent.removeEventListener('abort', abort);
    },
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
