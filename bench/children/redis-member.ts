/* One process of a fleet that shares its token through Redis, and counts its requests to Redis. */
import { createProviderClient } from 'axios-bearer';
import { oauth2ClientCredentials } from 'axios-bearer/providers';
import { createRedisStore } from 'axios-bearer/redis';
import { createClient } from 'redis';

import type { MemberOrder, MemberReport } from './redis-messages.js';

const order = JSON.parse(process.env['MEMBER_ORDER'] ?? '') as MemberOrder;
const client = createClient({ socket: { path: order.redisSocket, tls: false } });
client.on('error', () => undefined);
await client.connect();

let roundTrips = 0;
const counted = {
  evalSha: (...args: Parameters<typeof client.evalSha>) => {
    roundTrips += 1;
    return client.evalSha(...args);
  },
  eval: (...args: Parameters<typeof client.eval>) => {
    roundTrips += 1;
    return client.eval(...args);
  },
};

const http = createProviderClient(
  oauth2ClientCredentials({
    baseURL: order.baseURL,
    tokenUrl: order.tokenUrl,
    clientId: 'fake-client',
    clientSecret: 'fake-secret',
  }),
  {},
  { store: createRedisStore(counted as never) },
);

let requests = 0;
let failed = 0;
const underWay: Promise<void>[] = [];
const endsAt = Date.now() + order.seconds * 1000;
while (Date.now() < endsAt) {
  requests += 1;
  underWay.push(
    http.get('/things').then(
      () => undefined,
      () => {
        failed += 1;
      },
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000 / order.perSecond));
}
await Promise.all(underWay);
client.destroy();
process.send?.({ roundTrips, requests, failed } satisfies MemberReport, () => process.exit());
