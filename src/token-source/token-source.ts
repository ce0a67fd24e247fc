import { isObject } from '../concealment/any-object.js';
import { checkValues, refuseUnknownOptions } from '../errors/check-options.js';
import { TokenSourceClosedError, TokenWaitTimeoutError } from '../errors/index.js';
import { rule } from '../errors/option-rules.js';
import { refuseNonProvider, type Provider } from '../provider-definition/define-provider.js';
import type { AccessToken } from '../token/access-token.js';
import type { RejectedSend, RejectionAnswer } from '../token/lifecycle.js';
import { definedParams, isParamValue, paramsKey, type TokenParams } from '../token/token-params.js';
import type { Clock } from '../platform/clock.js';
import type { TokenSourceEventName, TokenSourceEvents, TokenSourceListener } from './events.js';
import { KeptToken } from './kept-token.js';
import { KeptTokens } from './kept-tokens.js';
import {
  milliseconds,
  resolveOptions,
  type CommonSourceOptions,
  type ResolvedTokenSourceOptions,
  type TokenCallRoute,
} from './options.js';
import { SourceContext } from './source-context.js';
import type { WaitLimits } from '../platform/waiting.js';

/** How one caller waits for a token. */
export interface GetTokenOptions {
  /** Ends only this caller's wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The limit for this caller's wait, in milliseconds. @defaultValue none, since a refresh has its own limit */
  readonly timeoutMs?: number | undefined;
  /** Parameters of the token request, if the provider has any. @defaultValue none */
  readonly params?: TokenParams | undefined;
  /** A token string that was rejected with a 401 and must not be returned. Report it with `reject()` first. */
  readonly not?: string | undefined;
  /**
   * The remaining lifetime you need, in milliseconds, for instance to pass the token on: a token that has less is renewed first. This
   * is not guaranteed: if no new token can be fetched, or the provider's tokens do not live that long, you get the longest available;
   * check its `expiresAt`. If you ask for more than the provider's tokens have, a token is renewed at most once per tenth of its
   * lifetime. A token of unknown lifetime is returned as it is. @defaultValue 0
   */
  readonly minRemainingMs?: number | undefined;
}

const brand = Symbol.for('axios-bearer.token-source');
const GET_RULES = { minRemainingMs: milliseconds(0) };
const NO_PARAMS: TokenParams = Object.freeze({});

/**
 * Returns valid access tokens: cached, renewed ahead of time, and fetched once for all concurrent callers.
 *
 * Created by `createTokenSource`. Any number of axios instances may share one. Two sources share nothing.
 */
export class TokenSource {
  readonly provider: Provider;
  readonly #context: SourceContext;
  /** The token of requests without parameters. */
  readonly #main: KeptToken;
  #others: KeptTokens<KeptToken> | undefined;

  /** @internal Use `createTokenSource`. */
  constructor(provider: Provider, options: ResolvedTokenSourceOptions) {
    this.provider = provider;
    this.#context = new SourceContext(provider, options);
    this.#main = new KeptToken(this.#context, NO_PARAMS);
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Returns the token immediately if it is fresh; `undefined` if a caller has to wait, or if a refresh or a check of the shared
   * store is due. It never starts anything.
   */
  peek(params?: TokenParams): AccessToken | undefined {
    return params === undefined ? this.#main.peek() : this.#known(paramsKey(params))?.peek();
  }

  /**
   * Returns a usable token, and fetches one if necessary. Concurrent callers share one token call.
   *
   * @throws {@link TokenAcquisitionError} if no token can be fetched, for instance because the credentials function throws: `code`,
   * `retryable` and `retryInMs` say why and when to retry
   * @throws {@link CredentialsRejectedError} if the provider rejects the credentials
   * @throws {@link MisconfigurationError} if the credentials function returns invalid credentials, a parameter is unknown, or
   * `minRemainingMs` is not a duration
   * @throws {@link TokenWaitTimeoutError} if `timeoutMs` runs out first
   * @throws {@link TokenSourceClosedError} after `close()`
   * @throws the signal's reason if `signal` aborts
   */
  async getToken(options: GetTokenOptions = {}): Promise<AccessToken> {
    if (options.minRemainingMs !== undefined)
      checkValues(options, GET_RULES, { of: 'getToken()', provider: this.provider.name });
    const limits = this.#limits(options);
    for (;;) {
      options.signal?.throwIfAborted();
      if (this.#context.isClosed) throw new TokenSourceClosedError(this.provider.name);
      // Looked up each time: the kept token may have been dropped to make room for others.
      const got = await this.#kept(options.params).get(options, limits);
      switch (got.kind) {
        case 'token':
          return got.token;
        case 'failed':
          throw got.error;
        case 'timed-out':
          throw new TokenWaitTimeoutError(this.provider.name, options.timeoutMs ?? 0);
        case 'aborted': // Its reason is passed on unchanged.
        case 'changed':
      }
    }
  }

  /**
   * Reports that the resource server rejected a token, and returns whether the request should be sent again.
   *
   * Only this token is suspected: a late 401 on a token that has been replaced costs nothing.
   *
   * @param value - the token string that drew the 401
   * @param options - `on`: `replay` if the request has been sent again already, `only-send` if it cannot be sent again, otherwise
   *   `first-send`, the default
   */
  reject(
    value: string,
    options: { readonly on?: RejectedSend; readonly params?: TokenParams | undefined } = {},
  ): RejectionAnswer {
    const on = options.on ?? 'first-send';
    const answer = this.#kept(options.params).reject(value, on);
    const healed = on === 'only-send' ? 'replacement' : 'replay';
    const consequence = answer.kind === 'replay' ? healed : answer.because;
    this.#context.emit('rejected', { consequence });
    return answer;
  }

  /**
   * Reports that a replay was answered, and whether it was accepted.
   *
   * @param options - `forcedMint`: what `reject()` returned for this request; only if the answer says something about the new
   *   token, which a 5xx does not
   */
  replayed(options: {
    readonly accepted: boolean;
    readonly forcedMint?: number | undefined;
    readonly params?: TokenParams | undefined;
  }): void {
    const { accepted, forcedMint, params } = options;
    if (accepted && forcedMint !== undefined)
      this.#kept(params).decide({ kind: 'replay-accepted', forcedMint });
    this.#context.emit('replayed', { accepted });
  }

  /**
   * Forgets every token and every cool-down, in the shared store too. Waiting callers get a token fetched after this call. The count
   * of token calls towards a provider's limit is kept.
   *
   * @param options - `params`: forgets only the token of these parameters
   */
  clear({ params }: { readonly params?: TokenParams | undefined } = {}): void {
    for (const token of params === undefined ? this.#all() : [this.#kept(params)]) {
      token.shared?.clear();
      token.forget();
    }
    if (params === undefined) this.#context.accounts.forgetFailures();
  }

  /** Closes the source for good: waiting callers fail, and timers and tokens are dropped. Safe to call twice. */
  close(): void {
    this.#context.close();
    for (const token of this.#all()) {
      token.forget();
      token.letGo();
    }
    this.#others?.clear();
  }

  /** Calls `listener` for each event of this name. Returns a function that removes it. */
  on<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
    return this.#context.on(name, listener);
  }

  /** @internal For the interceptors, whose events are the source's too. */
  emit<Name extends TokenSourceEventName>(
    name: Name,
    about: Omit<TokenSourceEvents[Name], 'provider'>,
  ): void {
    this.#context.emit(name, about);
  }

  /** @internal Milliseconds until the token without parameters expires; `undefined` if there is no token or its lifetime is unknown. */
  timeToExpiryMs(): number | undefined {
    return this.#main.timeToExpiryMs();
  }

  /** @internal The clock of this source. */
  get clock(): Clock {
    return this.#context.options.clock;
  }

  /** The limits of one caller's wait. The timeout counts from here, even if the caller waits several times. */
  #limits({ signal, timeoutMs }: GetTokenOptions): WaitLimits {
    const { clock } = this.#context.options;
    const until = timeoutMs === undefined ? undefined : clock.monotonic() + timeoutMs;
    return { signal, until, clock };
  }

  #kept(params: TokenParams | undefined): KeptToken {
    if (params === undefined) return this.#main;
    const key = paramsKey(params);
    const known = this.#known(key);
    if (known !== undefined) return known;
    const given = definedParams(params);
    checkParams(this.provider, given);
    const token = new KeptToken(this.#context, Object.freeze(given));
    this.#others ??= new KeptTokens<KeptToken>(this.#context.options.maxEntries);
    this.#others.add(key, token);
    return token;
  }

  #known(key: string): KeptToken | undefined {
    return key === '' ? this.#main : this.#others?.use(key);
  }

  #all(): KeptToken[] {
    return [this.#main, ...(this.#others ?? [])];
  }
}

const PARAM = rule(
  isParamValue,
  'is neither a string nor a list of strings',
  'Pass it as one of these, or leave it out.',
);

function checkParams({ name, paramNames = [] }: Provider, params: TokenParams): void {
  const owner = {
    of: 'its token request',
    provider: name,
    path: 'params.',
    kind: 'parameter',
  } as const;
  refuseUnknownOptions(params, paramNames, owner);
  checkValues(params, Object.fromEntries(paramNames.map((param) => [param, PARAM])), owner);
}

/**
 * The token source of one provider. It opens no connection and starts no timer until a token is requested.
 *
 * @example
 * ```ts
 * const tokens = createTokenSource(provider, { keepWarm: true });
 * tokens.on('refreshFailed', ({ error }) => console.warn(error.message));
 * const { authorization } = await tokens.getToken({ timeoutMs: 2_000 });
 * ```
 * @throws {@link MisconfigurationError} for an invalid option, which it names
 */
export function openTokenSource<C extends object, Options extends CommonSourceOptions>(
  provider: Provider<C>,
  options: Options,
  route: TokenCallRoute<Options>,
): TokenSource {
  refuseNonProvider(provider);
  // Only the code that defines a provider needs the type of its credentials.
  const anyProvider = provider as unknown as Provider;
  return new TokenSource(anyProvider, resolveOptions(anyProvider, options, route));
}

/** Whether a value is a token source, from this or another copy of the package. */
export function isTokenSource(value: unknown): value is TokenSource {
  return isObject(value) && brand in value;
}
