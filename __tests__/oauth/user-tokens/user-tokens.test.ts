import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { inspect } from 'node:util';

import { attachBearer, createProviderClient } from '../../../src/index.js';
import { LoginRequiredError } from '../../../src/oauth/login-required-error.js';
import { HOUR_MS, usersBench } from './bench.js';

const GONE = { code: 'ERR_LOGIN_REQUIRED', user: 'u1' };

describe('one user', () => {
  test('gets an access token for the saved refresh token, and all callers share one token call', async () => {
    const { process, endpoint, sent } = usersBench();
    const { token } = process();
    expect(await Promise.all([token('u1'), token('u1'), token('u1')])).toEqual(
      Array(3).fill('u1-a2'),
    );
    expect(sent()).toEqual(['u1-r1']);
    expect(endpoint.lastCall.params).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'u1-r1',
    });
    expect(endpoint.lastCall.headers['authorization']).toMatch(/^Basic /);
  });

  test('gets it only once the new refresh token is saved', async () => {
    const { process, db, settle } = usersBench();
    db.isHeld = true;
    let got: unknown;
    const asked = process()
      .token('u1')
      .then((value) => (got = value));
    await settle();
    expect([db.saves, got]).toEqual([['u1: u1-r1 -> u1-r2'], undefined]);

    db.release();
    await asked;
    expect(got).toBe('u1-a2');
  });

  test('whose server sends no other refresh token keeps it, and nothing is saved', async () => {
    const { process, endpoint, db, sent, pass } = usersBench();
    const { token } = process();
    endpoint.onCall = (call, count) =>
      call.answer(200, {
        access_token: `a${count}`,
        expires_in: 3600,
        ...(count === 1 ? {} : { refresh_token: 'u1-r1' }),
      });
    expect(await token('u1')).toBe('a1');
    await pass(HOUR_MS);
    expect(await token('u1')).toBe('a2');
    expect([db.saves, sent()]).toEqual([[], ['u1-r1', 'u1-r1']]);
  });

  test('who aborts leaves the refresh, and its save, to the others', async () => {
    const { process, db, settle } = usersBench();
    const { users, token } = process();
    db.isHeld = true;
    const caller = new AbortController();
    const aborted = users.getToken('u1', { signal: caller.signal });
    await settle();
    caller.abort(new Error('left'));
    await expect(aborted).rejects.toThrow('left');
    const late = token('u1');
    db.release();
    expect(await late).toBe('u1-a2');
    expect(db.rows.get('u1')).toBe('u1-r2');
  });

  test('is named by the request, and a 401 is healed with a token of the same user', async () => {
    const { process } = usersBench();
    const { users } = process();
    const seen: string[] = [];
    const http = axios.create({
      baseURL: 'https://api.acme.test',
      adapter: (config) => {
        const token = String(config.headers.get('authorization'));
        seen.push(token);
        const isDead = token === 'Bearer u1-a2';
        const response = { data: 'ok', status: isDead ? 401 : 200, statusText: '', headers: {} };
        return Promise.resolve({ ...response, config, request: {} }).then((answer) => {
          if (isDead) throw new axios.AxiosError('401', undefined, config, {}, answer);
          return answer;
        });
      },
    });
    attachBearer(http, users.source);
    const answers = await Promise.all([
      http.get('/me', users.as('u1')),
      http.get('/me', users.as('u2')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(seen.sort()).toEqual(['Bearer u1-a2', 'Bearer u1-a3', 'Bearer u2-a2']);
  });

  test.each([
    ['no user', undefined],
    ['an empty name', { user: '' }],
    ['two users', { user: ['u1', 'u2'] }],
  ])('is needed: %s is a mistake that is named, and no token call', async (_, params) => {
    const { process, endpoint } = usersBench();
    await expect(process().users.source.getToken({ params })).rejects.toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      message: expect.stringContaining('users.as(user)'),
    });
    expect(endpoint.calls).toEqual([]);
  });
});

describe('a user who has to log in', () => {
  test('because nothing is saved gets the error without a token call, each time', async () => {
    const { process, endpoint } = usersBench({ rows: {} });
    const { token } = process();
    for (let i = 0; i < 3; i += 1) expect(await token('u1')).toMatchObject(GONE);
    expect(endpoint.calls).toEqual([]);
  });

  test('because of invalid_grant gets the error after one token call, until there is another refresh token', async () => {
    const { process, db, spent, sent } = usersBench();
    const { token } = process();
    spent.add('u1-r1');
    const error = (await token('u1')) as LoginRequiredError;
    expect(error).toMatchObject({ ...GONE, name: 'LoginRequiredError', provider: 'users' });
    expect(error.message).toBe(
      'users: user "u1" has to log in: the authorization server refused the refresh token.',
    );
    expect(await token('u1')).toMatchObject(GONE);
    expect(await token('u1')).toMatchObject(GONE);
    expect(sent()).toEqual(['u1-r1']);

    db.rows.set('u1', 'u1-r7');
    expect(await token('u1')).toBe('u1-a8');
  });

  test('is named as the cause of each 401 that the API gives to the access token in hand', async () => {
    const { process, spent, pass } = usersBench();
    const { users, token } = process();
    const http = createProviderClient(users.source, {
      adapter: (config) =>
        Promise.reject(Object.assign(new Error('401'), { config, response: { status: 401 } })),
    });
    await token('u1');
    spent.add('u1-r2');
    const me = async () => {
      const answer = http.get('/me', users.as('u1')).catch((error: unknown) => error);
      await pass(1);
      return answer;
    };
    expect(await me()).toMatchObject({ response: { status: 401 }, cause: GONE });
    expect(await me()).toMatchObject({ response: { status: 401 }, cause: GONE });
  });

  test('is told so at once while the access token in hand serves to its end', async () => {
    const { process, spent, pass } = usersBench();
    const { token } = process();
    expect(await token('u1')).toBe('u1-a2');
    spent.add('u1-r2');
    await pass(HOUR_MS - 200_000);
    expect(await token('u1')).toBe('u1-a2');
    await pass(200_000);
    expect(await token('u1')).toMatchObject(GONE);
  });

  test('is none where another process has saved a newer refresh token meanwhile: that is used, once', async () => {
    const { process, endpoint, db, answer, sent } = usersBench();
    endpoint.onCall = (call, count) => {
      if (count > 1) {
        answer(call);
        return;
      }
      db.rows.set('u1', 'u1-r5');
      call.answer(400, { error: 'invalid_grant' });
    };
    expect(await process().token('u1')).toBe('u1-a6');
    expect(sent()).toEqual(['u1-r1', 'u1-r5']);
  });

  test('does not stop another user, and neither does a server that fails for one', async () => {
    const { process, endpoint, answer, spent } = usersBench({
      rows: { u1: 'u1-r1', u2: 'u2-r1', u3: 'u3-r1', u4: 'u4-r1' },
    });
    const { token } = process();
    spent.add('u1-r1');
    expect(await token('u1')).toBeInstanceOf(LoginRequiredError);
    expect(await token('u2')).toBe('u2-a2');

    endpoint.onCall = (call) =>
      call.params['refresh_token'] === 'u3-r1'
        ? call.answer(401, { error: 'invalid_client' })
        : answer(call);
    expect(await token('u3')).toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
      message: expect.stringContaining('Check clientId and clientSecret'),
    });
    expect(await token('u3')).toMatchObject({ phase: 'cooling down' });
    expect(await token('u4')).toBe('u4-a2');
  });
});

describe('a save that fails', () => {
  const cause = new Error('the database is down');

  test('fails the refresh with a typed error; the new refresh token is saved first of all at the next try', async () => {
    const { process, db, sent, reuses } = usersBench();
    const { token } = process();
    db.broken.save = cause;
    expect(await token('u1')).toMatchObject({
      code: 'ERR_CREDENTIALS_UNAVAILABLE',
      retryable: true,
      cause,
    });
    expect(await token('u1')).toMatchObject({ cause });
    expect([sent(), db.saves]).toEqual([['u1-r1'], Array(2).fill('u1: u1-r1 -> u1-r2')]);

    delete db.broken.save;
    expect(await token('u1')).toBe('u1-a3');
    expect([sent(), reuses()]).toEqual([['u1-r1', 'u1-r2'], 0]);
    expect(db.rows.get('u1')).toBe('u1-r3');
  });

  test('loses nothing if it never ends, and ends late', async () => {
    const { process, db, pass, sent } = usersBench();
    const { token } = process();
    db.isHeld = true;
    const stuck = token('u1');
    await pass(10_000);
    expect(await stuck).toMatchObject({ code: 'ERR_CREDENTIALS_UNAVAILABLE' });
    db.isHeld = false;
    db.release();
    await pass(0);
    expect(await token('u1')).toBe('u1-a3');
    expect(sent()).toEqual(['u1-r1', 'u1-r2']);
  });

  test('is made good by any process with the same store', async () => {
    const { process, db, sent } = usersBench();
    const [one, other] = [process({ isShared: true }), process({ isShared: true })];
    db.broken.save = cause;
    expect(await one.token('u1')).toMatchObject({ cause });
    delete db.broken.save;
    expect(await other.token('u1')).toBe('u1-a3');
    expect([sent(), db.rows.get('u1')]).toEqual([['u1-r1', 'u1-r2'], 'u1-r3']);
  });

  test('and a load that fails gives an error with its cause, without a token call', async () => {
    const { process, db, endpoint } = usersBench();
    db.broken.load = cause;
    expect(await process().token('u1')).toMatchObject({
      message: 'users: load() threw for user "u1". See the cause.',
      retryable: true,
      cause,
    });
    expect(endpoint.calls).toEqual([]);
  });
});

test('a replica of the database that still has the old refresh token does no harm: the new one is sent', async () => {
  const { process, db, pass, sent } = usersBench();
  const { token } = process();
  await token('u1');
  db.rows.set('u1', 'u1-r1');
  await pass(HOUR_MS);
  expect(await token('u1')).toBe('u1-a3');
  expect(sent()).toEqual(['u1-r1', 'u1-r2']);
});

describe('login and logout', () => {
  test('a login saves its refresh token, and is used from the next request on', async () => {
    const { process, db, spent, sent } = usersBench();
    const { users, token } = process();
    spent.add('u1-r1');
    expect(await token('u1')).toMatchObject(GONE);
    await users.login('u1', 'u1-r9');
    expect(db.saves).toEqual(['u1: login -> u1-r9']);
    expect(await token('u1')).toBe('u1-a10');
    await users.login('u1', 'u1-r20');
    expect(await token('u1')).toBe('u1-a21');
    expect(sent()).toEqual(['u1-r1', 'u1-r9', 'u1-r20']);
  });

  test('a refresh that is under way saves nothing over a login', async () => {
    const { process, endpoint, db, answer, settle } = usersBench();
    const { users, token } = process();
    endpoint.onCall = () => undefined;
    const late = token('u1');
    await settle();
    await users.login('u1', 'u1-r9');
    const [first] = endpoint.calls;
    endpoint.onCall = answer;
    answer(first!);
    expect(await late).toBe('u1-a10');
    expect(db.rows.get('u1')).toBe('u1-r10');
    expect(db.saves).toEqual(['u1: login -> u1-r9', 'u1: u1-r9 -> u1-r10']);
  });

  test('a refresh that is under way saves nothing over a logout, and its callers have to log in', async () => {
    const { process, endpoint, db, answer, settle } = usersBench();
    const { users, token } = process();
    endpoint.onCall = () => undefined;
    const late = token('u1');
    await settle();
    db.rows.delete('u1');
    await users.logout('u1');
    endpoint.onCall = answer;
    answer(endpoint.lastCall);
    expect(await late).toMatchObject(GONE);
    expect(db.saves).toEqual([]);
  });

  test('after a logout no process gets the token from the store', async () => {
    const { process, db } = usersBench();
    const [one, other, third] = [1, 2, 3].map(() => process({ isShared: true }));
    expect(await one!.token('u1')).toBe('u1-a2');
    expect(await third!.token('u1')).toBe('u1-a2');
    db.rows.delete('u1');
    await other!.users.logout('u1');
    expect(await other!.token('u1')).toMatchObject(GONE);
    expect(await process({ isShared: true }).token('u1')).toMatchObject(GONE);
    expect(await third!.token('u1')).toBe('u1-a2');
    await one!.users.logout('u1');
    expect(await one!.token('u1')).toMatchObject(GONE);
  });
});

test('nothing that is handed out or thrown shows a refresh token or an access token', async () => {
  const { process, db, spent } = usersBench();
  const { users, token, events } = process();
  await token('u2');
  spent.add('u1-r1');
  const errors = [await token('u1')];
  db.rows.set('u1', 'u1-r5');
  db.broken.save = new Error('down');
  errors.push(await token('u1'));
  const shown = [users, users.source.provider, events, ...errors].map(
    (thing) => inspect(thing, { depth: 20, showHidden: true }) + JSON.stringify(thing),
  );
  expect(errors).toHaveLength(2);
  expect(shown.join()).not.toMatch(/u\d-[ra]\d|acme-secret/);
});
