import type { AxiosRequestConfig } from 'axios';

import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { defaultPolicy, type LifecyclePolicy } from '../token/lifecycle.js';
import { perCallFields } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { SharedStore } from '../sharing/shared-store.js';
import { systemClock, type Clock } from '../platform/clock.js';

/** How a token source behaves. Everything has a default; durations are milliseconds. */
export interface TokenSourceOptions {
  /**
   * Shares tokens with other processes: `createRedisStore()` of `axios-bearer/redis`; or `createMemoryStore()` and
   * `createSharedStore()`, for a store of your own, of `axios-bearer/store`. @defaultValue none: tokens stay in this source
   */
  readonly store?: SharedStore | undefined;
  /**
   * Names the shared identity yourself, in place of the one made from the credentials. Needed where a secret is
   * rotated gradually at a provider that allows one active token only, and where the token request differs from call to
   * call. It stands for the secret and for everything that the provider sends along: name what differs apart.
   * @defaultValue made from the provider, the token URL, the credentials and the parameters
   */
  readonly cacheIdentity?: string | undefined;
  /** How long before expiry a refresh starts in the background. @defaultValue a tenth of the life, at most 15 min; see the docs */
  readonly earlyWindowMs?: number | undefined;
  /** How long before expiry callers wait for the refresh. @defaultValue a twentieth of the life, at most 60 s */
  readonly mandatoryWindowMs?: number | undefined;
  /** How often a token of unknown life is renewed in the background. @defaultValue 900000 (15 min) */
  readonly revalidateMs?: number | undefined;
  /** How long after its expiry a token may be served while the endpoint is down. @defaultValue 0: never */
  readonly maxStaleMs?: number | undefined;
  /** Overrides what the provider says about one active token only. @defaultValue the provider's */
  readonly singleActiveToken?: boolean | undefined;
  /** What happens to a valid token when its credentials are rejected. @defaultValue 'keep': served to its expiry */
  readonly onCredentialsRejected?: 'keep' | 'drop' | undefined;
  /** Renews the token ahead of time even while nobody asks. The timer keeps no process alive. @defaultValue false */
  readonly keepWarm?: boolean | undefined;
  /**
   * Keeps a refresh going when the request that started it is over: `waitUntil` of Cloudflare or Vercel, called with each
   * refresh as it starts.
   * @defaultValue none: on Cloudflare, the request that starts a refresh ahead of time waits for it, up to a second
   */
  readonly waitUntil?: ((refresh: Promise<unknown>) => void) | undefined;
  /** Bound of one token call. @defaultValue 5000 */
  readonly attemptTimeoutMs?: number | undefined;
  /** Bound of one refresh with all its attempts. @defaultValue 10000 */
  readonly flightTimeoutMs?: number | undefined;
  /** Token calls within one refresh. @defaultValue 3 */
  readonly maxAttempts?: number | undefined;
  /** Tokens kept at once where requests use different parameters; the one least recently used goes first. @defaultValue 1000 */
  readonly maxEntries?: number | undefined;
  /** How the token endpoint is reached: agents, proxy or adapter of axios. @defaultValue axios's own */
  readonly transport?:
    | Pick<
        AxiosRequestConfig,
        'adapter' | 'httpAgent' | 'httpsAgent' | 'proxy' | 'lookup' | 'family'
      >
    | undefined;
  /** Time, for tests. @defaultValue the system's */
  readonly clock?: Clock | undefined;
  /** Random numbers in [0, 1), for tests. @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

export interface ResolvedTokenSourceOptions {
  readonly policy: LifecyclePolicy;
  readonly store: SharedStore | undefined;
  readonly cacheIdentity: string | undefined;
  readonly keepWarm: boolean;
  readonly waitUntil: TokenSourceOptions['waitUntil'];
  readonly attemptTimeoutMs: number;
  readonly flightTimeoutMs: number;
  readonly maxAttempts: number;
  readonly maxEntries: number;
  readonly transport: NonNullable<TokenSourceOptions['transport']>;
  readonly clock: Clock;
  readonly random: () => number;
}

const defaults = Object.freeze({
  keepWarm: false,
  attemptTimeoutMs: 5_000,
  flightTimeoutMs: 10_000,
  maxAttempts: 3,
  maxEntries: 1_000,
});

/** What each option may be; `undefined` where the types say it all. */
const ALLOWED: Readonly<Record<keyof TokenSourceOptions, Rule | undefined>> = {
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
    remedy: 'Leave it out for the default.',
  },
  singleActiveToken: flag(),
  keepWarm: flag(),
  waitUntil: {
    allows: (value) => typeof value === 'function',
    must: 'must be a function',
    remedy: "Give the waitUntil of 'cloudflare:workers' or '@vercel/functions'.",
  },
  store: {
    allows: (value) => typeof (value as Partial<SharedStore> | null)?.['~share'] === 'function',
    must: 'does not share tokens by itself',
    remedy:
      "For a store of your own: import { createSharedStore } from 'axios-bearer/store', and give createSharedStore(yours). " +
      'For Redis: createRedisStore(client) of axios-bearer/redis.',
  },
  cacheIdentity: undefined,
  transport: undefined,
  clock: undefined,
  random: undefined,
};

/** The names of all options. */
export const TOKEN_SOURCE_OPTIONS: readonly string[] = Object.keys(ALLOWED);

interface Rule {
  readonly allows: (value: unknown) => boolean;
  readonly must: string;
  readonly remedy: string;
}

function milliseconds(lowest: number): Rule {
  return {
    allows: (value) => typeof value === 'number' && Number.isFinite(value) && value >= lowest,
    must: `must be a number of at least ${lowest}`,
    remedy: 'Give it in milliseconds.',
  };
}

function wholeNumber(lowest: number): Rule {
  return {
    allows: (value) => Number.isInteger(value) && (value as number) >= lowest,
    must: `must be a whole number of at least ${lowest}`,
    remedy: 'Leave it out for the default.',
  };
}

function flag(): Rule {
  return {
    allows: (value) => typeof value === 'boolean',
    must: 'must be true or false',
    remedy: 'Leave it out for the default.',
  };
}

/**
 * Fills in the defaults and checks what was given.
 *
 * @throws {@link MisconfigurationError} naming the option
 */
export function resolveOptions(
  provider: Provider,
  options: TokenSourceOptions,
): ResolvedTokenSourceOptions {
  options = givenOptions(options);
  refuseUnknownOptions(options, TOKEN_SOURCE_OPTIONS, {
    of: 'a token source',
    provider: provider.name,
    path: 'options.',
  });
  // Those of `Object.create(defaults)` too.
  for (const name in options) {
    const value: unknown = options[name as keyof TokenSourceOptions];
    if (value !== undefined) check(provider, name as keyof TokenSourceOptions, value);
  }
  if (options.transport !== undefined) checkTransport(provider);
  if (options.store !== undefined) checkSharing(provider, options);
  options.store?.check?.({ cacheIdentity: options.cacheIdentity });
  return {
    policy: policyOf(provider, options),
    store: options.store,
    cacheIdentity: options.cacheIdentity,
    keepWarm: options.keepWarm ?? defaults.keepWarm,
    waitUntil: options.waitUntil,
    attemptTimeoutMs: options.attemptTimeoutMs ?? defaults.attemptTimeoutMs,
    flightTimeoutMs: options.flightTimeoutMs ?? defaults.flightTimeoutMs,
    maxAttempts: options.maxAttempts ?? defaults.maxAttempts,
    maxEntries: options.maxEntries ?? defaults.maxEntries,
    transport: options.transport ?? {},
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

/** Of the calls that a function makes, it knows nothing. */
function checkTransport(provider: Provider): void {
  if (provider.acquireToken === undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'options.transport',
    problem: 'reaches a token endpoint, and acquireToken makes its calls by itself',
    remedy: 'Set agents, proxy or adapter where acquireToken makes them.',
  });
}

/** Without a name that is given, tokens are found again under their credentials and their token request. */
function checkSharing(provider: Provider, { cacheIdentity }: TokenSourceOptions): void {
  const reason = whyNameless(provider);
  if (reason === undefined || cacheIdentity !== undefined) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: 'options.cacheIdentity',
    problem: `is missing: with a shared store, ${reason}`,
    remedy:
      'Name what the tokens belong to, the account for instance. A store on Redis needs a storeKey with it.',
  });
}

function whyNameless(provider: Provider): string | undefined {
  if (provider.acquireToken !== undefined)
    return 'there are no credentials under which the tokens of acquireToken could be found again';
  const [field] = perCallFields(provider);
  return field === undefined
    ? undefined
    : `the token request differs each time, because credentialFields.${field} is perCall`;
}

function policyOf(provider: Provider, options: TokenSourceOptions): LifecyclePolicy {
  const own = Object.entries({
    earlyWindowMs: options.earlyWindowMs,
    mandatoryWindowMs: options.mandatoryWindowMs,
    revalidateMs: options.revalidateMs,
    maxStaleMs: options.maxStaleMs,
    singleActiveToken: options.singleActiveToken ?? provider.singleActiveToken,
    onCredentialsRejected: options.onCredentialsRejected,
    tokenBudget: provider.tokenBudget,
  }).filter(([, value]) => value !== undefined);
  // Most sources have none of their own and share one: a process may have 100 000.
  return own.length === 0 ? defaultPolicy : { ...defaultPolicy, ...Object.fromEntries(own) };
}

function check(provider: Provider, name: keyof TokenSourceOptions, value: unknown): void {
  const rule = ALLOWED[name];
  if (rule === undefined || rule.allows(value)) return;
  throw new MisconfigurationError({
    provider: provider.name,
    option: `options.${name}`,
    problem: rule.must,
    remedy: rule.remedy,
  });
}
