export { createRedisStore, type RedisStoreOptions } from './redis-store.js';
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.js';
export type { IoredisSubscriber, NodeRedisSubscriber, RedisSubscriber } from './hints.js';
export type { StoreKey } from './store-key.js';
