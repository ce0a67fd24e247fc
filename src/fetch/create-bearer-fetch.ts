import { givenOptions } from '../concealment/given-options.js';
import { checkOptions } from '../errors/check-options.js';
import type { Rules } from '../errors/option-rules.js';
import { refuseNonProvider, type Provider } from '../provider-definition/define-provider.js';
import { placeOf } from '../provider-definition/token-placement.js';
import { ATTACH_RULES, refuseSourceOptions } from '../resource-call/attach-options.js';
import { isTokenSource, type TokenSource } from '../token-source/token-source.js';
import {
  createTokenSource,
  TOKEN_SOURCE_OPTIONS,
  type TokenSourceOptions,
} from './create-token-source.js';
import { callFetch, type FetchAttachment, type ReplayHook } from './exchange.js';
import type { BearerRequestInit } from './fetch-call.js';
import { fetchOf, type FetchFunction } from './send-token-request.js';

/** How requests are treated and, if a provider is passed, how its token source behaves. */
export interface BearerFetchOptions extends TokenSourceOptions {
  /** Sends the requests and, if a provider is passed, its token calls. @defaultValue the global `fetch` */
  readonly fetch?: FetchFunction | undefined;
  /**
   * What happens to a request outside the provider's origins or over plain http: `pass` sends it without a token, `error` throws an
   * {@link OriginNotAllowedError}.
   *
   * @defaultValue 'pass'
   */
  readonly onForeignOrigin?: 'pass' | 'error' | undefined;
  /**
   * Called before a request is sent again, with the new token in place, for instance to renew a signature, a nonce or a timestamp in
   * its headers. It may be asynchronous. If it throws, the caller gets the original 401 with that error as `cause`.
   */
  readonly onReplay?: ReplayHook | undefined;
}

const OPTIONS: Rules<keyof BearerFetchOptions> = { ...ATTACH_RULES, ...TOKEN_SOURCE_OPTIONS };

/** A function with the signature of `fetch`. */
export interface BearerFetch {
  (input: RequestInfo | URL, init?: BearerRequestInit): Promise<Response>;
  /** The token source. Pass it to another `createBearerFetch` or `attachBearer` to share its tokens. */
  readonly source: TokenSource;
}

/**
 * Creates a `fetch` that attaches a valid token to each request to the provider's origins and heals a 401 by fetching a new token and
 * sending the same bytes once more. Pass it to any client that takes a `fetch`.
 *
 * @throws {@link MisconfigurationError} for an invalid option, which it names
 * @example
 * ```ts
 * import { createBearerFetch } from 'axios-bearer/fetch';
 *
 * const api = createBearerFetch(provider);
 * const response = await api('https://api.example.com/orders', { signal: AbortSignal.timeout(5_000) });
 * ```
 */
export function createBearerFetch<C extends object>(
  providerOrSource: Provider<C> | TokenSource,
  options: BearerFetchOptions = {},
): BearerFetch {
  const given = isTokenSource(providerOrSource) ? providerOrSource : undefined;
  const provider = (given?.provider ?? providerOrSource) as Provider;
  refuseNonProvider(provider);
  options = givenOptions(options);
  checkOptions(options, OPTIONS, {
    of: 'a bearer fetch',
    provider: provider.name,
    path: 'options.',
  });
  const { onForeignOrigin = 'pass', onReplay, ...others } = options;
  const { fetch, ...sourceOptions } = others;
  if (given !== undefined) refuseSourceOptions(provider, sourceOptions);
  const source = given ?? createTokenSource(provider, others);
  const send = fetchOf(fetch);
  const place = placeOf(provider.tokenPlacement);
  const attachment: FetchAttachment = { source, place, send, onForeignOrigin, onReplay };
  return Object.assign(
    async (input: RequestInfo | URL, init?: BearerRequestInit) =>
      callFetch(attachment, input, init),
    { source },
  );
}
