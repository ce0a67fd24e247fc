import { describe, test } from '@jest/globals';

import { createFakeClock } from '../../../src/testing/fake-clock.js';
import { describeStoreContract } from '../../../src/testing/index.js';
import type { TokenStore, TokenStoreSlot } from '../../../src/sharing/token-store.js';
import { Host } from './host.js';
import { SimulatedRedis, type Command } from './redis.js';

/* What the fleets are simulated on is a store like any other, even right after a failover that has lost nothing. */
describe.each(['as it is', 'rebuilt from its log before each command'])(
  'the simulated store, %s:',
  (how) => {
    describeStoreContract({ describe, test }, () => {
      const clock = createFakeClock();
      const host = new Host(clock, { wallOffsetMs: 0, rate: 1 });
      const redis = new SimulatedRedis(clock, 1, { executed: () => undefined });
      const store: TokenStore = {
        open(identity) {
          const run = async (command: Command) => {
            if (how !== 'as it is') await redis.failover(0);
            return redis.execute(identity, host, {
              command,
              meant: command,
              at: 0,
            }) as Promise<never>;
          };
          return {
            begin: (argument) => run({ operation: 'begin', argument }),
            commit: (argument) => run({ operation: 'commit', argument }),
            fail: (argument) => run({ operation: 'fail', argument }),
            reject: (argument) => run({ operation: 'reject', argument }),
            renew: (argument) => run({ operation: 'renew', argument }),
            release: (argument) => run({ operation: 'release', argument }),
            read: () => run({ operation: 'read', argument: undefined }),
            clear: () => run({ operation: 'clear', argument: undefined }),
            subscribe: (listener) => redis.subscribe(identity, listener),
          } satisfies TokenStoreSlot;
        },
      };
      return { store, pass: (ms) => clock.advanceAsync(ms) };
    });
  },
);
