import { expect, test } from '@jest/globals';

import { linesOf } from '../examples/run-example.js';
import { describeWithRedis, startRedis } from './redis-server.js';

describeWithRedis('the example of several workers', () => {
  test('tells its story: one token call for all of them, and one more for a token that was revoked', async () => {
    const redis = await startRedis();
    try {
      const url = `redis://${redis.host}:${redis.port}`;
      expect(await linesOf('redis-workers', { REDIS_URL: url })).toEqual([
        '4 workers start cold: 100 requests, 1 token call',
        '4 more, later: 100 requests, still 1 token call',
        '4 more, the token revoked: 100 requests, 2 token calls',
      ]);
    } finally {
      await redis.stop();
    }
  });
});
