import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { checkOptions, checkValues } from '../errors/check-options.js';
import {
  aFunction,
  atLeast,
  flag,
  having,
  oneOf,
  refused,
  rule,
  text,
  wholeNumber,
  type Rules,
} from '../errors/option-rules.js';
import { defaultPolicy, type LifecyclePolicy } from '../token/lifecycle.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { SharedStore } from '../sharing/shared-store.js';
import { systemClock, type Clock } from '../platform/clock.js';
import type { SendTokenRequest } from '../token-call/token-endpoint.js';

/** The options of a token source, whichever HTTP client sends its token calls. All have defaults; durations are in milliseconds. */
export interface CommonSourceOptions {
  /**
   * Shares tokens with other processes: `createRedisStore()` of `axios-bearer/redis`; or `createMemoryStore()` and
   * `createSharedStore()`, for a store of your own, of `axios-bearer/store`. @defaultValue none: tokens stay in this source
   */
  readonly store?: SharedStore | undefined;
  /**
   * Your own name for the tokens in a shared store, instead of the one derived from the credentials. Needed if a secret is
   * rotated gradually at a provider that allows only one active token, and if the token request differs from call to call. It
   * replaces the secret and everything else in the token request, so use different names for whatever differs there.
   * @defaultValue derived from the provider, the token URL, the credentials and the parameters
   */
  readonly cacheIdentity?: string | undefined;
  /** How long before expiry a background refresh starts. @defaultValue a tenth of the lifetime, at most 15 min; see the docs */
  readonly earlyWindowMs?: number | undefined;
  /** How long before expiry callers wait for the refresh. @defaultValue a twentieth of the lifetime, at most 60 s */
  readonly mandatoryWindowMs?: number | undefined;
  /** How often a token of unknown lifetime is renewed in the background. @defaultValue 900000 (15 min) */
  readonly revalidateMs?: number | undefined;
  /** How long after its expiry a token may be used while the endpoint is down. @defaultValue 0: never */
  readonly maxStaleMs?: number | undefined;
  /** Whether a new token invalidates the previous one. @defaultValue the provider's */
  readonly singleActiveToken?: boolean | undefined;
  /** What happens to a valid token when its credentials are rejected. @defaultValue 'keep': it is used until it expires */
  readonly onCredentialsRejected?: 'keep' | 'drop' | undefined;
  /**
   * Renews the token ahead of time even without requests, until `close()` is called or the source is dropped. The timer does not
   * keep the process alive. @defaultValue false
   */
  readonly keepWarm?: boolean | undefined;
  /**
   * Keeps a refresh running after the request that started it has ended: `waitUntil` of Cloudflare or Vercel, called with each
   * refresh when it starts.
   * @defaultValue none: on Cloudflare, the request that starts an early refresh waits for it, up to a second
   */
  readonly waitUntil?: ((refresh: Promise<unknown>) => void) | undefined;
  /** The limit for one token call. @defaultValue 5000 */
  readonly attemptTimeoutMs?: number | undefined;
  /** The limit for one refresh with all its attempts. @defaultValue 10000 */
  readonly flightTimeoutMs?: number | undefined;
  /** The maximum number of token calls in one refresh. @defaultValue 3 */
  readonly maxAttempts?: number | undefined;
  /** How many tokens are kept if requests use different parameters; the least recently used is dropped first. @defaultValue 1000 */
  readonly maxEntries?: number | undefined;
  /** The clock, for tests. @defaultValue the system's */
  readonly clock?: Clock | undefined;
  /** Random numbers in [0, 1), for tests. @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

/** The HTTP client by which a source sends its token requests, and the option that sets it up. */
export interface TokenCallRoute<Options extends CommonSourceOptions> {
  readonly option: string & keyof Options;
  /** What the option holds, for an error message. */
  readonly whatToSet: string;
  /** What each option of the source may be. */
  readonly rules: Rules;
  readonly sender: (options: Options) => SendTokenRequest;
}

export interface ResolvedTokenSourceOptions {
  readonly policy: LifecyclePolicy;
  readonly store?: SharedStore | undefined;
  readonly cacheIdentity?: string | undefined;
  readonly keepWarm: boolean;
  readonly waitUntil?: CommonSourceOptions['waitUntil'];
  readonly attemptTimeoutMs: number;
  readonly flightTimeoutMs: number;
  readonly maxAttempts: number;
  readonly maxEntries: number;
  readonly sendTokenRequest: SendTokenRequest;
  readonly clock: Clock;
  readonly random: () => number;
}

const defaults = Object.freeze({
  // Its own, so that none comes from a polluted Object.prototype.
  store: undefined,
  cacheIdentity: undefined,
  waitUntil: undefined,
  keepWarm: false,
  attemptTimeoutMs: 5_000,
  flightTimeoutMs: 10_000,
  maxAttempts: 3,
  maxEntries: 1_000,
  clock: systemClock,
  random: () => Math.random(),
});

/** At least `lowest`. */
export const milliseconds = (lowest: number) => atLeast(lowest, 'Pass it in milliseconds.');

/** What each option may be. */
export const SOURCE_OPTIONS: Rules<keyof CommonSourceOptions> = {
  earlyWindowMs: milliseconds(1),
  mandatoryWindowMs: milliseconds(1),
  revalidateMs: milliseconds(1),
  maxStaleMs: milliseconds(0),
  attemptTimeoutMs: milliseconds(1),
  flightTimeoutMs: milliseconds(1),
  maxAttempts: wholeNumber(1),
  maxEntries: wholeNumber(1),
  onCredentialsRejected: oneOf(['keep', 'drop']),
  singleActiveToken: flag,
  keepWarm: flag,
  waitUntil: aFunction,
  store: rule(
    (value) => typeof read(value, '~createSharedStore') === 'function',
    'is not a shared store',
    'Pass createSharedStore(yours) of axios-bearer/store, or createRedisStore(client) of axios-bearer/redis.',
  ),
  cacheIdentity: text,
  clock: having('now', 'monotonic', 'schedule'),
  random: aFunction,
};

/**
 * Fills in the defaults and checks what was given.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function resolveOptions<Options extends CommonSourceOptions>(
  provider: Provider,
  options: Options,
  route: TokenCallRoute<Options>,
): ResolvedTokenSourceOptions {
  options = givenOptions(options);
  const owner = { of: 'a token source', provider: provider.name, path: 'options.' };
  checkOptions(options, route.rules, owner);
  if (provider.acquireToken !== undefined) {
    const problem = 'has no effect on acquireToken, which makes its own calls';
    const remedy = `Set ${route.whatToSet} inside acquireToken.`;
    checkValues(options, refused([route.option], problem, remedy), owner);
  }
  return {
    ...withGiven(defaults, options),
    policy: withGiven(withGiven(defaultPolicy, provider), options),
    sendTokenRequest: route.sender(options),
  };
}

/** The defaults with what was given instead; the same object if that is nothing, since a process may have 100,000 sources. */
function withGiven<Defaults extends object>(defaults: Defaults, given: object): Defaults {
  const own = Object.keys(defaults)
    .map((name) => [name, read(given, name)] as const)
    .filter(([, value]) => value !== undefined);
  return own.length === 0 ? defaults : { ...defaults, ...Object.fromEntries(own) };
}
