import axios, {
  Axios,
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

import { isObject } from '../concealment/any-object.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { TokenSource } from '../token-source/token-source.js';
import { attachBearer, type AttachOptions } from './attach-bearer.js';
import { quietly } from './give-back.js';

type Config = InternalAxiosRequestConfig;

/** How {@link createBearerAdapter} sends, and how its token source behaves. */
export interface BearerAdapterOptions extends AttachOptions {
  /** What sends the requests. @defaultValue the adapters of axios */
  readonly adapter?: AxiosRequestConfig['adapter'];
}

/** An axios adapter that attaches tokens. */
export interface BearerAdapter extends AxiosAdapter {
  /** Where the tokens come from. */
  readonly source: TokenSource;
}

/**
 * Creates an axios adapter that attaches a valid token to each request and heals a 401, for an SDK that takes an `adapter`
 * and gives out no instance. The instance itself never sees the token.
 *
 * @throws {@link MisconfigurationError} as {@link attachBearer} does
 * @example
 * ```ts
 * const sdk = new Sdk({ axiosOptions: { adapter: createBearerAdapter(provider) } });
 * ```
 */
export function createBearerAdapter<C extends object>(
  providerOrSource: Provider<C> | TokenSource,
  options: BearerAdapterOptions = {},
): BearerAdapter {
  const { adapter, ...attachOptions } = options;
  const inner = new Axios({});
  const { source } = attachBearer(inner, providerOrSource, attachOptions);
  const isJudged = source.provider.isTokenRejection !== undefined;

  const send = async (config: Config): Promise<AxiosResponse> => {
    const body: Body = { raw: undefined };
    const sent = {
      ...config,
      headers: Object.assign({}, config.headers),
      adapter: adapter ?? axios.defaults.adapter,
      // The instance around this adapter has transformed the body, and will transform the answer.
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

/** The body of an answer as it came, while the provider's classifier is shown what can be read of it. */
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

/** What comes back names the config that this adapter was given, and carries the body as it came. */
function handBack(outcome: unknown, config: Config, body: Body | undefined): void {
  if (!isObject(outcome)) return;
  quietly(() => Object.assign(outcome, { config }, body && { data: body.raw }));
}
