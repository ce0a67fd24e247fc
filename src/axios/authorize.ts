import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

import { isObject } from '../concealment/any-object.js';
import { MisconfigurationError, OriginNotAllowedError } from '../errors/index.js';
import type { Place } from '../provider-definition/token-placement.js';
import { noteRefusal } from '../resource-call/replay-refusal.js';
import type { AccessToken } from '../token/access-token.js';
import type { TokenParams } from '../token/token-params.js';
import type { TokenSource } from '../token-source/token-source.js';
import { servingAttachment, type Attachment } from './attachment.js';
import { watchAnswer } from './answer-watch.js';
import { unlessBodyFails } from './body-failure.js';
import {
  asAxiosFailure,
  asTimeout,
  isCancelled,
  remainingMs,
  timeoutMsOf,
  withAbortSignal,
} from './deadline.js';
import type { Exchange } from './exchange.js';
import { isEmpty, runSynchronously, type Handler, type Surroundings } from './innermost.js';
import { carriesToken, withoutOurs, writeToken } from './placed-token.js';
import { proveSends } from './proven-send.js';
import { fixBoundary, isWebForm } from './replay-body.js';
import { checkBearerOptions, paramsOf } from './request-options.js';
import { flatCopy, withWritableHeaders } from './writable-config.js';

type Config = InternalAxiosRequestConfig;

export interface AuthorizeContext {
  readonly attachments: readonly Attachment[];
  readonly manager: AxiosInterceptorManager<Config>;
  /** The result of `knowsInterceptorOrder`. */
  readonly knowsOrder: boolean;
  /** Called for each request that axios starts; with `undefined` if it gets no token. */
  readonly begin: (exchange: Exchange | undefined) => void;
}

/** One of our request handlers, with the exchange of the current request if the handler serves it. */
interface Lane extends Handler<Config> {
  /** axios asks `runWhen` first, and reads this afterwards. */
  synchronous: boolean;
  begun: Exchange | undefined;
}

/**
 * The request side: attaches the token.
 *
 * If no other interceptor is registered, the config that axios passes to `runWhen` is the one it sends. A token in hand is
 * written right there, and no interceptor runs: axios's chain for one costs more than the rest of a warm request. Any other
 * request gets a handler at both ends, and the one that runs last does the work, since axios reverses the order of request
 * interceptors unless `transitional.legacyInterceptorReqResOrdering` is off.
 *
 * axios runs request interceptors synchronously only if all that apply are synchronous, and checks right after `runWhen`. So
 * with a fresh token in hand nothing is asynchronous; otherwise the request waits for a token.
 */
export function authorizeHandlers(context: AuthorizeContext): Surroundings<Config, Lane> {
  const { attachments, manager, begin, knowsOrder } = context;
  let isProbing = false;

  /** Whether all other interceptors are synchronous, so that ours must not wait. */
  const othersRunAtOnce = (config: Config): boolean => {
    isProbing = true;
    try {
      return runSynchronously(manager, config);
    } finally {
      isProbing = false;
    }
  };

  /** For a request without interceptors. It never runs, so all requests can share it. */
  const shortcut: Lane = {
    begun: undefined,
    fulfilled: null,
    rejected: null,
    synchronous: true,
    runWhen(config) {
      shortcut.begun = authorizeAtOnce(attachments, config);
      return false;
    },
  };

  const lane = (applies: (config: Config) => boolean): Lane => {
    const exchange: Exchange = { sent: undefined, copies: false };
    let inHand: AccessToken | undefined;
    let inHandOf: Attachment | undefined;
    let inHandFor: TokenParams | undefined;

    const handler: Lane = {
      begun: undefined,
      rejected: rethrow,
      synchronous: false,
      runWhen(config) {
        if (!applies(config)) return false;
        const { bearer } = config;
        if (bearer === false && !carriesToken(config)) return false;
        exchange.copies = Object.getPrototypeOf(config) === null;
        handler.begun = exchange;
        inHandOf =
          attachments.length === 1 ? attachments[0] : servingAttachment(attachments, config);
        inHandFor = paramsOf(config);
        inHand = inHandOf?.source.peek(inHandFor);
        handler.synchronous = inHand !== undefined;
        return true;
      },
      fulfilled(left) {
        const { config, attachment } = destinedFor(attachments, left);
        if (attachment === undefined) return config;
        const params = paramsOf(config);
        const token = attachment.source.peek(params);
        const write = (token: AccessToken) =>
          attach(exchange, asDispatched(exchange, config), token, params, attachment);
        if (token !== undefined) return write(token);
        if (inHand === undefined || !othersRunAtOnce(config))
          return acquire(exchange, config, params, attachment);
        // The token stopped being fresh within this tick, and a synchronous chain cannot wait.
        if (attachment !== inHandOf || params !== inHandFor) throw cannotWait(attachment.source);
        return write(inHand);
      },
    };
    return handler;
  };
  const runsFirst = (config: Config) => !knowsOrder || runsReversed(config);

  return {
    before(isOnlyWalk) {
      if (isProbing) return undefined;
      return isOnlyWalk && isEmpty(manager) ? shortcut : lane(runsFirst);
    },
    after(first) {
      if (isProbing || first?.begun !== undefined) return undefined;
      return lane(() => true); // The first one does not serve this request.
    },
    walked(first, last) {
      begin(first?.begun ?? last?.begun);
      shortcut.begun = undefined;
    },
  };
}

const NOWHERE: readonly Place[] = [];

/**
 * Authorises a request that no interceptor will change, if that is possible synchronously; otherwise `undefined`. An error
 * here occurs again in the handler that axios runs, where response interceptors see it.
 */
function authorizeAtOnce(attachments: readonly Attachment[], config: Config): Exchange | undefined {
  try {
    checkBearerOptions(config);
    // A token that is there already, the caller's or ours, is left to that handler.
    if (config.bearer === false || carriesToken(config)) return undefined;
    const exchange: Exchange = { sent: undefined, copies: false };
    const attachment = attachmentFor(attachments, config, NOWHERE);
    if (attachment === undefined) return exchange;
    const params = paramsOf(config);
    const token = attachment.source.peek(params);
    if (token === undefined) return undefined;
    attach(exchange, config, token, params, attachment);
    return exchange;
  } catch {
    return undefined;
  }
}

/** Older versions of axios call `rejected` when a synchronous interceptor throws, without checking that it exists. */
function rethrow(error: unknown): never {
  throw error;
}

/** The only handler for an instance whose `forEach` cannot be hooked, such as a mock. It is always asynchronous. */
export function authorizeAnyRequest(
  attachments: readonly Attachment[],
): (exchange: Exchange, config: Config) => Config | Promise<Config> {
  return (exchange, left) => {
    const { config, attachment } = destinedFor(attachments, left);
    return attachment === undefined
      ? config
      : acquire(exchange, config, paramsOf(config), attachment);
  };
}

function runsReversed({ transitional }: Config): boolean {
  return transitional == null || transitional.legacyInterceptorReqResOrdering === true;
}

/** Decides which provider's token a request gets, after all other interceptors have run. */
function destinedFor(
  attachments: readonly Attachment[],
  left: Config,
): { readonly config: Config; readonly attachment: Attachment | undefined } {
  // If an interceptor returned nothing, axios's own error follows.
  if (!isObject(left)) return { config: left, attachment: undefined };
  checkBearerOptions(left);
  const { config, taken } = withoutOurs(left);
  const isOnItsOwn = left.bearer === false;
  return { config, attachment: isOnItsOwn ? undefined : attachmentFor(attachments, config, taken) };
}

/**
 * The provider whose token may go to the request's destination; `undefined` for none.
 *
 * @param taken - places with the caller's own value, which wins
 */
function attachmentFor(
  attachments: readonly Attachment[],
  config: Config,
  taken: readonly Place[],
): Attachment | undefined {
  const serving = servingAttachment(attachments, config);
  if (serving !== undefined) {
    if (!taken.includes(serving.place)) return serving;
    noteRefusal('own-authorization', config);
    return undefined;
  }
  const foreign = attachments.filter(
    ({ guard, place }) => !taken.includes(place) && guard.destinationOf(config) === 'foreign',
  );
  if (foreign.length > 0) noteRefusal('foreign-origin', config);
  const strict = foreign.find(({ onForeignOrigin }) => onForeignOrigin === 'error');
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
  // Older versions of axios reject it after our response interceptor, so their error would show the token.
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
  if (isCancelled(config)) return config; // axios rejects it without sending anything.
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

/** Writes the token into the request and records what a replay needs. */
function authorize(
  exchange: Exchange,
  config: Config,
  attachment: Attachment,
  token: AccessToken,
  params: TokenParams | undefined,
  startedAt: number,
  writtenTimeout: unknown,
  usedTimeout: unknown,
): Config {
  attachment.redirects?.watch(config);
  const rawBody = config.data as unknown;
  if (isWebForm(rawBody)) fixBoundary(config);
  writeToken(attachment.place, config, token);
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
  proveSends(exchange.sent);
  return config;
}

/** The object that axios will send: it copies a config that an interceptor substituted for its own. */
function asDispatched({ copies }: Exchange, config: Config): Config {
  const isItsOwn = Object.getPrototypeOf(config) === null && Object.isExtensible(config);
  return withWritableHeaders(copies && !isItsOwn ? flatCopy(config) : config);
}

function cannotWait({ provider }: TokenSource): MisconfigurationError {
  return new MisconfigurationError({
    provider: provider.name,
    option: 'bearer.params',
    problem: 'was set by a synchronous request interceptor, and there is no token for it yet',
    remedy: 'Set it on the request, or leave out `synchronous: true`.',
  });
}
