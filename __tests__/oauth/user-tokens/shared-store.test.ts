import { describe, expect, test } from '@jest/globals';

import { HOUR_MS, usersBench } from './bench.js';

function twoProcesses() {
  const bench = usersBench();
  return {
    ...bench,
    one: bench.process({ isShared: true }),
    other: bench.process({ isShared: true }),
  };
}

describe('processes with one store', () => {
  test('refresh the token of a user once, and load the refresh token once', async () => {
    const { one, other, db, sent, pass } = twoProcesses();
    const asked = Promise.all([one.token('u1'), other.token('u1'), one.token('u2')]);
    await pass(1_000);
    expect(await asked).toEqual(['u1-a2', 'u1-a2', 'u2-a2']);
    expect([sent().sort(), db.loads.sort()]).toEqual([
      ['u1-r1', 'u2-r1'],
      ['u1', 'u2'],
    ]);
  });

  test('wait while the one that refreshes saves, and get the access token after that', async () => {
    const { one, other, db, sent, pass } = twoProcesses();
    db.isHeld = true;
    const first = one.token('u1');
    await pass(100);
    let got: unknown;
    const second = other.token('u1').then((value) => (got = value));
    await pass(5_000);
    expect([sent(), got]).toEqual([['u1-r1'], undefined]);
    db.release();
    await pass(1_000);
    expect([await first, await second]).toEqual(['u1-a2', 'u1-a2']);
  });

  test('make one token call for a refresh token that is refused, all together', async () => {
    const { one, other, spent, sent, process, pass } = twoProcesses();
    spent.add('u1-r1');
    const late = process({ isShared: true });
    for (const { token } of [one, other, late]) {
      const asked = token('u1');
      await pass(1_000);
      expect(await asked).toMatchObject({ code: 'ERR_LOGIN_REQUIRED', user: 'u1' });
    }
    expect(sent()).toEqual(['u1-r1']);
  });

  test('take up what a killed one had received and not saved: its refresh token went to the store first', async () => {
    const { one, other, db, sent, reuses, pass } = twoProcesses();
    db.isHeld = true;
    void one.token('u1');
    await pass(100);
    // As if killed: from here on nothing of it arrives anywhere.
    one.store!.hang();
    db.isHeld = false;
    const asked = other.token('u1');
    await pass(5_000);
    expect(await asked).toBe('u1-a3');
    expect([sent(), reuses()]).toEqual([['u1-r1', 'u1-r2'], 0]);
    expect(db.saves.slice(1)).toEqual(['u1: u1-r1 -> u1-r2', 'u1: u1-r2 -> u1-r3']);
  });

  test('cannot save the login of a user where one stands still with the answer on its way: one refused call, and a typed error', async () => {
    const { one, other, endpoint, spent, answer, sent, reuses, pass } = twoProcesses();
    endpoint.onCall = () => undefined;
    void one.token('u1');
    await pass(100);
    one.store!.hang();
    spent.add('u1-r1'); // The server has replaced it.
    endpoint.onCall = answer;
    const asked = other.token('u1');
    await pass(4_000);
    expect(await asked).toMatchObject({ code: 'ERR_LOGIN_REQUIRED', user: 'u1' });
    expect([sent(), reuses()]).toEqual([['u1-r1', 'u1-r1'], 1]);
  });

  test('refresh nothing while the store is away and the token in hand lives; then each user, with pauses of its own', async () => {
    const { one, sent, pass } = twoProcesses();
    expect([await one.token('u1'), await one.token('u2')]).toEqual(['u1-a2', 'u2-a2']);
    one.store!.fail();
    await pass(HOUR_MS - 60_000);
    expect([await one.token('u1'), await one.token('u2')]).toEqual(['u1-a2', 'u2-a2']);
    await pass(60_000);
    const asked = Promise.all([one.token('u1'), one.token('u2')]);
    await pass(9_000);
    expect(sent()).toEqual(['u1-r1', 'u2-r1']);
    await pass(3_000);
    expect(await asked).toEqual(['u1-a3', 'u2-a3']);
  });
});
