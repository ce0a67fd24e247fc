import { Redis } from 'ioredis';

import type { SharedStore } from '../../src/store/index.js';
import { createRedisStore } from '../../src/redis/index.js';
import type { StoreAddress } from './fleet-messages.js';

export function openStore({ port, sentinelFor }: StoreAddress): Promise<SharedStore> {
  const host = '127.0.0.1';
  const client =
    sentinelFor === undefined
      ? new Redis({ host, port })
      : new Redis({ sentinels: [{ host, port }], name: sentinelFor });
  client.on('error', () => undefined);
  return Promise.resolve(createRedisStore(client));
}
