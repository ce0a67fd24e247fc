import { describe, expect, test } from '@jest/globals';

import { CredentialsRejectedError } from '../../src/errors/index.js';
import type { FakeTokenCall } from '../../src/testing/index.js';
import { ACME, bench, ended, type Bench } from './hand-held.js';
import { fleet } from '../sharing/shared-fleet.js';

const SECOND = 1_000;

const ask = ({ source }: Pick<Bench, 'source'>, tenant: string) =>
  ended(source.getToken({ params: { tenant } }));

/** One request of each of so many tenants, one after the other. */
async function tenantsInTurn(bench: Bench, count: number): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let n = 0; n < count; n += 1) results.push(await ask(bench, `tenant-${n}`));
  return results;
}

/** The tenant called `bad` is refused so; everybody else gets a token. */
const refusing = (refuse: (call: FakeTokenCall) => void) => (call: FakeTokenCall, count: number) =>
  call.body.includes('"bad"') ? refuse(call) : call.issue(`token-${count}`);

const invalidClient = (call: FakeTokenCall) => call.answer(401, { error: 'invalid_client' });

describe('behaviour 52: a failure about the account holds for all its tenants', () => {
  test.each<[string, (call: FakeTokenCall) => void]>([
    ['invalid_client', invalidClient],
    ['a 401 without a code', (call) => call.answer(401)],
    ['a 429 with Retry-After', (call) => call.answer(429, '', { 'retry-after': '600' })],
    ['a 400 with Retry-After', (call) => call.answer(400, '', { 'retry-after': '600' })],
  ])('%s: 200 tenants, one after the other, cost one token call', async (_, answer) => {
    const one = bench({ maxAttempts: 1 });
    one.endpoint.onCall = answer;
    const errors = await tenantsInTurn(one, 200);
    expect(one.endpoint.calls).toHaveLength(1);
    expect(new Set(errors.map((error) => (error as Error).constructor.name)).size).toBe(1);
    await ended(one.source.getToken());
    expect(one.endpoint.calls).toHaveLength(1);
  });

  test('a limit of 10 token calls: 40 tenants make 10', async () => {
    const tokenBudget = { calls: 10, windowMs: 30 * 60 * SECOND };
    const one = bench({ provider: { tokenBudget } });
    one.endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    const results = await tenantsInTurn(one, 40);
    expect(one.endpoint.calls).toHaveLength(10);
    expect(results.filter((result) => typeof result === 'string')).toHaveLength(10);
    expect(results.at(-1)).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
  });

  test('a tenant that has a token goes on with it', async () => {
    const one = bench({ maxAttempts: 1 });
    one.endpoint.onCall = refusing(invalidClient);
    expect(await ask(one, 'good')).toBe('token-1');
    await ask(one, 'bad');
    expect(await ask(one, 'good')).toBe('token-1');
    expect(await ask(one, 'other')).toBeInstanceOf(CredentialsRejectedError);
  });

  test('twenty failures at the same moment are one: the cool-down has not grown after them', async () => {
    const one = bench({ random: () => 0.5 });
    const all = Array.from({ length: 20 }, (_, n) => ask(one, `tenant-${n}`));
    await one.settle();
    for (const call of one.endpoint.calls) invalidClient(call);
    await Promise.all(all);
    expect(one.told('coolDownStarted').at(-1)).toMatchObject({ delayMs: 5 * SECOND });
  });

  test('a token that one of them gets ends the cool-down for all', async () => {
    const one = bench();
    one.endpoint.onCall = invalidClient;
    await tenantsInTurn(one, 2);
    await one.pass(5 * SECOND);
    one.endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    expect(await tenantsInTurn(one, 3)).toEqual(['token-2', 'token-3', 'token-4']);
    one.endpoint.onCall = invalidClient;
    await ask(one, 'another');
    expect(one.told('coolDownStarted').at(-1)).toMatchObject({ delayMs: 4 * SECOND });
  });

  test('clear() ends it for all', async () => {
    const one = bench();
    one.endpoint.onCall = invalidClient;
    await tenantsInTurn(one, 3);
    one.endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    one.source.clear();
    expect(await ask(one, 'tenant-7')).toBe('token-2');
  });

  test('clear() ends it for credentials that have changed since, too: they may come back', async () => {
    let clientSecret = 'old';
    const one = bench({ provider: { credentials: () => ({ ...ACME, clientSecret }) } });
    one.endpoint.onCall = (call) =>
      call.body.includes('old') ? invalidClient(call) : call.issue('token-1');
    await ask(one, 'a');
    clientSecret = 'new';
    expect(await ask(one, 'a')).toBe('token-1');
    one.source.clear();
    clientSecret = 'old';
    one.endpoint.onCall = (call) => call.issue('token-2');
    expect(await ask(one, 'a')).toBe('token-2');
  });
});

describe('behaviour 52: a failure about one request holds for its tenant only', () => {
  test.each<[string, (call: FakeTokenCall) => void]>([
    ...['invalid_scope', 'invalid_target', 'invalid_grant', 'unauthorized_client'].map(
      (error): [string, (call: FakeTokenCall) => void] => [
        error,
        (call) => call.answer(400, { error }),
      ],
    ),
    ['403', (call) => call.answer(403)],
    ['another 4xx', (call) => call.answer(422)],
    ['a token of another type', (call) => call.issue('odd', { token_type: 'DPoP' })],
  ])('%s', async (_, refuse) => {
    const one = bench({
      maxAttempts: 1,
      provider: {
        parseToken: ({ body }) => {
          const { access_token, token_type } = body as Record<string, unknown>;
          return { accessToken: access_token, tokenType: token_type };
        },
      },
    });
    one.endpoint.onCall = refusing(refuse);
    const error = await ask(one, 'bad');
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    expect(await ask(one, 'good')).toBe('token-2');
    expect(await ask(one, 'bad')).toMatchObject({ phase: 'cooling down' });
    expect(one.endpoint.calls).toHaveLength(2);
  });
});

describe('behaviour 38: rejected credentials stay rejected', () => {
  test('a 503 after it changes neither the error nor the count of the cool-down', async () => {
    const one = bench({ maxAttempts: 1 });
    one.endpoint.onCall = invalidClient;
    await ask(one, 'a');
    await one.pass(4 * SECOND);
    one.endpoint.onCall = (call) => call.answer(503);
    expect(await ask(one, 'a')).toBeInstanceOf(CredentialsRejectedError);
    expect(await ask(one, 'b')).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    await one.pass(SECOND);
    one.endpoint.onCall = invalidClient;
    await ask(one, 'a');
    expect(one.told('coolDownStarted').at(-1)).toMatchObject({
      cause: 'credentials',
      delayMs: 8 * SECOND,
    });
  });

  test('a failure of a flight that was under way does not shorten the cool-down', async () => {
    const one = bench({ maxAttempts: 1 });
    const [a, b] = [ask(one, 'a'), ask(one, 'b')];
    await one.settle();
    invalidClient(one.endpoint.calls[0]!);
    await a;
    one.endpoint.calls[1]!.answer(503);
    expect(await b).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED', retryInMs: 4 * SECOND });
    await one.pass(3_999);
    await ask(one, 'c');
    expect(one.endpoint.calls).toHaveLength(2);
  });
});

describe('behaviour 52: an account is a token endpoint and a set of credentials', () => {
  test('tenants with credentials of their own do not disturb each other', async () => {
    const one = bench({
      provider: {
        credentials: ({ params }) => ({ clientId: String(params['tenant']), clientSecret: 's' }),
      },
    });
    one.endpoint.onCall = refusing(invalidClient);
    expect(await ask(one, 'bad')).toBeInstanceOf(CredentialsRejectedError);
    expect(await ask(one, 'good')).toBe('token-2');
    expect(await ask(one, 'bad')).toBeInstanceOf(CredentialsRejectedError);
    expect(one.endpoint.calls).toHaveLength(2);
  });

  test('nor do tenants with a token endpoint of their own', async () => {
    const one = bench({
      provider: {
        tokenRequest: (credentials, { tenant = '' }) => ({
          url: `/${String(tenant)}/token`,
          body: { json: { ...credentials, tenant } },
        }),
      },
    });
    one.endpoint.onCall = refusing(invalidClient);
    expect(await ask(one, 'bad')).toBeInstanceOf(CredentialsRejectedError);
    expect(await ask(one, 'good')).toBe('token-2');
  });

  test('a changed credential is another account, for every tenant', async () => {
    let clientSecret = 'wrong';
    const one = bench({ provider: { credentials: () => ({ ...ACME, clientSecret }) } });
    one.endpoint.onCall = (call) =>
      call.body.includes('wrong') ? invalidClient(call) : call.issue('token');
    await tenantsInTurn(one, 3);
    expect(one.endpoint.calls).toHaveLength(1);
    clientSecret = 'right';
    expect(await tenantsInTurn(one, 3)).toEqual(['token', 'token', 'token']);
  });

  test('a secret that is rotated while it is asked for counts as changed, then and later', async () => {
    const answers = ['wrong', 'before', 'after'];
    let latest = '';
    const one = bench({
      provider: {
        credentials: () => ({ ...ACME, clientSecret: (latest = answers.shift() ?? latest) }),
      },
    });
    one.endpoint.onCall = (call) =>
      call.body.includes('right') ? call.issue('token') : invalidClient(call);
    await tenantsInTurn(one, 2);
    expect(one.endpoint.calls.map(({ body }) => /wrong|before|after/.exec(body)?.[0])).toEqual([
      'wrong',
      'after',
    ]);
    answers.push('right');
    expect(await tenantsInTurn(one, 1)).toEqual(['token']);
  });

  describe.each([
    ['declared as such', { secret: true, perCall: true }],
    ['found by asking again', { secret: true }],
  ])('what is made fresh for each call is no part of it, %s', (_, clientSecret) => {
    const signing = (more = {}) => {
      let made = 0;
      return bench({
        provider: {
          credentials: () => ({ ...ACME, clientSecret: `assertion-${(made += 1)}` }),
          credentialFields: { clientId: {}, clientSecret },
          ...more,
        },
      });
    };

    test('200 requests, and 200 tenants, cost one token call', async () => {
      const one = signing();
      one.endpoint.onCall = invalidClient;
      for (let request = 0; request < 200; request += 1) await ended(one.source.getToken());
      await tenantsInTurn(one, 200);
      expect(one.endpoint.calls).toHaveLength(1);
    });

    test('a limit of token calls counts them all', async () => {
      const one = signing({ tokenBudget: { calls: 3, windowMs: 60 * SECOND } });
      one.endpoint.onCall = (call, count) => call.issue(`token-${count}`);
      await tenantsInTurn(one, 10);
      expect(one.endpoint.calls).toHaveLength(3);
    });
  });
});

describe('behaviour 52: through the store', () => {
  const sharing = () => {
    const all = fleet(2);
    const [first, second] = all.members;
    return { ...all, first, second };
  };

  test('credentials that another process saw rejected are so for every tenant of this one', async () => {
    const { first, second, endpoint, pass } = sharing();
    endpoint.onCall = invalidClient;
    await ask(first, 'a');
    await pass(100);
    expect(await ask(second, 'a')).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(await ask(second, 'b')).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a scope that another process saw refused is so for its tenant only', async () => {
    const { first, second, endpoint, pass } = sharing();
    endpoint.onCall = refusing((call) => call.answer(400, { error: 'invalid_scope' }));
    await ask(first, 'bad');
    await pass(100);
    expect(await ask(second, 'bad')).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(await ask(second, 'good')).toBe('token-2');
  });
});
