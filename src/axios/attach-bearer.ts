import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';

import { MisconfigurationError } from '../errors/index.js';
import type { Provider } from '../grants/define-provider.js';
import type { TokenSourceOptions } from '../token-source/options.js';
import {
  createTokenSource,
  isTokenSource,
  type TokenSource,
} from '../token-source/token-source.js';
import { authorizeHandlers } from './authorize.js';
import { healHandler } from './heal.js';
import { surround } from './innermost.js';
import { createOriginGuard } from './origin-guard.js';

/** How an instance treats its requests; and, where a provider is passed, how its token source behaves. */
export interface AttachOptions extends TokenSourceOptions {
  /**
   * What happens to a request that leaves the provider's own origins, or goes out in clear text.
   *
   * @defaultValue 'pass': it is sent without a token
   */
  readonly onForeignOrigin?: 'pass' | 'error' | undefined;
}

/** An axios instance that has been given bearer tokens. */
export interface BearerAttachment {
  /** Where the tokens come from. Pass it on, so that another instance shares them. */
  readonly source: TokenSource;
  /** Takes everything off again and leaves the instance as it was. Closes the token source if it was made here. */
  detach(): void;
}

/**
 * An axios instance, of whichever build of axios: `import` and `require` have types of their own in TypeScript, which
 * refuse each other, and a framework's instance may be of the other one.
 */
export interface AttachableInstance {
  readonly defaults: { readonly baseURL?: string | undefined };
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

/** Marks an instance across copies of the package, so that none is attached twice. */
const ATTACHMENT = Symbol.for('axios-bearer.attachment');

interface Marked {
  [ATTACHMENT]?: BearerAttachment;
}

/**
 * Gives an existing axios instance bearer tokens: each request carries a valid one, and a 401 is healed by a new token
 * and one replay. The interceptors that the instance has, or gets later, see the final response exactly once.
 *
 * Attaching the same provider or token source again changes nothing and returns the attachment that is there.
 *
 * @throws {@link MisconfigurationError} if the instance is attached to another provider, if its `baseURL` lies outside the
 * provider's origins, or for an option that cannot work
 */
export function attachBearer<C extends object>(
  instance: AttachableInstance,
  providerOrSource: Provider<C> | TokenSource,
  options: AttachOptions = {},
): BearerAttachment {
  if (!isAttachable(instance)) throw notAttachable();
  const given = isTokenSource(providerOrSource) ? providerOrSource : undefined;
  const provider = (given?.provider ?? providerOrSource) as Provider;
  const existing = bearerOf(instance);
  if (existing !== undefined) return sameAttachment(existing, given, provider);

  const { onForeignOrigin = 'pass', ...sourceOptions } = options;
  if (given !== undefined) refuseOptions(provider, sourceOptions);
  if (!['pass', 'error'].includes(onForeignOrigin)) throw unknownForForeignOrigins(provider);
  const guard = createOriginGuard(provider.allowedOrigins);
  const { baseURL } = instance.defaults;
  if (baseURL !== undefined && /^https?:/i.test(baseURL) && !guard.allowsURL(baseURL)) {
    throw new MisconfigurationError({
      provider: provider.name,
      option: "the instance's baseURL",
      problem: `lies outside the origins that a token may go to (${provider.allowedOrigins.join(', ')})`,
      remedy: "Set the provider's baseURL or origins to match.",
    });
  }

  const source = given ?? createTokenSource(provider, sourceOptions);
  const { request, response } = instance.interceptors;
  const undo = [
    surround(request, authorizeHandlers({ source, guard, onForeignOrigin, manager: request })),
    surround(response, { before: healHandler({ source, guard, defaults: instance.defaults }) }),
  ];
  const attachment: BearerAttachment = {
    source,
    detach() {
      for (const takeOff of undo) takeOff();
      if (bearerOf(instance) === attachment) Reflect.deleteProperty(instance, ATTACHMENT);
      if (given === undefined) source.close();
    },
  };
  Object.defineProperty(instance, ATTACHMENT, { value: attachment, configurable: true });
  return attachment;
}

/** Told by what is used of it. */
function isAttachable(instance: unknown): instance is AxiosInstance {
  const { interceptors } = (instance ?? {}) as Partial<AxiosInstance>;
  return [interceptors?.request, interceptors?.response].every(
    (manager) => typeof (manager as { forEach?: unknown } | undefined)?.forEach === 'function',
  );
}

function notAttachable(): MisconfigurationError {
  return new MisconfigurationError({
    option: 'instance',
    problem: 'is not an axios instance',
    remedy: 'Pass what axios.create() returns, or axios itself.',
  });
}

/** They would do nothing, and nobody would be told. */
function refuseOptions({ name }: Provider, options: TokenSourceOptions): void {
  const [option] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new MisconfigurationError({
    provider: name,
    option: `options.${option}`,
    problem: 'comes beside a token source, which has options of its own',
    remedy: 'Give it to createTokenSource().',
  });
}

function unknownForForeignOrigins({ name }: Provider): MisconfigurationError {
  return new MisconfigurationError({
    provider: name,
    option: 'options.onForeignOrigin',
    problem: "must be 'pass' or 'error'",
    remedy: 'Leave it out for the default.',
  });
}

function sameAttachment(
  existing: BearerAttachment,
  source: TokenSource | undefined,
  provider: Provider,
): BearerAttachment {
  if (source === undefined ? existing.source.provider === provider : existing.source === source)
    return existing;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'the instance',
    problem: `already carries tokens of ${existing.source.provider.name}`,
    remedy: 'Call detach() first, or use an instance of its own.',
  });
}

/** The attachment of an instance, with its token source; `undefined` if it has none. */
export function bearerOf(instance: AttachableInstance): BearerAttachment | undefined {
  return (instance as Marked)[ATTACHMENT];
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
  attachBearer(instance, providerOrSource, options);
  return instance;
}
