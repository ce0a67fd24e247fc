import { describe, expect, test } from '@jest/globals';

import type { Provider } from '../../src/index.js';
import { defaultPolicy } from '../../src/token/lifecycle.js';
import { Accounts } from '../../src/token-source/accounts.js';
import { KeptTokens, type Keepable } from '../../src/token-source/kept-tokens.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { acme, ACME, bench, ended, warmBench, type Bench } from './hand-held.js';

const HOUR = 3_600_000;

describe('behaviour 39: requests with other parameters get another token', () => {
  test('each difference costs a token call of its own, and no caller gets another’s token', async () => {
    const { source, endpoint, settle } = bench();
    endpoint.onCall = (call) => call.issue(`token-for-${Buffer.from(call.body).toString('hex')}`);
    const variants = [
      undefined,
      { scope: 'a' },
      { scope: 'b' },
      { scope: 'a b' },
      { audience: 'a' },
      { resource: 'a' },
      { tenant: 'a' },
      { tenant: 'a', scope: 'a' },
      { tenant: 'a,scope=a' },
      { resource: ['a', 'b'] },
    ];
    const tokens = await Promise.all(variants.map((params) => source.getToken({ params })));
    await settle();
    expect(endpoint.calls).toHaveLength(variants.length);
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(variants.length);
    for (const [index, params] of variants.entries()) {
      expect(source.peek(params)).toBe(tokens[index]);
    }
  });

  test('the same parameters in another order share one', async () => {
    const { source, endpoint } = bench();
    endpoint.onCall = (call) => call.issue('token-1');
    const one = await source.getToken({ params: { tenant: 't', scope: 'a b' } });
    const other = await source.getToken({ params: { scope: 'b a', tenant: 't' } });
    expect(one).toBe(other);
    expect(endpoint.calls).toHaveLength(1);
  });

  test('no parameters and an empty set of them are the same', async () => {
    const { source } = await warmBench();
    expect(source.peek({})?.value).toBe('token-1');
  });

  test('the caller may change its own object later', async () => {
    const { source, endpoint, settle } = bench();
    const params = { scope: 'a' };
    const caller = source.getToken({ params });
    params.scope = 'b';
    await settle();
    expect(endpoint.lastCall.body).toContain('"scope":"a"');
    endpoint.lastCall.issue('token-a');
    expect((await caller).value).toBe('token-a');
  });

  test('a parameter that the provider does not know is refused by name', async () => {
    const { source, endpoint } = bench();
    expect(await ended(source.getToken({ params: { scop: 'a' } }))).toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      option: 'params.scop',
      message: expect.stringContaining('scope, audience, tenant, resource') as unknown,
    });
    expect(endpoint.calls).toHaveLength(0);
  });
});

describe('behaviour 40: other credentials never get a token that was fetched with these', () => {
  test('a second client with the same id and a wrong secret', async () => {
    const { source, endpoint } = bench();
    endpoint.onCall = (call) =>
      call.body.includes(ACME.clientSecret) ? call.issue('token-1') : call.answer(401);
    await source.getToken();
    const wrong = createTokenSource(
      acme({ credentials: { ...ACME, clientSecret: 'a wrong one' } }),
      { transport: { adapter: endpoint.adapter } },
    );
    expect(wrong.peek()).toBeUndefined();
    expect(await ended(wrong.getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });
    expect(source.peek()?.value).toBe('token-1');
  });
});

describe('behaviour 41: memory stays bounded', () => {
  test('10,000 sets of parameters leave 1,000 tokens, the ones used last', async () => {
    const { source, endpoint } = bench();
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    for (let tenant = 0; tenant < 10_000; tenant += 1) {
      await source.getToken({ params: { tenant: String(tenant) } });
    }
    const kept = Array.from({ length: 10_000 }, (_, tenant) => tenant).filter(
      (tenant) => source.peek({ tenant: String(tenant) }) !== undefined,
    );
    expect(kept).toHaveLength(1_000);
    expect(kept[0]).toBe(9_000);
  });

  test('also if all are fetched at once, and if all fail', async () => {
    const { source, endpoint } = bench({ maxAttempts: 1, maxEntries: 10 });
    endpoint.onCall = (call, count) => (count <= 100 ? call.issue('token') : call.answer(500));
    const ask = (tenant: number) => ended(source.getToken({ params: { tenant: String(tenant) } }));
    await Promise.all(Array.from({ length: 200 }, (_, tenant) => ask(tenant)));
    for (let tenant = 200; tenant < 300; tenant += 1) await ask(tenant);
    const before = endpoint.calls.length;
    for (let tenant = 0; tenant < 290; tenant += 1) {
      expect(source.peek({ tenant: String(tenant) })).toBeUndefined();
    }
    expect(endpoint.calls).toHaveLength(before);
  });

  test('the one used last stays', async () => {
    const { source, endpoint } = bench({ maxEntries: 3 });
    endpoint.onCall = (call, count) => call.issue(`token-${count}`);
    for (const tenant of ['a', 'b', 'c']) await source.getToken({ params: { tenant } });
    source.peek({ tenant: 'a' });
    await source.getToken({ params: { tenant: 'd' } });
    expect(source.peek({ tenant: 'a' })).toBeDefined();
    expect(source.peek({ tenant: 'b' })).toBeUndefined();
  });

  test('the token without parameters is never among those that go', async () => {
    const { source, endpoint } = await warmBench({ maxEntries: 1 });
    endpoint.onCall = (call) => call.issue('other');
    for (const tenant of ['a', 'b', 'c']) await source.getToken({ params: { tenant } });
    expect(source.peek()?.value).toBe('token-1');
  });
});

describe('behaviour 41: the book of tokens', () => {
  function book(limit: number) {
    const tokens = new KeptTokens<Keepable>(limit);
    const gone: string[] = [];
    const refreshing = new Set<string>();
    const add = (key: string) =>
      tokens.add(key, {
        isRefreshing: () => refreshing.has(key),
        isSpent: () => key.startsWith('old'),
        letGo: () => void gone.push(key),
      });
    return { tokens, gone, refreshing, add };
  }

  test('drops spent ones however few there are', () => {
    const { gone, add } = book(10);
    for (const key of ['old-1', 'old-2', 'a', 'b']) add(key);
    expect(gone).toEqual(['old-1', 'old-2']);
  });

  test('keeps one whose refresh is under way, and drops it later', () => {
    const { tokens, gone, refreshing, add } = book(2);
    refreshing.add('busy');
    for (const key of ['busy', 'a', 'b', 'c']) add(key);
    expect(gone).toEqual(['a', 'b']);
    refreshing.clear();
    add('d');
    expect(gone).toEqual(['a', 'b', 'busy']);
    expect(tokens.use('busy')).toBeUndefined();
  });
});

describe('while thousands of tokens are refreshed at the same time', () => {
  const MANY = 2_000;

  test('one more token looks at a few of the others, and all go once they are done', () => {
    const tokens = new KeptTokens<Keepable>(10);
    let looks = 0;
    let isRefreshing = true;
    const token: Keepable = {
      isRefreshing() {
        looks += 1;
        return isRefreshing;
      },
      isSpent: () => false,
      letGo: () => undefined,
    };
    const add = (key: string) => tokens.add(key, { ...token });
    for (let count = 0; count < MANY; count += 1) add(`busy-${count}`);
    expect(looks).toBeLessThanOrEqual(10 * MANY);
    isRefreshing = false;
    add('last');
    expect([...tokens]).toHaveLength(10);
    expect(tokens.use('last')).toBeDefined();
  });

  test('one more account reads the credentials of no other', () => {
    const now = { wallMs: 1e12, monoMs: 0 };
    const provider = acme({ credentials: () => ACME }) as unknown as Provider;
    const policy = { ...defaultPolicy, tokenBudget: { calls: 1, windowMs: HOUR } };
    const accounts = new Accounts(provider, policy, MANY);
    let reads = 0;
    const user = (id: number) => ({
      get clientId() {
        reads += 1;
        return `user-${id}`;
      },
    });
    for (let id = 0; id < MANY; id += 1) {
      const account = accounts.of(user(id), 'https://api.acme.test/token', now);
      account.state = { ...account.state, tokenCallsAt: [now.monoMs] };
    }
    reads = 0;
    expect(accounts.mayBeFresh(user(MANY), now)).toBe(true);
    expect(accounts.mayBeFresh(user(0), now)).toBe(false);
    expect(reads).toBe(2);
  });
});

describe('one more set of parameters takes nothing from another that still has', () => {
  const ask = (source: Bench['source'], scope: string) =>
    ended(source.getToken({ params: { scope } }));

  test('a cool-down', async () => {
    const { source, endpoint, pass } = bench({ maxAttempts: 1 });
    endpoint.onCall = (call) => call.issue('token-a');
    await ask(source, 'a');
    await pass(2 * HOUR);
    endpoint.onCall = (call) => call.answer(403, '', { 'retry-after': '600' });
    await ask(source, 'a');
    endpoint.onCall = (call) => call.issue('token-b');
    await ask(source, 'b');
    expect(await ask(source, 'a')).toMatchObject({ status: 403, retryInMs: 600_000 });
    expect(endpoint.calls).toHaveLength(3);
  });

  test('a token that may be served stale', async () => {
    const { source, endpoint, pass } = bench({ maxAttempts: 1, maxStaleMs: HOUR });
    endpoint.onCall = (call) => call.issue('token-a');
    await ask(source, 'a');
    await pass(HOUR + 1_000);
    endpoint.onCall = (call) =>
      call.body.includes('"b"') ? call.issue('token-b') : call.answer(500);
    await ask(source, 'b');
    expect(await ask(source, 'a')).toBe('token-a');
  });

  test('token calls that count against the limit of the provider', async () => {
    const tokenBudget = { calls: 1, windowMs: 2 * HOUR };
    const { source, endpoint, pass } = bench({ provider: { tokenBudget } });
    endpoint.onCall = (call) => call.issue('token');
    await ask(source, 'a');
    await pass(HOUR + 1_000);
    await ask(source, 'b');
    expect(await ask(source, 'a')).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
    await pass(HOUR);
    expect(await ask(source, 'c')).toBe('token');
    expect(await ask(source, 'a')).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
  });

  test('and clear() forgets all but those calls', async () => {
    const tokenBudget = { calls: 1, windowMs: 2 * HOUR };
    const { source, endpoint } = bench({ provider: { tokenBudget } });
    endpoint.onCall = (call) => call.issue('token');
    await ask(source, 'a');
    source.clear();
    expect(source.peek({ scope: 'a' })).toBeUndefined();
    expect(await ask(source, 'a')).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
  });
});

test('behaviour 41: a token that goes takes its timer along', async () => {
  const { source, endpoint, clock } = bench({ maxEntries: 1, keepWarm: true });
  endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  await source.getToken({ params: { tenant: 'a' } });
  expect(clock.pendingTimers).toBe(1);
  await source.getToken({ params: { tenant: 'b' } });
  expect(clock.pendingTimers).toBe(1);
});

test('a parameter is refused by name if the provider has none', async () => {
  const { source } = bench({ provider: { paramNames: undefined } });
  expect(await ended(source.getToken({ params: { scope: 'a' } }))).toMatchObject({
    option: 'params.scope',
    message: expect.stringContaining('Known parameters: none') as unknown,
  });
});

test('a mistyped parameter is refused with the one that was probably meant', async () => {
  const { source } = bench();
  expect(await ended(source.getToken({ params: { scopes: 'a' } }))).toMatchObject({
    option: 'params.scopes',
    message: expect.stringMatching(
      /params\.scopes is not a parameter of its token request\. Did you mean `scope`\? Known parameters: /,
    ) as unknown,
  });
});

describe('an invalid parameter from JavaScript', () => {
  test.each<[string, unknown]>([
    ['a number', 7],
    ['null', null],
    ['an object', { a: 'b' }],
    ['a list of numbers', [1]],
  ])('%s is refused by name', async (_, value) => {
    const { source, endpoint } = bench();
    for (const name of ['tenant', 'scope']) {
      const params = { [name]: value } as never;
      expect(source.peek(params)).toBeUndefined();
      expect(await ended(source.getToken({ params }))).toMatchObject({
        code: 'ERR_BEARER_MISCONFIGURED',
        option: `params.${name}`,
        message: expect.stringContaining('neither a string nor a list of strings'),
      });
    }
    expect(endpoint.calls).toHaveLength(0);
  });

  test('undefined is one that was left out', async () => {
    const { source, endpoint } = await warmBench();
    const scope = undefined as never;
    expect(source.peek({ scope })?.value).toBe('token-1');
    endpoint.onCall = (call) => call.issue('token-t');
    await source.getToken({ params: { tenant: 't', scope } });
    expect(endpoint.lastCall.body).not.toContain('scope');
    expect(source.peek({ tenant: 't' })?.value).toBe('token-t');
  });
});
