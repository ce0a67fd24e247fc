import { describe, expect, jest, test } from '@jest/globals';
import { createAuthRefresh } from 'axios-auth-refresh';

import { bareInstance, fateOf, settled } from './instance.js';

/*
 * What axios-auth-refresh 5 does by itself, with its default options. docs/decisions/0002 says how it is used here, so that none
 * of this reaches a user; docs/facts names the tests that show that.
 */

function refreshing(refresh: () => Promise<void>) {
  const { http, sent } = bareInstance();
  let calls = 0;
  createAuthRefresh(http as never, () => {
    calls += 1;
    return refresh();
  });
  return { http, sent, calls: () => calls };
}

describe('axios-auth-refresh by itself', () => {
  test('hands the 401 of a second request to its caller while the first one refreshes', async () => {
    let done: () => void = () => undefined;
    const { http, sent } = refreshing(() => new Promise((resolve) => (done = resolve)));
    const first = http.get('/first');
    const second = http.get('/second');
    await settled();
    sent[0]!.answer(401);
    await settled();
    sent[1]!.answer(401);
    await expect(second).rejects.toMatchObject({ response: { status: 401 } });

    done();
    await settled();
    sent[2]!.answer(200);
    expect((await first).status).toBe(200);
  });

  test('refreshes a second time for a 401 that comes late, on the token that has been replaced', async () => {
    const { http, sent, calls } = refreshing(() => Promise.resolve());
    const first = http.get('/first');
    const late = http.get('/late');
    await settled();
    sent[0]!.answer(401);
    await settled();
    sent[2]!.answer(200);
    await first;

    sent[1]!.answer(401);
    await settled();
    sent[3]!.answer(200);
    await late;
    expect(calls()).toBe(2);
  });

  test('refreshes nothing ever again once the refresh has thrown synchronously', async () => {
    let broken = true;
    const { http, sent, calls } = refreshing(() => {
      if (broken) throw new Error('not even a promise');
      return Promise.resolve();
    });
    const ask = async () => {
      const request = http.get('/x');
      await settled();
      sent.at(-1)!.answer(401);
      return fateOf(request);
    };
    expect(await ask()).toBe('failed');
    broken = false;
    expect(await ask()).toBe('failed');
    expect(await ask()).toBe('failed');
    expect(calls()).toBe(1);
  });

  test('holds a request that comes during a refresh, whatever its signal says', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { http, sent } = refreshing(() => new Promise(() => undefined));
    void http.get('/first');
    await settled();
    sent[0]!.answer(401);
    await settled();

    const controller = new AbortController();
    const waiting = http.get('/waiting', { signal: controller.signal, timeout: 1 });
    await settled();
    controller.abort();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await fateOf(waiting)).toBe('pending');
  });

  test('refreshes once for each request to an API that always answers 401', async () => {
    const { http, sent, calls } = refreshing(() => Promise.resolve());
    for (let asked = 0; asked < 5; asked += 1) {
      const request = http.get('/x');
      await settled();
      sent.at(-1)!.answer(401);
      await settled();
      sent.at(-1)!.answer(401);
      await expect(request).rejects.toMatchObject({ response: { status: 401 } });
    }
    expect(calls()).toBe(5);
  });
});
