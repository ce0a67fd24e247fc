/**
 * The store that shares tokens between processes through your own Redis or Valkey client.
 *
 * @module axios-bearer/redis
 */
export { createRedisStore, type RedisStoreOptions } from './redis-store.js';
export type {
  IoredisClient,
  NodeRedisClient,
  RedisClient,
  UpstashRedisClient,
  ValkeyGlideClient,
} from './redis-client.js';
export type { IoredisSubscriber, NodeRedisSubscriber, RedisSubscriber } from './hints.js';
export type { StoreKey } from './store-key.js';
