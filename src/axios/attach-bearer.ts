import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';

import { givenOptions } from '../concealment/given-options.js';
import { checkOptions, checkValues } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { refused, type Rules } from '../errors/option-rules.js';
import {
  describesTheSame,
  refuseNonProvider,
  type Provider,
} from '../provider-definition/define-provider.js';
import { placeOf } from '../provider-definition/token-placement.js';
import { isTokenSource, type TokenSource } from '../token-source/token-source.js';
import { ATTACH_RULES, refuseSourceOptions } from '../resource-call/attach-options.js';
import type { Attachment, ReplayHook } from './attachment.js';
import { foldsAbsoluteURLs, knowsInterceptorOrder } from './axios-version.js';
import {
  createTokenSource,
  TOKEN_SOURCE_OPTIONS,
  type TokenSourceOptions,
} from './create-token-source.js';
import { intercept } from './intercept.js';
import { createOriginGuard } from './origin-guard.js';
import { knownPlace } from './placed-token.js';
import { redirectGuardFor } from './redirect-guard.js';

/** How an instance treats its requests and, if a provider is passed, how its token source behaves. */
export interface AttachOptions extends TokenSourceOptions {
  /**
   * What happens to a request outside the provider's origins or over plain http: `pass` sends it without a token, `error`
   * throws an `OriginNotAllowedError`.
   *
   * @defaultValue 'pass'
   */
  readonly onForeignOrigin?: 'pass' | 'error' | undefined;
  /**
   * Called before a request is sent again, with the new token and the body in place, for instance to renew a signature, a nonce
   * or a timestamp. It may be asynchronous, within the request's timeout. If it throws, the caller gets the original 401 with
   * that error as `cause`.
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

const ATTACH_OPTIONS: Rules<keyof AttachOptions> = { ...ATTACH_RULES, ...TOKEN_SOURCE_OPTIONS };

/** One provider on one axios instance. */
export interface BearerAttachment {
  /** The token source. Pass it to another instance to share its tokens. */
  readonly source: TokenSource;
  /** Removes this provider from the instance, and closes the token source if `attachBearer` created it. */
  detach(): void;
}

/**
 * An axios instance from either build of axios. In TypeScript the types of `import` and `require` are incompatible, and a
 * framework's instance may come from the other build.
 */
export interface AttachableInstance {
  /** Optional, because a mock need not have them. */
  readonly defaults?: { readonly baseURL?: string | undefined };
  readonly interceptors: {
    readonly request: InterceptorRegistry;
    readonly response: InterceptorRegistry;
  };
}

/** The interceptors of one kind. */
interface InterceptorRegistry {
  /** Registers an interceptor and returns its id, for `eject`. */
  use(...interceptor: never[]): number;
}

/** Stored under a name that every copy of the package knows. */
const ATTACHMENTS = Symbol.for('axios-bearer.attachments');

interface Marked {
  [ATTACHMENTS]?: BearerAttachment[];
}

/** What this copy of the package installed on an instance. */
interface Installed {
  readonly attachments: Attachment[];
  readonly takeOff: () => void;
}

const installed = new WeakMap<object, Installed>();

/**
 * Adds bearer tokens to an existing axios instance: each request carries a valid token, and a 401 is healed by fetching a new
 * token and replaying the request once. The instance's own interceptors see only the final response, once.
 *
 * An instance may have several providers. Each request gets the token of the provider whose origin it goes to; a request to
 * any other origin gets none. Attaching the same provider or token source again, or a provider made from the same data,
 * returns the existing attachment.
 *
 * @example
 * ```ts
 * const http = axios.create({ baseURL: provider.baseURL });
 * const bearer = attachBearer(http, provider);
 * await http.get('/things');
 * bearer.detach();
 * ```
 * @throws {@link MisconfigurationError} if another provider of the instance has one of the origins, if the instance's
 * `baseURL` is outside the origins of all its providers, or for an invalid option
 */
export function attachBearer<C extends object>(
  instance: AttachableInstance,
  providerOrSource: Provider<C> | TokenSource,
  options: AttachOptions = {},
): BearerAttachment {
  if (!isAttachable(instance)) throw notAttachable();
  const given = isTokenSource(providerOrSource) ? providerOrSource : undefined;
  const provider = (given?.provider ?? providerOrSource) as Provider;
  refuseNonProvider(provider);
  const others = attachmentsOf(instance);
  const existing = others.find(({ source }) =>
    given === undefined ? isSame(source.provider, provider) : source === given,
  );
  if (existing !== undefined) return existing;
  for (const other of others) refuseTakenOrigin(provider, other.source.provider);

  options = givenOptions(options);
  checkOptions(options, ATTACH_OPTIONS, {
    of: 'an attachment',
    provider: provider.name,
    path: 'options.',
    advice:
      'Options of axios go to axios.create(), or into the second argument of createProviderClient().',
  });
  const { onForeignOrigin = 'pass', onReplay, ...sourceOptions } = options;
  if (given !== undefined) refuseSourceOptions(provider, sourceOptions);
  const guard = createOriginGuard(provider.allowedOrigins, foldsAbsoluteURLs(instance));
  const { defaults } = instance as Partial<AxiosInstance>;
  const baseURL = defaults?.baseURL;
  if (isAbsolute(baseURL) && !guard.allowsURL(baseURL) && !serving(others, baseURL)) {
    throw new MisconfigurationError({
      provider: provider.name,
      option: "the instance's baseURL",
      problem: `is not one of the origins that the token may go to (${provider.allowedOrigins.join(', ')})`,
      remedy: "Set the provider's baseURL or origins to match.",
    });
  }

  const source = given ?? createTokenSource(provider, sourceOptions);
  // The known place may be that of another provider, with the same header and without a proof.
  const own = placeOf(provider.tokenPlacement);
  const place = knownPlace(own);
  const redirects = redirectGuardFor(instance, guard, place);
  const uninstall = install(instance, {
    source,
    guard,
    place,
    proof: own.proof,
    redirects,
    onForeignOrigin,
    onReplay,
    defaults,
  });
  const attachment: BearerAttachment = {
    source,
    detach() {
      uninstall();
      mark(
        instance,
        attachmentsOf(instance).filter((other) => other !== attachment),
      );
      if (given === undefined) source.close();
    },
  };
  mark(instance, [...others, attachment]);
  return attachment;
}

/** Providers made from the same data are the same: a handler may attach on each request, and a module may be loaded twice. */
function isSame(one: Provider, other: Provider): boolean {
  return one === other || describesTheSame(one, other);
}

/** Adds an attachment to our pair of interceptors, which is installed with the first one. */
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

function mark(instance: AttachableInstance, value: readonly BearerAttachment[]): void {
  if (value.length === 0) Reflect.deleteProperty(instance, ATTACHMENTS);
  else Object.defineProperty(instance, ATTACHMENTS, { value, configurable: true });
}

/** The attachment whose origins include that of an absolute URL. */
function serving(attachments: readonly BearerAttachment[], url: string) {
  return attachments.find(({ source }) =>
    createOriginGuard(source.provider.allowedOrigins).allowsURL(url),
  );
}

/** Checks only what is used. A mock may have nothing but `use`. */
function isAttachable(instance: unknown): instance is AxiosInstance {
  const { interceptors } = (instance ?? {}) as Partial<AxiosInstance>;
  return [interceptors?.request, interceptors?.response].every(
    (manager) => typeof (manager as { use?: unknown } | undefined)?.use === 'function',
  );
}

function isAbsolute(baseURL: unknown): baseURL is string {
  return typeof baseURL === 'string' && /^https?:/i.test(baseURL);
}

function notAttachable(): MisconfigurationError {
  return new MisconfigurationError({
    option: 'instance',
    problem: 'is not an axios instance',
    remedy:
      'Pass what axios.create() returns, or axios itself; a mock needs both interceptors with `use`.',
  });
}

/** axios would ignore our options among its own. `transport` is also one of axios's. */
const MISPLACED = refused(
  Object.keys(ATTACH_OPTIONS).filter((option) => option !== 'transport'),
  'has no effect on axios',
  'Pass it in the third argument.',
);

function refuseTakenOrigin(provider: Provider, other: Provider): void {
  const origin = provider.allowedOrigins.find((one) => other.allowedOrigins.includes(one));
  if (origin === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'the instance',
    problem: `already has ${other.name} attached for ${origin}`,
    remedy:
      'Detach that first, use another instance, or pass the same provider object or token source again.',
  });
}

/**
 * Returns the attachment of an instance, with its token source; `undefined` if it has none.
 *
 * @param url - an absolute URL, to choose between several attachments. Without it, the one that serves the instance's `baseURL`
 * is returned, or else the first
 * @example
 * ```ts
 * const token = await bearerOf(http)?.source.getToken();
 * ```
 * @throws {@link MisconfigurationError} if `instance` is not an object
 */
export function bearerOf(instance: AttachableInstance, url?: string): BearerAttachment | undefined {
  if (Object(instance) !== instance) throw notAttachable();
  const attachments = attachmentsOf(instance);
  if (url !== undefined) return serving(attachments, url);
  const baseURL: unknown = instance.defaults?.baseURL;
  return (isAbsolute(baseURL) ? serving(attachments, baseURL) : undefined) ?? attachments[0];
}

/**
 * Creates an axios instance for a provider. Its `baseURL` is the provider's, and every request carries a valid token.
 *
 * @param config - the defaults of the instance, as for `axios.create`
 * @param options - how tokens are attached, kept and renewed
 * @example
 * ```ts
 * const http = createProviderClient(provider, { timeout: 10_000 }, { keepWarm: true });
 * const { data } = await http.get('/things');
 * ```
 * @throws {@link MisconfigurationError} as `attachBearer` does
 */
export function createProviderClient<C extends object>(
  providerOrSource: Provider<C> | TokenSource,
  config: CreateAxiosDefaults = {},
  options: AttachOptions = {},
): AxiosInstance {
  const provider = isTokenSource(providerOrSource) ? providerOrSource.provider : providerOrSource;
  refuseNonProvider(provider);
  checkValues(givenOptions(config), MISPLACED, {
    of: 'axios',
    provider: provider.name,
    path: 'config.',
  });
  const instance = axios.create({ ...config, baseURL: config.baseURL ?? provider.baseURL });
  // A mocked axios may create nothing, or something without interceptors. It is returned unchanged.
  if (isAttachable(instance)) attachBearer(instance, providerOrSource, options);
  return instance;
}
