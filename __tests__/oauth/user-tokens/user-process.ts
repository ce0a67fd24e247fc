/* One process of an app that calls an API in the name of its users. It does what the test tells it, and answers with what came of it. */
import axios from 'axios';
import { Redis } from 'ioredis';

import { createProviderClient, createTokenSource, isBearerError } from '../../../src/index.js';
import { createUserTokens } from '../../../src/oauth/user-tokens/create-user-tokens.js';
import { createRedisStore } from '../../../src/redis/index.js';
import type { MemberOrder, MemberReport } from '../../processes/fleet-messages.js';

/** What a process of the app is told at its start. */
export interface UserProcessSettings {
  readonly url: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly redisPort: number;
  readonly storeKey: string;
  readonly user: string;
}

const settings = JSON.parse(process.env['MEMBER'] ?? '{}') as UserProcessSettings;
const { url, user, storeKey } = settings;
const redis = new Redis({ host: '127.0.0.1', port: settings.redisPort });
const db = axios.create({ baseURL: `${url}/db`, responseType: 'text', transformResponse: [] });

const users = createUserTokens(
  {
    createTokenSource,
    ...settings.client,
    tokenUrl: `${url}/token`,
    baseURL: url,
    load: async (id) => (await db.get<string>(id)).data,
    save: async (id, refreshToken) => {
      await db.put(id, refreshToken);
    },
  },
  { store: createRedisStore(redis, { storeKey }) },
);
const http = createProviderClient(users.source, { timeout: 30_000 });

/** Every request, until all have an answer; what the callers saw. */
async function requests(count: number): Promise<MemberReport> {
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      try {
        const { data } = await http.get<string>('/me', users.as(user));
        if (data !== user) failures.push(`got the answer for ${data}`);
      } catch (error) {
        failures.push(isBearerError(error) ? error.code : (error as Error).message);
      }
    }),
  );
  return { requests: count, failures };
}

process.on('message', ({ id, order }: { id: number; order: MemberOrder }) => {
  const count = order.do === 'requests' ? order.count : 0;
  void requests(count).then((report) => process.send?.({ id, report }));
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0 });
