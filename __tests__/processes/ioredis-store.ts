import { Redis } from 'ioredis';

import type { TokenStore } from '../../src/index.js';
import { createRedisStore } from '../../src/redis/index.js';

export function openStore(port: number, hints: boolean): Promise<TokenStore> {
  const client = new Redis({ host: '127.0.0.1', port });
  client.on('error', () => undefined);
  return Promise.resolve(
    hints ? createRedisStore(client, { subscriber: client.duplicate() }) : createRedisStore(client),
  );
}
