import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

import { MisconfigurationError, OriginNotAllowedError } from '../errors/index.js';
import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { TokenSource } from '../token-source/token-source.js';
import { servingAttachment, type Attachment } from './attachment.js';
import { watchAnswer } from './answer-watch.js';
import {
  authorizationIn,
  authorizerOf,
  flatCopy,
  withoutAuthorization,
  withWritableHeaders,
} from './authorization-header.js';
import { unlessBodyFails } from './body-failure.js';
import {
  asAxiosFailure,
  asTimeout,
  isCancelled,
  remainingMs,
  timeoutMsOf,
  withAbortSignal,
} from './deadline.js';
import { NONE, type Exchange } from './exchange.js';
import { isEmpty, runSynchronously, type Handler, type Surroundings } from './innermost.js';
import { rememberToken } from './known-tokens.js';
import { fixBoundary, isWebForm } from './replay-body.js';
import { paramsOf } from './request-options.js';

type Config = InternalAxiosRequestConfig;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface AuthorizeContext {
  readonly attachments: readonly Attachment[];
  readonly manager: AxiosInterceptorManager<Config>;
  /** As `knowsInterceptorOrder` tells. */
  readonly knowsOrder: boolean;
  /** Told of each request that axios starts; `undefined` if it gets no token. */
  readonly begin: (exchange: Exchange | undefined) => void;
}

/** Our request handler of one walk, and the exchange of the request if the handler applies to it. */
interface Lane extends Mutable<Handler<Config>> {
  begun: Exchange | undefined;
}

/**
 * The request side: attaches the token.
 *
 * axios runs request interceptors synchronously only if every one that applies says so, and asks that right after
 * `runWhen`. So there are two lanes: with a fresh token in hand nothing asynchronous happens at all; otherwise
 * the request waits for one. Each request gets two handlers, since axios reverses the order of request interceptors
 * unless `transitional.legacyInterceptorReqResOrdering` is off: the one that runs last applies.
 */
export function authorizeHandlers(context: AuthorizeContext): Surroundings<Config, Lane> {
  const { attachments, manager, begin, knowsOrder } = context;
  let isProbing = false;

  /** Whether the interceptors of others all run at once, so that ours must not wait. */
  const othersRunAtOnce = (config: Config): boolean => {
    isProbing = true;
    try {
      return runSynchronously(manager, config);
    } finally {
      isProbing = false;
    }
  };

  /** The lane of the last request that found a token in hand. It is over within its tick, and can be used again. */
  let spare: Lane | undefined;

  const lane = (applies: (config: Config) => boolean): Lane | undefined => {
    if (isProbing) return undefined;
    let exchange = NONE;
    let inHand: AccessToken | undefined;
    let inHandOf: Attachment | undefined;
    let inHandFor: TokenParams | undefined;
    let isOptedOut = false;

    /** The config is axios's own, which can be read and written as it is. */
    const attachInHand = (left: Config, token: AccessToken): Config => {
      const authorizer = authorizerOf(left);
      const config = authorizer === 'ours' ? withoutAuthorization(left) : left;
      if (isOptedOut || authorizer === 'caller') return config;
      const serving = attachmentFor(attachments, config);
      return serving === undefined ? config : attach(exchange, config, token, inHandFor, serving);
    };
    const handler: Lane = {
      begun: undefined,
      rejected: rethrow,
      synchronous: false,
      runWhen(config) {
        if (!applies(config)) return false;
        const { bearer } = config;
        if (bearer === false && authorizationIn(config.headers) === undefined) return false;
        isOptedOut = bearer === false;
        exchange = { sent: undefined, copies: Object.getPrototypeOf(config) === null };
        handler.begun = exchange;
        inHandOf =
          attachments.length === 1 ? attachments[0] : servingAttachment(attachments, config);
        inHandFor = bearer ? bearer.params : undefined;
        inHand = inHandOf?.source.peek(inHandFor);
        // Where no interceptor may send it elsewhere, a request to none of the providers has nothing to wait for.
        handler.synchronous = inHand !== undefined || (inHandOf === undefined && isEmpty(manager));
        return true;
      },
      fulfilled(left) {
        if (inHand !== undefined && isEmpty(manager)) {
          const sent = attachInHand(left, inHand);
          exchange = NONE; // It may have a large body.
          if (applies === runsFirst) spare = handler;
          return sent;
        }
        if (!isConfig(left)) return left;
        const { config, attachment } = destinedFor(attachments, left);
        if (attachment === undefined) return config;
        const params = paramsOf(config);
        const token = attachment.source.peek(params);
        const write = (token: AccessToken) =>
          attach(exchange, asDispatched(exchange, config), token, params, attachment);
        if (token !== undefined) return write(token);
        if (inHand === undefined || !othersRunAtOnce(config))
          return acquire(exchange, config, params, attachment);
        // The token stopped being fresh within this very tick, and a synchronous chain cannot wait.
        if (attachment !== inHandOf || params !== inHandFor) throw cannotWait(attachment.source);
        return write(inHand);
      },
    };
    return handler;
  };
  const runsFirst = (config: Config) => isEmpty(manager) || !knowsOrder || runsReversed(config);
  const runsLast = (config: Config) => knowsOrder && !runsReversed(config);

  return {
    before() {
      const reused = isProbing ? undefined : spare;
      spare = undefined;
      return reused ?? lane(runsFirst);
    },
    after: () => lane(runsLast),
    walked(first, last) {
      begin(first?.begun ?? last?.begun);
      if (first !== undefined) first.begun = undefined;
    },
  };
}

/** Older versions of axios call this where a synchronous interceptor throws, without a look whether it is there. */
function rethrow(error: unknown): never {
  throw error;
}

/** The only lane of an instance that does not show its walk, such as a mock: a request may always have to wait. */
export function authorizeAnyRequest(
  attachments: readonly Attachment[],
): (exchange: Exchange, config: Config) => Config | Promise<Config> {
  return (exchange, left) => {
    if (!isConfig(left)) return left;
    const { config, attachment } = destinedFor(attachments, left);
    return attachment === undefined
      ? config
      : acquire(exchange, config, paramsOf(config), attachment);
  };
}

/** Where an interceptor returned nothing, axios's own error follows. */
function isConfig(left: unknown): left is Config {
  return typeof left === 'object' && left !== null;
}

function runsReversed({ transitional }: Config): boolean {
  return transitional == null || transitional.legacyInterceptorReqResOrdering === true;
}

/** Decides which provider's token a request gets, now that no interceptor will touch it again. */
function destinedFor(
  attachments: readonly Attachment[],
  left: Config,
): { readonly config: Config; readonly attachment: Attachment | undefined } {
  const authorizer = authorizerOf(left);
  const config = authorizer === 'ours' ? withoutAuthorization(left) : left;
  const isOnItsOwn = left.bearer === false || authorizer === 'caller';
  return { config, attachment: isOnItsOwn ? undefined : attachmentFor(attachments, config) };
}

/** The provider whose token may go where the request goes; `undefined` for none. */
function attachmentFor(attachments: readonly Attachment[], config: Config): Attachment | undefined {
  const serving = servingAttachment(attachments, config);
  if (serving !== undefined) return serving;
  const strict = attachments.find(
    ({ guard, onForeignOrigin }) =>
      onForeignOrigin === 'error' && guard.destinationOf(config) === 'foreign',
  );
  if (strict === undefined) return undefined;
  const { name, allowedOrigins } = strict.source.provider;
  throw new OriginNotAllowedError(name, strict.guard.originOf(config), allowedOrigins);
}

function attach(
  exchange: Exchange,
  config: Config,
  token: AccessToken,
  params: TokenParams | undefined,
  attachment: Attachment,
): Config {
  // An older axios refuses it past the response interceptors, so that its error would show the token.
  if (attachment.redirects !== undefined && isCancelled(config)) return config;
  const { timeout } = config;
  const timeoutMs = timeoutMsOf(timeout);
  const startedAt = timeoutMs > 0 ? attachment.source.clock.monotonic() : 0;
  return authorize(exchange, config, attachment, token, params, startedAt, timeout, timeout);
}

async function acquire(
  exchange: Exchange,
  config: Config,
  params: TokenParams | undefined,
  attachment: Attachment,
): Promise<Config> {
  if (isCancelled(config)) return config; // axios refuses it, without sending anything.
  const { source } = attachment;
  const { timeout } = config;
  const timeoutMs = timeoutMsOf(timeout);
  const startedAt = source.clock.monotonic();
  const token = await unlessBodyFails(config, () =>
    withAbortSignal(config, (signal) =>
      source
        .getToken({ signal, timeoutMs: timeoutMs > 0 ? timeoutMs : undefined, params })
        .catch((error: unknown) => {
          throw asAxiosFailure(error, config, timeoutMs, signal);
        }),
    ),
  );
  const leftMs = remainingMs({ timeoutMs, startedAt }, source.clock.monotonic());
  const sent = asDispatched(exchange, config);
  const left = leftMs === undefined ? timeout : (sent.timeout = asTimeout(leftMs));
  return authorize(exchange, sent, attachment, token, params, startedAt, timeout, left);
}

/** Writes the token into the request, and keeps what a replay needs. */
function authorize(
  exchange: Exchange,
  given: Config,
  attachment: Attachment,
  token: AccessToken,
  params: TokenParams | undefined,
  startedAt: number,
  writtenTimeout: unknown,
  usedTimeout: unknown,
): Config {
  const config = attachment.redirects?.watch(given) ?? given;
  const rawBody = config.data as unknown;
  if (isWebForm(rawBody)) fixBoundary(config);
  config.headers['Authorization'] = token.authorization;
  rememberToken(token);
  exchange.sent = {
    attachment,
    config,
    token,
    params,
    rawBody,
    startedAt,
    timeoutMs: timeoutMsOf(writtenTimeout),
    writtenTimeout,
    usedTimeout,
    watch: watchAnswer(config),
  };
  return config;
}

/** The object that axios will send, where it copies one that an interceptor has put in place of its own. */
function asDispatched({ copies }: Exchange, config: Config): Config {
  const isItsOwn = Object.getPrototypeOf(config) === null && Object.isExtensible(config);
  return withWritableHeaders(copies && !isItsOwn ? flatCopy(config) : config);
}

function cannotWait({ provider }: TokenSource): MisconfigurationError {
  return new MisconfigurationError({
    provider: provider.name,
    option: 'bearer.params',
    problem: 'came from a synchronous request interceptor, and no token for them is in hand',
    remedy: 'Give them with the request, or register that interceptor without `synchronous: true`.',
  });
}
