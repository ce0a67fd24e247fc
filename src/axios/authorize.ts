import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

import { OriginNotAllowedError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import type { TokenSource } from '../token-source/token-source.js';
import {
  hasOwnAuthorization,
  removeAuthorization,
  setAuthorization,
} from './authorization-header.js';
import { abortSignalOf, asAxiosFailure, remainingMs, shortenTimeout } from './deadline.js';
import { runsSynchronously, type Handler } from './innermost.js';
import type { OriginGuard } from './origin-guard.js';
import { bearerOptions, RequestState, setState, stateOf } from './request-state.js';

export interface AuthorizeContext {
  readonly source: TokenSource;
  readonly guard: OriginGuard;
  readonly onForeignOrigin: 'pass' | 'error';
  readonly manager: AxiosInterceptorManager<InternalAxiosRequestConfig>;
}

type Config = InternalAxiosRequestConfig;

/**
 * The request side: attaches the token.
 *
 * axios runs request interceptors synchronously only if every one that applies says so, and asks that right after
 * `runWhen`. So there are two lanes: with a fresh token in hand nothing asynchronous happens at all; otherwise
 * the request waits for one. Returned are two handlers, since axios reverses the order of request interceptors
 * unless `transitional.legacyInterceptorReqResOrdering` is off: whichever comes last for a request applies.
 */
export function authorizeHandlers(context: AuthorizeContext): {
  before: Handler<Config>;
  after: Handler<Config>;
} {
  const { source, manager } = context;
  let freshAtStart: AccessToken | undefined;

  const applies = (config: Config): boolean => {
    if (config.bearer === false) return false;
    freshAtStart = source.peek(config.bearer?.params);
    return true;
  };

  const fulfilled = (config: Config): Config | Promise<Config> => {
    const earlier = stateOf(config);
    if (earlier !== undefined) setState(config, undefined); // Sent once before, by axios-retry for instance.
    if (hasOwnAuthorization(config, earlier?.token)) return config;
    if (!context.guard.allows(config)) return refuseOrigin(context, config, earlier);

    const params = config.bearer === undefined ? undefined : bearerOptions(config).params;
    const token = source.peek(params);
    if (token !== undefined) return attach(config, token, source);
    // The token was fresh when the request started, and no longer is. Only a synchronous chain cannot wait.
    if (freshAtStart !== undefined && runsSynchronously(manager, config))
      return attach(config, freshAtStart, source);
    return acquire(config, source);
  };

  const handler = (when: (config: Config) => boolean): Handler<Config> => ({
    fulfilled,
    rejected: null,
    get synchronous() {
      return freshAtStart !== undefined;
    },
    runWhen: (config) => when(config) && applies(config),
  });
  return {
    before: handler(runsReversed),
    after: handler((config) => !runsReversed(config)),
  };
}

function runsReversed({ transitional }: Config): boolean {
  return transitional === undefined || transitional.legacyInterceptorReqResOrdering === true;
}

function attach(config: Config, token: AccessToken, source: TokenSource): Config {
  const timeoutMs = config.timeout ?? 0;
  const startedAt = timeoutMs > 0 ? source.monotonicNow() : Number.NaN;
  setAuthorization(config, token);
  setState(
    config,
    new RequestState(
      token,
      config.data,
      config.bearer ? config.bearer.params : undefined,
      startedAt,
      timeoutMs,
    ),
  );
  return config;
}

async function acquire(config: Config, source: TokenSource): Promise<Config> {
  const timeoutMs = config.timeout ?? 0;
  const startedAt = source.monotonicNow();
  const signal = abortSignalOf(config);
  const { params } = bearerOptions(config);
  let token: AccessToken;
  try {
    token = await source.getToken({
      signal,
      timeoutMs: timeoutMs > 0 ? timeoutMs : undefined,
      params,
    });
  } catch (error) {
    throw asAxiosFailure(error, config, { timeoutMs }, signal);
  }
  const state = new RequestState(token, config.data, params, startedAt, timeoutMs);
  setAuthorization(config, token);
  setState(config, state);
  shortenTimeout(config, remainingMs(state, source.monotonicNow()));
  return config;
}

function refuseOrigin(
  context: AuthorizeContext,
  config: Config,
  earlier: RequestState | undefined,
): Config {
  const { source, guard, onForeignOrigin } = context;
  if (onForeignOrigin === 'error') {
    throw new OriginNotAllowedError(
      source.provider.name,
      guard.originOf(config),
      source.provider.allowedOrigins,
    );
  }
  if (earlier !== undefined) removeAuthorization(config, earlier.token);
  return config;
}
