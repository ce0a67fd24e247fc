import {
  Axios,
  AxiosError,
  isAxiosError,
  type AxiosDefaults,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';

import { isBearerError } from '../errors/index.js';
import type { TokenSource } from '../token-source/token-source.js';
import { carries } from './authorization-header.js';
import { concealToken } from './concealment.js';
import {
  asAxiosFailure,
  remainingMs,
  restoreTimeout,
  shortenTimeout,
  timedOut,
  withAbortSignal,
} from './deadline.js';
import type { Handler } from './innermost.js';
import type { OriginGuard } from './origin-guard.js';
import { discard, isReplayable, restoreBody } from './replay-body.js';
import { receiveState, stateOf, type ReplayRefusal, type RequestState } from './request-state.js';
import { answeringURL, arrivedWith, rejectionTest } from './token-rejection.js';

export interface HealContext {
  readonly source: TokenSource;
  readonly guard: OriginGuard;
  /** The instance's own, for a config that lost its adapter on the way. */
  readonly defaults: Pick<AxiosDefaults, 'adapter'>;
}

/**
 * The response side: a 401 on our token is judged, the token is reported by value, and the request is sent once more.
 *
 * `axios-auth-refresh` matches the error and has the request sent again. Everything that makes this right
 * stands around it; docs/decisions/0002 says why each option has the only value that works:
 * - it gets a view of the instance that has nothing but a place for its response interceptor, because its queue of
 *   paused requests has a race of one microtask; with the view the queue never enters the request path;
 * - `refreshAuthCall` acquires nothing and cannot fail, because it is called for one of many concurrent 401s only,
 *   and what it throws replaces the caller's error; the token is acquired by the replay;
 * - `shouldRefresh` is synchronous and total.
 */
export function healHandler(context: HealContext): Handler<AxiosResponse> {
  const isRejection = rejectionTest(context.source.provider.isTokenRejection);
  const replay = replayer(context, isRejection);
  let matchAndReplay!: (error: unknown) => Promise<AxiosResponse>; // Set by createAuthRefresh below.

  const view = {
    interceptors: {
      request: { use: () => 0, eject: () => undefined },
      response: {
        use: (_passThrough: unknown, rejected: typeof matchAndReplay) => {
          matchAndReplay = rejected;
          return 0;
        },
      },
    },
  };
  // Its types are those of axios's CommonJS build and refuse an instance of the other; so would they refuse this view.
  createAuthRefresh(view as never, () => Promise.resolve(), {
    deduplicateRefresh: false,
    maxRetries: 1,
    retryInstance: replay as never,
    shouldRefresh: (error) => judge(context, isRejection, error),
  });

  return {
    synchronous: false,
    runWhen: null,
    fulfilled(response) {
      const state = receiveState(response.config);
      if (state === undefined) return response;
      restoreTimeout(response.config, state);
      return isRejection(response) ? healAccepted(response, matchAndReplay) : response;
    },
    rejected(error) {
      const config = isAxiosError(error) ? error.config : undefined;
      const state = config && receiveState(config);
      if (config === undefined || state === undefined) throw error;
      restoreTimeout(config, state);
      return matchAndReplay(error).catch(throwConcealed);
    },
  };
}

/** A rejection that `validateStatus` let through, or that hides in a 200: without a replay the caller gets it as it is. */
async function healAccepted(
  response: AxiosResponse,
  heal: (error: AxiosError) => Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  const { status, config } = response;
  const message = `Request failed with status code ${status}`;
  const error = new AxiosError(
    message,
    AxiosError.ERR_BAD_REQUEST,
    config,
    response.request,
    response,
  );
  try {
    return await heal(error);
  } catch (final) {
    if (final === error) return response;
    return throwConcealed(final);
  }
}

function throwConcealed(error: unknown): never {
  concealToken(error);
  throw error;
}

/** An axios error, of whichever copy of axios. */
type Failure = Omit<AxiosError, never>;

/** Decides whether this failure is a rejected token that a replay may cure, and reports the token. Never throws. */
function judge(
  context: HealContext,
  isRejection: (response: AxiosResponse) => boolean,
  error: Failure,
): boolean {
  const { config, response } = error;
  const state = stateOf(config);
  if (config === undefined || response === undefined || state === undefined) return false;
  if (!isRejection(response) || !isAboutOurToken(context, state, response)) return false;

  const { source } = context;
  const own = ownRefusal(config, state);
  const answer = source.reject(state.token.value, {
    on: own === undefined ? 'first-send' : 'only-send',
    params: state.params,
  });
  state.refusal = own ?? (answer.kind === 'pass' ? answer.because : undefined);
  if (state.refusal === undefined) {
    state.rejection = error;
    return true;
  }
  refused(source, state.refusal);
  return false;
}

/** Whether it was our token that got there, and the provider who judged it. */
function isAboutOurToken(
  { guard }: HealContext,
  { token }: RequestState,
  response: AxiosResponse,
): boolean {
  if (!carries(response.config, token) || !arrivedWith(token.authorization, response)) return false;
  const url = answeringURL(response);
  return url === undefined || guard.allowsURL(url);
}

/** Why a request must not be sent again, whatever the token source says. */
function ownRefusal(
  config: InternalAxiosRequestConfig,
  state: RequestState,
): ReplayRefusal | undefined {
  if (config.bearer !== false && config.bearer?.replay === false) return 'opted-out';
  return isReplayable(config, state.data) ? undefined : 'body-consumed';
}

function refused(source: TokenSource, because: ReplayRefusal): void {
  source.emit('replayRefused', { because });
}

/** Sends a request once more, with another token and the same bytes, past every interceptor of the instance. */
function replayer(
  context: HealContext,
  isRejection: (response: AxiosResponse) => boolean,
): (config: InternalAxiosRequestConfig) => Promise<AxiosResponse> {
  const { source, defaults } = context;
  const bare = new Axios({});

  return async (config) => {
    delete (config as Flagged).skipAuthRefresh;
    delete (config as Flagged).__authRefreshRetryCount;
    const state = stateOf(config) as RequestState; // `judge` said yes, so it is there, and so is the rejection.
    const rejection = state.rejection as AxiosError;
    state.rejection = undefined;

    state.token = await anotherToken(source, config, state, rejection);
    discard(rejection.response?.data);
    const { transformRequest } = config;
    config.headers.set('Authorization', state.token.authorization);
    restoreBody(config, state.data);
    // axios-mock-adapter takes itself off each config it answers: without it the replay would go out for real.
    if (config.adapter === undefined && defaults.adapter !== undefined)
      config.adapter = defaults.adapter;
    shortenTimeout(config, remainingMs(state, source.monotonicNow()));

    const asTheCallerWroteIt = (sent: InternalAxiosRequestConfig | undefined) => {
      if (sent === undefined) return;
      restoreTimeout(sent, state);
      if (transformRequest === undefined) delete sent.transformRequest;
      else sent.transformRequest = transformRequest;
    };
    try {
      const response = await bare.request<unknown, AxiosResponse>(config);
      settle(response, state);
      asTheCallerWroteIt(response.config);
      return response;
    } catch (error) {
      if (isAxiosError(error)) {
        if (error.response !== undefined) settle(error.response, state);
        asTheCallerWroteIt(error.config);
      }
      throw error;
    }
  };

  function settle(response: AxiosResponse, state: RequestState): void {
    const { params, token } = state;
    const accepted = !isRejection(response);
    source.replayed(token.value, { accepted, params });
    if (accepted) return;
    if (isAboutOurToken(context, state, response))
      source.reject(token.value, { on: 'replay', params });
    state.refusal = 'already-replayed';
    refused(source, state.refusal);
  }
}

/** What axios-auth-refresh leaves on a config: whoever sends it again must be healed again. */
interface Flagged {
  skipAuthRefresh?: boolean;
  __authRefreshRetryCount?: number;
}

async function anotherToken(
  source: TokenSource,
  config: InternalAxiosRequestConfig,
  state: RequestState,
  rejection: AxiosError,
) {
  const timeoutMs = remainingMs(state, source.monotonicNow());
  if (timeoutMs !== undefined && timeoutMs <= 0) throw timedOut(config, state.timeoutMs, rejection);
  return withAbortSignal(config, async (signal) => {
    try {
      const { params, token } = state;
      return await source.getToken({ signal, timeoutMs, params, not: token.value });
    } catch (error) {
      const failure = asAxiosFailure(error, config, state, signal);
      if (failure !== error) throw failure;
      // The caller asked the API, not the token endpoint: the API's own 401 is the answer, and our error its cause.
      state.refusal = isBearerError(error, 'ERR_TOKEN_NOT_AT_FAULT')
        ? 'rejection-gate-closed'
        : 'no-other-token';
      refused(source, state.refusal);
      Object.defineProperty(rejection, 'cause', {
        value: error,
        configurable: true,
        writable: true,
      });
      throw rejection;
    }
  });
}
