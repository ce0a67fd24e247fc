import { createClient, createSentinel } from 'redis';

import type { SharedStore } from '../../src/store/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import type { StoreAddress } from './fleet-messages.js';

export async function openStore({ port, sentinelFor }: StoreAddress): Promise<SharedStore> {
  const host = '127.0.0.1';
  if (sentinelFor !== undefined) {
    const sentinel = createSentinel({ name: sentinelFor, sentinelRootNodes: [{ host, port }] });
    sentinel.on('error', () => undefined);
    await sentinel.connect();
    return createRedisStore(sentinel);
  }
  const client = createClient({ socket: { host, port, reconnectStrategy: 50 } });
  client.on('error', () => undefined);
  await client.connect();
  return createRedisStore(client);
}
