import {
  MisconfigurationError,
  TokenSourceClosedError,
  TokenWaitTimeoutError,
} from '../errors/index.js';
import { isProvider, type Provider } from '../provider-definition/define-provider.js';
import type { AccessToken } from '../token/access-token.js';
import type { RejectedSend, RejectionAnswer } from '../token/lifecycle.js';
import { definedParams, isParamValue, paramsKey, type TokenParams } from '../token/token-params.js';
import type { Clock } from '../platform/clock.js';
import type { TokenSourceEventName, TokenSourceEvents, TokenSourceListener } from './events.js';
import { KeptToken } from './kept-token.js';
import { KeptTokens } from './kept-tokens.js';
import {
  resolveOptions,
  type ResolvedTokenSourceOptions,
  type TokenSourceOptions,
} from './options.js';
import { SourceContext } from './source-context.js';
import type { WaitLimits } from '../platform/waiting.js';

/** How one caller waits for a token. */
export interface GetTokenOptions {
  /** Ends this caller's wait and nothing else; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bounds this caller's wait, in milliseconds. @defaultValue none: a refresh is bounded by itself */
  readonly timeoutMs?: number | undefined;
  /** Parameters of the token request, where the provider takes any. */
  readonly params?: TokenParams | undefined;
  /** A token string that was refused with a 401: it is not handed back. Report it by `reject()` first. */
  readonly not?: string | undefined;
  /**
   * How long the token should live on, in milliseconds, where you hand it to somebody else: one that has less is renewed first, and you wait for
   * that. A wish, not a promise: if no other can be had now, or the provider's tokens live no longer, you get the one that lives longest, whose
   * `expiresAt` says how long. A life that no token has costs a token call for each tenth of the life there is, at most. A token of unknown
   * life is taken as it is. @defaultValue 0
   */
  readonly minRemainingMs?: number | undefined;
}

const brand = Symbol.for('axios-bearer.token-source');
const NO_PARAMS: TokenParams = Object.freeze({});

/**
 * Yields a usable access token: cached, renewed ahead of time, and fetched once however many ask.
 *
 * Made by {@link createTokenSource}. Any number of axios instances may share one; two sources share nothing.
 */
export class TokenSource {
  readonly provider: Provider;
  readonly #context: SourceContext;
  /** The token of requests without parameters. */
  readonly #main: KeptToken;
  #others: KeptTokens<KeptToken> | undefined;

  /** @internal Use {@link createTokenSource}. */
  constructor(provider: Provider, options: ResolvedTokenSourceOptions) {
    this.provider = provider;
    this.#context = new SourceContext(provider, options);
    this.#main = new KeptToken(this.#context, NO_PARAMS);
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * The token if it is fresh, at once; `undefined` where it has to be waited for, is about to be renewed, or is about to
   * be compared with what the shared store has.
   *
   * It starts nothing: `getToken` does.
   */
  peek(params?: TokenParams): AccessToken | undefined {
    return params === undefined ? this.#main.peek() : this.#known(paramsKey(params))?.peek();
  }

  /**
   * A usable token, fetched if need be; all who ask at once share one token call.
   *
   * @throws {@link TokenAcquisitionError} if none can be had: `code`, `retryable` and `retryInMs` say why and when to come
   * back; also if the credentials function throws
   * @throws {@link CredentialsRejectedError} if the provider rejects the credentials
   * @throws {@link MisconfigurationError} if the credentials function returns nonsense, a parameter is unknown, or `minRemainingMs` is no
   * length of time
   * @throws {@link TokenWaitTimeoutError} if `timeoutMs` elapses first
   * @throws {@link TokenSourceClosedError} after `close()`
   * @throws the signal's reason if `signal` aborts
   */
  async getToken(options: GetTokenOptions = {}): Promise<AccessToken> {
    checkMinRemaining(this.provider, options.minRemainingMs);
    const limits = this.#limits(options);
    for (;;) {
      options.signal?.throwIfAborted();
      if (this.#context.isClosed) throw new TokenSourceClosedError(this.provider.name);
      // Looked up anew each time: the one that was waited for may have made room for others meanwhile.
      const got = await this.#kept(options.params).get(options, limits);
      switch (got.kind) {
        case 'token':
          return got.token;
        case 'failed':
          throw got.error;
        case 'timed-out':
          throw new TokenWaitTimeoutError(this.provider.name, options.timeoutMs ?? 0);
        case 'aborted': // The reason goes back to the caller as it came.
        case 'changed':
      }
    }
  }

  /**
   * Reports that the resource server rejected a token, and tells whether the request is worth sending again.
   *
   * Only the token named is doubted: a late 401 on one that was replaced long ago costs nothing.
   *
   * @param value - the token string that drew the 401
   * @param options - `on`: `replay` if the request had been sent again already, `only-send` if it cannot be; else
   *   `first-send`
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
   * @param options - `forcedMint`: what `reject()` answered for this request; given only if the answer speaks for the new
   *   token, which a status of 5xx does not
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
   * Forgets every token and every cool-down, in the shared store as well. Whoever waits gets a token fetched after this call.
   * A provider's limit of token calls is not forgotten.
   */
  clear(): void {
    for (const token of this.#all()) {
      token.shared?.clear();
      token.forget();
    }
    this.#context.accounts.forgetFailures();
  }

  /** Ends the source for good: whoever waits is told so, timers and tokens go. May be called twice. */
  close(): void {
    this.#context.close();
    for (const token of this.#all()) {
      token.forget();
      token.letGo();
    }
    this.#others?.clear();
  }

  /** Calls `listener` at each event of that name; the function returned takes it off again. */
  on<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
    return this.#context.on(name, listener);
  }

  /** @internal For the interceptors: what happens to a request is told through the source's events. */
  emit<Name extends TokenSourceEventName>(
    name: Name,
    about: Omit<TokenSourceEvents[Name], 'provider'>,
  ): void {
    this.#context.emit(name, about);
  }

  /** @internal Milliseconds until the token without parameters expires; `undefined` if there is none or nobody knows. */
  timeToExpiryMs(): number | undefined {
    return this.#main.timeToExpiryMs();
  }

  /** @internal The clock of this source. */
  get clock(): Clock {
    return this.#context.options.clock;
  }

  /** What bounds one caller's wait; the time-out counts from here, however often the caller has to wait. */
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

function checkMinRemaining(provider: Provider, ms: unknown): void {
  if (ms === undefined || (typeof ms === 'number' && ms >= 0 && Number.isFinite(ms))) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'minRemainingMs',
    problem: 'must be a number of at least 0',
    remedy: 'Give it in milliseconds.',
  });
}

function checkParams({ name, paramNames = [] }: Provider, params: TokenParams): void {
  for (const [param, value] of Object.entries<unknown>(params)) {
    const option = `params.${param}`;
    if (!paramNames.includes(param)) {
      throw new MisconfigurationError({
        provider: name,
        option,
        problem: 'is not a parameter of its token request',
        remedy: `Known parameters: ${paramNames.length === 0 ? 'none' : paramNames.join(', ')}.`,
      });
    }
    if (!isParamValue(value)) {
      throw new MisconfigurationError({
        provider: name,
        option,
        problem: 'is neither a string nor a list of strings',
        remedy: 'Give it as one of these, or leave it out.',
      });
    }
  }
}

/**
 * Creates the object that yields tokens for one provider. It opens no connection and starts no timer until asked.
 *
 * @throws {@link MisconfigurationError} for an option that cannot work, naming it
 */
export function createTokenSource<C extends object>(
  provider: Provider<C>,
  options: TokenSourceOptions = {},
): TokenSource {
  if (!isProvider(provider)) {
    throw new MisconfigurationError({
      option: 'provider',
      problem: 'is not a provider',
      remedy: 'Pass one of axios-bearer/providers, or the result of defineProvider().',
    });
  }
  // A provider is generic in its credentials only towards the one who defines it.
  const anyProvider = provider as unknown as Provider;
  return new TokenSource(anyProvider, resolveOptions(anyProvider, options));
}

/** Tells whether a value is a token source, of this copy of the package or another. */
export function isTokenSource(value: unknown): value is TokenSource {
  return typeof value === 'object' && value !== null && brand in value;
}
