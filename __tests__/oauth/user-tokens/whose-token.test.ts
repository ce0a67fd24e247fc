import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { propertyRuns, propertySeed } from '../../setup/property-runs.js';
import { HOUR_MS, usersBench } from './bench.js';

const user = fc.constantFrom('u1', 'u2', 'u3');
const member = fc.nat(2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), user, member }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('login' as const), user, member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout' as const), user, member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break saves' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mend saves' as const) }) },
);

test('whatever happens, each user gets tokens of this user only, and no refresh token comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const rows = { u1: 'u1-r1', u2: 'u2-r1', u3: 'u3-r1' };
      const { process, db, spent, sent, pass } = usersBench({ rows, maxEntries: 2 });
      const members = Array.from({ length: 3 }, () => process({ isShared: true }));
      const asked: Promise<void>[] = [];
      let logins = 100;
      for (const next of steps) {
        switch (next.do) {
          case 'ask':
            asked.push(
              members[next.member]!.token(next.user).then((got) => {
                const what =
                  typeof got === 'string'
                    ? got.split('-')[0]
                    : (got as Error & { user?: string }).user;
                expect([next.user, undefined]).toContain(what);
              }),
            );
            break;
          case 'expire':
            await pass(HOUR_MS);
            break;
          case 'refuse':
            spent.add(db.rows.get(next.user) ?? '');
            break;
          case 'login':
            logins += 100;
            await pass(1_000); // A login during a refresh is for the app's `replaces`.
            delete db.broken.save;
            await members[next.member]!.users.login(next.user, `${next.user}-r${logins}`);
            break;
          case 'logout':
            await pass(1_000);
            db.rows.delete(next.user);
            await members[next.member]!.users.logout(next.user);
            break;
          case 'break saves':
            db.broken.save = new Error('down');
            break;
          case 'mend saves':
            delete db.broken.save;
        }
      }
      await pass(20_000);
      await Promise.all(asked);
      expect(new Set(sent()).size).toBe(sent().length);
    }),
    { ...propertySeed(), ...propertyRuns(150) },
  );
});
