import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

import { MisconfigurationError, OriginNotAllowedError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { TokenSource } from '../token-source/token-source.js';
import { hasOwnAuthorization, removeAuthorization } from './authorization-header.js';
import { asAxiosFailure, remainingMs, shortenTimeout, withAbortSignal } from './deadline.js';
import { isEmpty, othersRunSynchronously, type Handler } from './innermost.js';
import type { OriginGuard } from './origin-guard.js';
import { fixBoundary, isWebForm } from './replay-body.js';
import { forgetState, paramsOf, RequestState, sendState, stateOf } from './request-state.js';

export interface AuthorizeContext {
  readonly source: TokenSource;
  readonly guard: OriginGuard;
  readonly onForeignOrigin: 'pass' | 'error';
  readonly manager: AxiosInterceptorManager<InternalAxiosRequestConfig>;
}

type Config = InternalAxiosRequestConfig;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The request side: attaches the token.
 *
 * axios runs request interceptors synchronously only if every one that applies says so, and asks that right after
 * `runWhen`. So there are two lanes: with a fresh token in hand nothing asynchronous happens at all; otherwise
 * the request waits for one. Returned are two handlers, since axios reverses the order of request interceptors
 * unless `transitional.legacyInterceptorReqResOrdering` is off: whichever runs last for a request applies.
 */
export function authorizeHandlers(context: AuthorizeContext): {
  before: Handler<Config>;
  after: Handler<Config>;
} {
  const { source, manager } = context;
  /** What the request that is being started finds in hand, where nothing comes between `runWhen` and `attachInHand`. */
  let inHand: AccessToken | undefined;
  let inHandFor: TokenParams | undefined;

  const waiting = (config: Config): Config | Promise<Config> => {
    if (!wantsToken(context, config)) return config;
    const params = paramsOf(config);
    const token = source.peek(params);
    return token === undefined
      ? acquire(config, params, source)
      : attach(config, token, params, source);
  };

  /** The lane for a request that found a token in hand, on an instance without other request interceptors. */
  const attachInHand = (config: Config): Config => {
    const token = inHand as AccessToken; // Else this lane is not taken.
    return wantsToken(context, config) ? attach(config, token, inHandFor, source) : config;
  };

  /** Other interceptors came first. They may have taken their time, or asked for another token. */
  const afterOthers = (
    token: AccessToken,
    params: TokenParams | undefined,
    config: Config,
  ): Config | Promise<Config> => {
    if (!wantsToken(context, config)) return config;
    const wanted = paramsOf(config);
    const fresh = source.peek(wanted);
    if (fresh !== undefined) return attach(config, fresh, wanted, source);
    if (!othersRunSynchronously(manager, config, isOurs)) return acquire(config, wanted, source);
    // The token stopped being fresh within this very tick, and a synchronous chain cannot wait.
    if (wanted !== params) throw cannotWait(source);
    return attach(config, token, params, source);
  };

  /** axios asks `runWhen` first, and reads the rest right after it: so the lane is chosen there. */
  const handler = (when: (config: Config) => boolean): Handler<Config> => {
    const lane: Mutable<Handler<Config>> = {
      fulfilled: waiting,
      rejected: null,
      synchronous: false,
      runWhen(config) {
        if (!when(config)) return false;
        if (config.bearer === false && stateOf(config) === undefined) return false;
        const params = paramsOf(config);
        const token = source.peek(params);
        lane.synchronous = token !== undefined;
        if (token === undefined) {
          lane.fulfilled = waiting;
        } else if (isEmpty(manager)) {
          inHand = token;
          inHandFor = params;
          lane.fulfilled = attachInHand;
        } else {
          lane.fulfilled = (later) => afterOthers(token, params, later);
        }
        return true;
      },
    };
    return lane;
  };
  const before = handler((config) => isEmpty(manager) || runsReversed(config));
  const after = handler((config) => !runsReversed(config));
  const isOurs = (one: Handler<Config>) => one === before || one === after;
  return { before, after };
}

function runsReversed({ transitional }: Config): boolean {
  return transitional === undefined || transitional.legacyInterceptorReqResOrdering === true;
}

/** Decides whether the request gets a token, now that nobody else will touch it. */
function wantsToken(context: AuthorizeContext, config: Config): boolean {
  const earlier = stateOf(config);
  if (earlier !== undefined) {
    // Sent once before, by axios-retry for instance: the header in it is ours, and maybe out of date.
    forgetState(config);
    removeAuthorization(config, earlier.token);
  }
  if (config.bearer === false || hasOwnAuthorization(config)) return false;
  const { source, guard, onForeignOrigin } = context;
  const destination = guard.destinationOf(config);
  if (destination !== 'foreign') return destination === 'own';
  if (onForeignOrigin === 'pass') return false;
  const { name, allowedOrigins } = source.provider;
  throw new OriginNotAllowedError(name, guard.originOf(config), allowedOrigins);
}

function attach(
  config: Config,
  token: AccessToken,
  params: TokenParams | undefined,
  source: TokenSource,
): Config {
  const timeoutMs = config.timeout ?? 0;
  const startedAt = timeoutMs > 0 ? source.monotonicNow() : Number.NaN;
  return authorized(config, new RequestState(token, config.data, params, startedAt, timeoutMs));
}

async function acquire(
  config: Config,
  params: TokenParams | undefined,
  source: TokenSource,
): Promise<Config> {
  const timeoutMs = config.timeout ?? 0;
  const startedAt = source.monotonicNow();
  const token = await withAbortSignal(config, (signal) =>
    source
      .getToken({ signal, timeoutMs: timeoutMs > 0 ? timeoutMs : undefined, params })
      .catch((error: unknown) => {
        throw asAxiosFailure(error, config, { timeoutMs }, signal);
      }),
  );
  const state = new RequestState(token, config.data, params, startedAt, timeoutMs);
  shortenTimeout(config, remainingMs(state, source.monotonicNow()));
  return authorized(config, state);
}

function authorized(config: Config, state: RequestState): Config {
  if (isWebForm(state.data)) fixBoundary(config);
  config.headers['Authorization'] = state.token.authorization;
  sendState(config, state);
  return config;
}

function cannotWait({ provider }: TokenSource): MisconfigurationError {
  return new MisconfigurationError({
    provider: provider.name,
    option: 'bearer.params',
    problem: 'came from a synchronous request interceptor, and no token for them is in hand',
    remedy: 'Give them with the request, or register that interceptor without `synchronous: true`.',
  });
}
