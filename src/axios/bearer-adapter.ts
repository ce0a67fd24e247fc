/**
 * An axios adapter with tokens, for SDKs that take nothing else.
 *
 * @module axios-bearer/adapter
 */
import axios, {
  Axios,
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

import { quietly } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { refuseNonObject } from '../errors/check-options.js';
import type { Provider } from '../provider-definition/define-provider.js';
import { noteRefusal, whyNotReplayed } from '../resource-call/replay-refusal.js';
import type { TokenSource } from '../token-source/token-source.js';
import { attachBearer, type AttachOptions } from './attach-bearer.js';

type Config = InternalAxiosRequestConfig;

/** Options of {@link createBearerAdapter}: how it sends, and how its token source behaves. */
export interface BearerAdapterOptions extends AttachOptions {
  /** The adapter that sends the requests. @defaultValue axios's own */
  readonly adapter?: AxiosRequestConfig['adapter'];
}

/** An axios adapter that attaches tokens. */
export interface BearerAdapter extends AxiosAdapter {
  /** The token source. */
  readonly source: TokenSource;
}

/**
 * Creates an axios adapter that attaches a valid token to each request and heals a 401, for an SDK that accepts an `adapter`
 * but does not expose its instance. The instance never sees the token.
 *
 * @throws MisconfigurationError as `attachBearer` does
 * @example
 * ```ts
 * const sdk = axios.create({ adapter: createBearerAdapter(provider) }); // or however the SDK takes an adapter
 * ```
 */
export function createBearerAdapter<C extends object>(
  providerOrSource: Provider<C> | TokenSource,
  options: BearerAdapterOptions = {},
): BearerAdapter {
  refuseNonObject(options, { of: 'a bearer adapter', path: 'options.' });
  const { adapter, ...attachOptions } = givenOptions(options);
  const inner = new Axios({});
  const { source } = attachBearer(inner, providerOrSource, attachOptions);
  const isJudged = source.provider.isTokenRejection !== undefined;

  const send = async (config: Config): Promise<AxiosResponse> => {
    const body: Body = { raw: undefined };
    const sent = {
      ...config,
      headers: Object.assign({}, config.headers),
      adapter: adapter ?? axios.defaults.adapter,
      // The surrounding instance has already transformed the body, and will transform the response.
      transformRequest: [],
      transformResponse: isJudged ? [readableFor(body)] : [],
    } as AxiosRequestConfig;
    try {
      const response = await inner.request<unknown, AxiosResponse>(sent);
      handBack(response, config, isJudged ? body : undefined);
      return response;
    } catch (error) {
      const { response } = (error ?? {}) as { response?: unknown };
      handBack(error, config, undefined);
      handBack(response, config, isJudged ? body : undefined);
      throw error;
    }
  };
  return Object.assign(send, { source });
}

/** The raw body of a response, kept while `isTokenRejection` sees the parsed one. */
interface Body {
  raw: unknown;
}

function readableFor(body: Body): (data: unknown) => unknown {
  return (data) => {
    body.raw = data;
    try {
      return typeof data === 'string' ? (JSON.parse(data) as unknown) : data;
    } catch {
      return data;
    }
  };
}

/** Restores the config that this adapter was given, and the raw body. Carries over why the request was not replayed. */
function handBack(outcome: unknown, config: Config, body: Body | undefined): void {
  quietly(() => {
    const because = whyNotReplayed(outcome);
    if (because !== undefined) noteRefusal(because, outcome);
    Object.assign(Object(outcome) as object, { config }, body && { data: body.raw });
  });
}
