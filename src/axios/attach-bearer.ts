import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';

import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { describesTheSame, type Provider } from '../provider-definition/define-provider.js';
import { TOKEN_SOURCE_OPTIONS, type TokenSourceOptions } from '../token-source/options.js';
import {
  createTokenSource,
  isTokenSource,
  type TokenSource,
} from '../token-source/token-source.js';
import type { Attachment, ReplayHook } from './attachment.js';
import { foldsAbsoluteURLs, knowsInterceptorOrder } from './axios-version.js';
import { intercept } from './intercept.js';
import { createOriginGuard } from './origin-guard.js';
import { redirectGuardFor } from './redirect-guard.js';

/** How an instance treats its requests; and, where a provider is passed, how its token source behaves. */
export interface AttachOptions extends TokenSourceOptions {
  /**
   * What happens to a request that leaves the provider's own origins, or goes out in clear text.
   *
   * @defaultValue 'pass': it is sent without a token
   */
  readonly onForeignOrigin?: 'pass' | 'error' | undefined;
  /**
   * Called before a request is sent again, with the new token and the body in place: to renew a signature, a nonce or a
   * timestamp. May be asynchronous, within the request's own time-out. If it throws, the caller gets the original
   * 401, with what it threw as `cause`.
   *
   * @example
   * ```ts
   * attachBearer(http, provider, {
   *   onReplay(config) {
   *     config.headers.set('X-Timestamp', String(Date.now()));
   *   },
   * });
   * ```
   */
  readonly onReplay?: ReplayHook | undefined;
}

const ATTACH_OPTIONS: readonly string[] = ['onForeignOrigin', 'onReplay', ...TOKEN_SOURCE_OPTIONS];

/** One provider on one axios instance. */
export interface BearerAttachment {
  /** Where the tokens come from. Pass it on, so that another instance shares them. */
  readonly source: TokenSource;
  /** Takes this provider off the instance again. Closes the token source if it was made here. */
  detach(): void;
}

/**
 * An axios instance, of whichever build of axios: `import` and `require` have types of their own in TypeScript, which
 * refuse each other, and a framework's instance may be of the other one.
 */
export interface AttachableInstance {
  /** axios has them; a mock need not. */
  readonly defaults?: { readonly baseURL?: string | undefined };
  readonly interceptors: {
    readonly request: InterceptorRegistry;
    readonly response: InterceptorRegistry;
  };
}

/** Where an instance keeps its interceptors of one kind. */
interface InterceptorRegistry {
  /** Registers an interceptor, and returns the id by which it is ejected. */
  use(...interceptor: never[]): number;
}

/** The attachments of an instance, under a name that every copy of the package knows. */
const ATTACHMENTS = Symbol.for('axios-bearer.attachments');

interface Marked {
  [ATTACHMENTS]?: BearerAttachment[];
}

/** What this copy of the package put onto an instance. */
interface Installed {
  readonly attachments: Attachment[];
  readonly takeOff: () => void;
}

const installed = new WeakMap<object, Installed>();

/**
 * Gives an existing axios instance bearer tokens: each request carries a valid one, and a 401 is healed by a new token
 * and one replay. The interceptors that the instance has, or gets later, see the final response exactly once.
 *
 * An instance may have several providers: each request gets the token of the one whose origin it goes to, and a request to
 * none of them goes out as it is. Attaching the same provider or token source again, or a provider made of the same data,
 * changes nothing and returns the attachment that is there.
 *
 * @throws {@link MisconfigurationError} if another provider of the instance has one of its origins, if the instance's
 * `baseURL` lies outside the origins of all of them, or for an option that cannot work
 */
export function attachBearer<C extends object>(
  instance: AttachableInstance,
  providerOrSource: Provider<C> | TokenSource,
  options: AttachOptions = {},
): BearerAttachment {
  if (!isAttachable(instance)) throw notAttachable();
  const given = isTokenSource(providerOrSource) ? providerOrSource : undefined;
  const provider = (given?.provider ?? providerOrSource) as Provider;
  const others = attachmentsOf(instance);
  const existing = others.find(({ source }) =>
    given === undefined ? isSame(source.provider, provider) : source === given,
  );
  if (existing !== undefined) return existing;
  for (const other of others) refuseTakenOrigin(provider, other.source.provider);

  refuseUnknownOptions(options, ATTACH_OPTIONS, {
    of: 'an attachment',
    provider: provider.name,
    path: 'options.',
  });
  const { onForeignOrigin = 'pass', onReplay, ...sourceOptions } = givenOptions(options);
  if (given !== undefined) refuseOptions(provider, sourceOptions);
  checkOptions(provider, { onForeignOrigin, onReplay });
  const guard = createOriginGuard(provider.allowedOrigins, foldsAbsoluteURLs(instance));
  const { defaults } = instance as Partial<AxiosInstance>;
  const baseURL = baseURLOf(instance);
  const isServed = (url: string) =>
    others.some(({ source }) => createOriginGuard(source.provider.allowedOrigins).allowsURL(url));
  if (isAbsolute(baseURL) && !guard.allowsURL(baseURL) && !isServed(baseURL)) {
    throw new MisconfigurationError({
      provider: provider.name,
      option: "the instance's baseURL",
      problem: `is not one of the origins that the token may go to (${provider.allowedOrigins.join(', ')})`,
      remedy: "Set the provider's baseURL or origins to match.",
    });
  }

  const source = given ?? createTokenSource(provider, sourceOptions);
  const redirects = redirectGuardFor(instance, guard);
  const uninstall = install(instance, {
    source,
    guard,
    redirects,
    onForeignOrigin,
    onReplay,
    defaults,
  });
  const attachment: BearerAttachment = {
    source,
    detach() {
      uninstall();
      unmark(instance, attachment);
      if (given === undefined) source.close();
    },
  };
  mark(instance, attachment);
  return attachment;
}

/** The same data count as the same provider: a handler may attach at each request, and a module may be loaded again. */
function isSame(one: Provider, other: Provider): boolean {
  return one === other || describesTheSame(one, other);
}

/** Adds an attachment to the pair of interceptors that the instance has from us, or gets now. */
function install(instance: AxiosInstance, attachment: Attachment): () => void {
  let ours = installed.get(instance);
  if (ours === undefined) {
    const attachments: Attachment[] = [];
    ours = {
      attachments,
      takeOff: intercept(instance.interceptors, attachments, knowsInterceptorOrder(instance)),
    };
    installed.set(instance, ours);
  }
  const { attachments, takeOff } = ours;
  attachments.push(attachment);
  return () => {
    const at = attachments.indexOf(attachment);
    if (at === -1) return;
    attachments.splice(at, 1);
    if (attachments.length > 0) return;
    takeOff();
    installed.delete(instance);
  };
}

function attachmentsOf(instance: AttachableInstance): readonly BearerAttachment[] {
  return (instance as Marked)[ATTACHMENTS] ?? [];
}

function mark(instance: AttachableInstance, attachment: BearerAttachment): void {
  const value = [...attachmentsOf(instance), attachment];
  Object.defineProperty(instance, ATTACHMENTS, { value, configurable: true });
}

function unmark(instance: AttachableInstance, attachment: BearerAttachment): void {
  const value = attachmentsOf(instance).filter((other) => other !== attachment);
  if (value.length === 0) Reflect.deleteProperty(instance, ATTACHMENTS);
  else Object.defineProperty(instance, ATTACHMENTS, { value, configurable: true });
}

/** Told by what is used of it. A mock may have `use` and nothing else. */
function isAttachable(instance: unknown): instance is AxiosInstance {
  const { interceptors } = (instance ?? {}) as Partial<AxiosInstance>;
  return [interceptors?.request, interceptors?.response].every(
    (manager) => typeof (manager as { use?: unknown } | undefined)?.use === 'function',
  );
}

function baseURLOf({ defaults }: AttachableInstance): unknown {
  return defaults?.baseURL;
}

function isAbsolute(baseURL: unknown): baseURL is string {
  return typeof baseURL === 'string' && /^https?:/i.test(baseURL);
}

function notAttachable(): MisconfigurationError {
  return new MisconfigurationError({
    option: 'instance',
    problem: 'is not an axios instance',
    remedy:
      'Pass what axios.create() returns, or axios itself; a mock needs interceptors.request.use and interceptors.response.use.',
  });
}

/** They would do nothing, without a word. */
function refuseOptions({ name }: Provider, options: TokenSourceOptions): void {
  const [option] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new MisconfigurationError({
    provider: name,
    option: `options.${option}`,
    problem: 'has no effect on an existing token source',
    remedy: 'Pass it to createTokenSource() instead.',
  });
}

function checkOptions(
  { name }: Provider,
  { onForeignOrigin, onReplay }: Pick<AttachOptions, 'onForeignOrigin' | 'onReplay'>,
): void {
  if (onForeignOrigin !== 'pass' && onForeignOrigin !== 'error') {
    throw new MisconfigurationError({
      provider: name,
      option: 'options.onForeignOrigin',
      problem: "must be 'pass' or 'error'",
      remedy: 'Leave it out for the default.',
    });
  }
  if (onReplay !== undefined && typeof onReplay !== 'function') {
    throw new MisconfigurationError({
      provider: name,
      option: 'options.onReplay',
      problem: 'is not a function',
      remedy: 'Give a function that takes the config of the request, or leave it out.',
    });
  }
}

function refuseTakenOrigin(provider: Provider, other: Provider): void {
  const origin = provider.allowedOrigins.find((one) => other.allowedOrigins.includes(one));
  if (origin === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'the instance',
    problem: `already has ${other.name} attached for ${origin}`,
    remedy: 'Call detach() on that attachment first, or use a separate instance.',
  });
}

/**
 * The attachment of an instance, with its token source; `undefined` if it has none.
 *
 * @param url - which one, if the instance has several: an absolute URL that it serves. Left out, it is the one that serves
 * the instance's `baseURL`, or else the one attached first.
 */
export function bearerOf(instance: AttachableInstance, url?: string): BearerAttachment | undefined {
  const attachments = attachmentsOf(instance);
  const serving = (target: string) =>
    attachments.find(({ source }) =>
      createOriginGuard(source.provider.allowedOrigins).allowsURL(target),
    );
  if (url !== undefined) return serving(url);
  const baseURL = baseURLOf(instance);
  return (isAbsolute(baseURL) ? serving(baseURL) : undefined) ?? attachments[0];
}

/**
 * Creates an axios instance for a provider: its `baseURL` is the provider's, and every request carries a valid token.
 *
 * @param config - defaults of the instance, as for `axios.create`
 * @param options - how tokens are kept and renewed
 * @throws {@link MisconfigurationError} as `attachBearer` does
 */
export function createProviderClient<C extends object>(
  providerOrSource: Provider<C> | TokenSource,
  config: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): AxiosInstance {
  const provider = isTokenSource(providerOrSource) ? providerOrSource.provider : providerOrSource;
  const instance = axios.create({ ...config, baseURL: config.baseURL ?? provider.baseURL });
  // A mocked axios may create nothing, or something without interceptors: that is handed on, as without us.
  if (isAttachable(instance)) attachBearer(instance, providerOrSource, options);
  return instance;
}
