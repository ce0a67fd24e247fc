import { createClient } from 'redis';

import type { TokenStore } from '../../src/index.js';
import { createRedisStore } from '../../src/redis/index.js';

export async function openStore(port: number, hints: boolean): Promise<TokenStore> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } });
  client.on('error', () => undefined);
  await client.connect();
  return hints
    ? createRedisStore(client, { subscriber: await client.duplicate().connect() })
    : createRedisStore(client);
}
