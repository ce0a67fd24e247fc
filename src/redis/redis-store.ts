import { checkOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { rule, type Rules } from '../errors/option-rules.js';
import { createSharedStore, type SharedStore } from '../sharing/shared-store.js';
import { createHints, type RedisSubscriber } from './hints.js';
import { createKeyring } from './identity-keys.js';
import { scriptRunner, type RedisClient } from './redis-client.js';
import { createRedisSlot } from './redis-slot.js';
import { storeKeyBytes, type StoreKey } from './store-key.js';

/** Options of {@link createRedisStore}. */
export interface RedisStoreOptions {
  /**
   * The key that encrypts the tokens: at least 32 random bytes, the same in all processes. Pass several to rotate keys: the first
   * encrypts, any decrypts.
   *
   * @defaultValue keys derived from the credentials
   */
  readonly storeKey?: StoreKey | readonly StoreKey[] | undefined;
  /** The prefix of all key names: letters, digits and `.:_-`. @defaultValue 'axios-bearer' */
  readonly keyPrefix?: string | undefined;
  /**
   * A second connection for subscriptions. With it, a process that waits for another one learns immediately when that one is done, and
   * new tokens are adopted as soon as they are stored. It may have other subscriptions too.
   *
   * @defaultValue none: waiting processes poll, after 50 ms at first
   */
  readonly subscriber?: RedisSubscriber | undefined;
}

const DEFAULT_PREFIX = 'axios-bearer';

/** The others are checked where they are used. */
const RULES: Rules<keyof RedisStoreOptions> = {
  keyPrefix: rule(
    (prefix) => typeof prefix === 'string' && /^[\w.:-]{1,100}$/.test(prefix),
    'is empty, longer than 100 characters, or has characters other than letters, digits and .:_-',
    'Change it, or leave it out for the default, "axios-bearer".',
  ),
  ...{ storeKey: undefined, subscriber: undefined },
};

/**
 * Creates a store that shares tokens between processes through Redis or Valkey, with your own client: node-redis, ioredis,
 * iovalkey or @valkey/valkey-glide (single node or Cluster, the first three also Sentinel), or @upstash/redis over HTTP. It
 * opens and closes no connection, and sends nothing until a token is needed.
 *
 * @example
 * ```ts
 * const tokens = createTokenSource(provider, { store: createRedisStore(client) });
 * ```
 * @throws MisconfigurationError for something that is not a Redis client, an unknown option, a store key that is too short, or an
 * invalid prefix
 */
export function createRedisStore(
  client: RedisClient,
  options: RedisStoreOptions = {},
): SharedStore {
  const run = scriptRunner(client);
  checkOptions(options, RULES, { of: 'a Redis store', path: 'options.' });
  const prefix = options.keyPrefix ?? DEFAULT_PREFIX;
  const storeKeys = storeKeyBytes(options.storeKey);
  const hints = options.subscriber === undefined ? undefined : createHints(options.subscriber);
  const keysOf = createKeyring(storeKeys);

  return createSharedStore({
    check({ cacheIdentity }) {
      if (cacheIdentity === undefined || storeKeys.length > 0) return;
      throw new MisconfigurationError({
        option: 'options.cacheIdentity',
        problem: 'needs a store key: without the credentials there is no secret to encrypt with',
        remedy: 'Pass { storeKey } to createRedisStore().',
      });
    },
    async open(identity, report) {
      const keys = await keysOf(identity);
      // The braces keep all keys of one identity in one slot of a cluster.
      return createRedisSlot({ run, keys, name: `{${prefix}:${keys.kid}}`, hints, report });
    },
  });
}
