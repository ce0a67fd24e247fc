import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
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
  /** Renews the token ahead of time even without requests. The timer does not keep the process alive. @defaultValue false */
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
  /** @throws {@link MisconfigurationError} if the option is invalid */
  readonly sender: (options: Options, provider: string) => SendTokenRequest;
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
});

const flag: Rule = {
  allows: (value) => typeof value === 'boolean',
  must: 'must be true or false',
};

/** What each option may be; `undefined` if only the types check it. */
const ALLOWED: Readonly<Record<keyof CommonSourceOptions, Rule | undefined>> = {
  earlyWindowMs: milliseconds(1),
  mandatoryWindowMs: milliseconds(1),
  revalidateMs: milliseconds(1),
  maxStaleMs: milliseconds(0),
  attemptTimeoutMs: milliseconds(1),
  flightTimeoutMs: milliseconds(1),
  maxAttempts: wholeNumber(1),
  maxEntries: wholeNumber(1),
  onCredentialsRejected: {
    allows: (value) => value === 'keep' || value === 'drop',
    must: "must be 'keep' or 'drop'",
  },
  singleActiveToken: flag,
  keepWarm: flag,
  waitUntil: {
    allows: (value) => typeof value === 'function',
    must: 'must be a function',
    remedy: "Pass the waitUntil of 'cloudflare:workers' or '@vercel/functions'.",
  },
  store: {
    allows: (value) =>
      typeof (value as Partial<SharedStore> | null)?.['~createSharedStore'] === 'function',
    must: 'is not a shared store',
    remedy:
      'Pass createSharedStore(yours) of axios-bearer/store, or createRedisStore(client) of axios-bearer/redis.',
  },
  cacheIdentity: undefined,
  clock: undefined,
  random: undefined,
};

/** The names of these options. */
export const SOURCE_OPTIONS: readonly string[] = Object.keys(ALLOWED);

interface Rule {
  readonly allows: (value: unknown) => boolean;
  readonly must: string;
  /** @defaultValue to leave it out */
  readonly remedy?: string;
}

function milliseconds(lowest: number): Rule {
  return {
    allows: (value) => typeof value === 'number' && Number.isFinite(value) && value >= lowest,
    must: `must be a number of at least ${lowest}`,
    remedy: 'Pass it in milliseconds.',
  };
}

function wholeNumber(lowest: number): Rule {
  return {
    allows: (value) => Number.isInteger(value) && (value as number) >= lowest,
    must: `must be a whole number of at least ${lowest}`,
  };
}

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
  refuseUnknownOptions(options, [...SOURCE_OPTIONS, route.option], {
    of: 'a token source',
    provider: provider.name,
    path: 'options.',
  });
  const given: Record<string, unknown> = {};
  // Inherited options count too, as with `Object.create(defaults)`.
  for (const name in options) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    check(provider, name as keyof CommonSourceOptions, value);
    given[name] = value;
  }
  if (options[route.option] !== undefined) checkRoute(provider, route);
  return {
    ...defaults,
    ...given,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    policy: policyOf(provider, options),
    sendTokenRequest: route.sender(options, provider.name),
  };
}

/** It has no effect on the calls that `acquireToken` makes. */
function checkRoute(
  provider: Provider,
  { option, whatToSet }: { readonly option: string; readonly whatToSet: string },
): void {
  if (provider.acquireToken === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: `options.${option}`,
    problem: 'has no effect on acquireToken, which makes its own calls',
    remedy: `Set ${whatToSet} inside acquireToken.`,
  });
}

function policyOf(provider: Provider, options: CommonSourceOptions): LifecyclePolicy {
  const own = Object.entries({
    earlyWindowMs: options.earlyWindowMs,
    mandatoryWindowMs: options.mandatoryWindowMs,
    revalidateMs: options.revalidateMs,
    maxStaleMs: options.maxStaleMs,
    singleActiveToken: options.singleActiveToken ?? provider.singleActiveToken,
    onCredentialsRejected: options.onCredentialsRejected,
    tokenBudget: provider.tokenBudget,
  }).filter(([, value]) => value !== undefined);
  // Most sources have no policy of their own and share the default: a process may have 100,000 sources.
  return own.length === 0 ? defaultPolicy : { ...defaultPolicy, ...Object.fromEntries(own) };
}

function check(provider: Provider, name: keyof CommonSourceOptions, value: unknown): void {
  const rule = ALLOWED[name];
  if (rule === undefined || rule.allows(value)) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: `options.${name}`,
    problem: rule.must,
    remedy: rule.remedy ?? 'Leave it out for the default.',
  });
}
