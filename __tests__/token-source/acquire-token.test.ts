import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';

import {
  CredentialsRejectedError,
  MisconfigurationError,
  TokenAcquisitionError,
} from '../../src/errors/index.js';
import type {
  AcquiredToken,
  AcquireTokenContext,
} from '../../src/provider-definition/acquire-token.js';
import {
  defineProvider,
  type TokenFunctionDefinition,
} from '../../src/provider-definition/define-provider.js';
import { createRedisStore } from '../../src/redis/index.js';
import { createMemoryStore, type SharedStore } from '../../src/store/index.js';
import { createFakeClock, type FakeClock } from '../../src/testing/index.js';
import { createTokenSource, type TokenSourceOptions } from '../../src/axios/create-token-source.js';
import { ended, eventsOf, outcome } from './hand-held.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A function that yields tokens, in the test's hand: its calls wait until they are answered, or `onCall` answers them. */
function handHeldFunction() {
  const calls: (AcquireTokenContext & {
    yields(token: unknown): void;
    throws(thrown: unknown): void;
  })[] = [];
  const held = {
    calls,
    get last() {
      return calls.at(-1)!;
    },
    onCall: undefined as ((count: number) => unknown) | undefined,
    acquireToken: (context: AcquireTokenContext): Promise<AcquiredToken> =>
      new Promise((resolve, reject) => {
        calls.push({ ...context, yields: (token) => resolve(token as string), throws: reject });
        if (held.onCall !== undefined) resolve(held.onCall(calls.length) as AcquiredToken);
      }),
  };
  return held;
}

/** A source whose tokens come from such a function, in virtual time. */
function bench(
  options: TokenSourceOptions & {
    readonly provider?: Partial<TokenFunctionDefinition>;
    readonly clock?: FakeClock;
  } = {},
) {
  const { provider, clock = createFakeClock(), ...rest } = options;
  const held = handHeldFunction();
  const source = createTokenSource(
    defineProvider({
      name: 'sdk',
      baseURL: 'https://api.acme.test',
      paramNames: ['tenant'],
      acquireToken: held.acquireToken,
      ...provider,
    }),
    { clock, random: () => 0, ...rest },
  );
  const events = eventsOf(source);
  return {
    clock,
    held,
    source,
    told: (name: string) => events.filter((event) => event.name === name),
    pass: (ms: number) => clock.advanceAsync(ms),
    settle: () => clock.advanceAsync(0),
  };
}

describe('behaviour 56: a function that returns a token is used like a token endpoint', () => {
  test('100 callers share one call, which gets the parameters and a signal', async () => {
    const { held, source, settle } = bench();
    const callers = Array.from({ length: 100 }, () =>
      source.getToken({ params: { tenant: 'north' } }),
    );
    await settle();
    expect(held.calls).toMatchObject([{ params: { tenant: 'north' } }]);
    held.last.yields({ accessToken: 'T1', expiresInSeconds: 3_600, scope: 'read' });
    const tokens = await Promise.all(callers);
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['T1']));
    expect(tokens[0]).toMatchObject({ scope: 'read' });
  });

  test('it is called before expiry, while requests go on with the current token', async () => {
    const { held, source, clock, pass, settle } = bench();
    held.onCall = () => ({ accessToken: 'T1', expiresAt: clock.now() + HOUR });
    await source.getToken();
    await pass(55 * MINUTE);
    held.onCall = undefined;
    expect(await ended(source.getToken())).toBe('T1');
    await settle();
    expect(held.calls).toHaveLength(2);
    held.last.yields({ accessToken: 'T2', expiresInSeconds: 3_600 });
    await settle();
    expect(source.peek()?.value).toBe('T2');
  });

  test('a 401 brings a new one', async () => {
    const { held, source, settle } = bench();
    held.onCall = (count) => ({ accessToken: `T${count}`, expiresInSeconds: 3_600 });
    await source.getToken();
    expect(source.reject('T1').kind).toBe('replay');
    await settle();
    expect(await ended(source.getToken({ not: 'T1' }))).toBe('T2');
  });

  test('a plain string is enough: a JWT states its lifetime, any other token is renewed now and then', async () => {
    const { held, source, clock } = bench();
    held.onCall = () => 'opaque';
    expect((await source.getToken()).expiresAt).toBeUndefined();

    const exp = clock.now() / 1_000 + 600;
    const jwt = `eyJ.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.sig`;
    held.onCall = () => jwt;
    source.clear();
    expect((await source.getToken()).expiresAt).toBe(clock.now() + 10 * MINUTE);
  });

  test('each call is reported, without an address', async () => {
    const { held, source, told } = bench();
    held.onCall = () => 'T1';
    await source.getToken();
    expect(told('tokenCalled')).toEqual([
      expect.objectContaining({
        method: undefined,
        serverAddress: undefined,
        serverPort: undefined,
        attempt: 1,
        status: undefined,
        errorType: undefined,
      }),
    ]);
  });

  test('a limit of token calls holds', async () => {
    const { held, source } = bench({
      provider: { tokenBudget: { calls: 1, windowMs: HOUR } },
    });
    held.onCall = () => 'T1';
    await source.getToken();
    source.clear();
    expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_BUDGET_SPENT' });
    expect(held.calls).toHaveLength(1);
  });
});

describe('its time is bounded', () => {
  test('an attempt ends, even if the function ignores its signal, and the next one is made', async () => {
    const { held, source, pass } = bench();
    const caller = ended(source.getToken());
    await pass(4_999);
    expect(held.calls).toHaveLength(1);
    expect(held.last.signal.aborted).toBe(false);
    await pass(1);
    expect(held.calls[0]!.signal.aborted).toBe(true);
    await pass(1_000);
    expect(held.calls).toHaveLength(2);
    held.last.yields('T2');
    // What comes after its time is dropped, whatever it is.
    held.calls[0]!.throws(new Error('too late'));
    expect(await caller).toBe('T2');
  });

  test('a function that hangs for good costs the callers one flight, and no timer is left', async () => {
    const { source, clock, pass, told } = bench();
    const caller = ended(source.getToken());
    await pass(9_000);
    expect(await outcome(caller)).toBe('pending');
    await pass(1_000);
    expect(await caller).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      phase: 'token request',
      retryable: true,
      message:
        'sdk: acquireToken did not answer in time. Make it answer within attemptTimeoutMs, and respect its signal. A request that ' +
        'it sends with the attached instance waits for this very token: give it { bearer: false }.',
    });
    expect(told('tokenCalled')).toMatchObject([
      { errorType: 'ERR_CANCELED' },
      { errorType: 'ERR_CANCELED' },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('close() aborts its signal', async () => {
    const { held, source, settle } = bench();
    const caller = ended(source.getToken());
    await settle();
    source.close();
    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
    expect(held.last.signal.aborted).toBe(true);
  });
});

describe('what it throws', () => {
  const thrown = (fields: object) => Object.assign(new Error('hunter2 is wrong'), fields);

  test.each<[string, Error, number, object]>([
    [
      'something that may pass is tried three times in one flight',
      thrown({ status: 503 }),
      3,
      { code: 'ERR_TOKEN_REQUEST_REFUSED', status: 503, retryable: true },
    ],
    [
      'a broken connection too',
      thrown({ code: 'ECONNRESET' }),
      3,
      { code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE', retryable: true },
    ],
    [
      'something else is not tried again at once: it may be a wrong password',
      thrown({}),
      1,
      { code: 'ERR_TOKEN_REQUEST_REFUSED', status: undefined, retryable: false },
    ],
    [
      'rejected credentials are a failure of their own',
      thrown({ credentialsRejected: true }),
      1,
      { code: 'ERR_CREDENTIALS_REJECTED', retryable: false },
    ],
    [
      'a delay that it asks for is kept',
      thrown({ status: 429, retryAfterMs: 90_000 }),
      1,
      { code: 'ERR_TOKEN_REQUEST_REFUSED', retryInMs: 90_000 },
    ],
  ])('%s', async (_, cause, calls, expected) => {
    const { held, source, pass } = bench();
    held.onCall = () => Promise.reject(cause);
    const caller = ended(source.getToken());
    await pass(5_000);
    const error = (await caller) as TokenAcquisitionError;
    expect(error).toBeInstanceOf(TokenAcquisitionError);
    expect(error).toMatchObject({ provider: 'sdk', phase: 'token request', ...expected, cause });
    expect(held.calls).toHaveLength(calls);
    expect(error.message + inspect(error.toJSON())).not.toContain('hunter2');
  });

  test('rejected credentials cool down, longer each time, and a valid token stays in use', async () => {
    const { held, source, pass, told } = bench();
    held.onCall = () => ({ accessToken: 'T1', expiresInSeconds: 3_600 });
    await source.getToken();
    await pass(55 * MINUTE);
    held.onCall = () => Promise.reject(thrown({ status: 401 }));
    for (let request = 0; request < 100; request += 1) {
      expect(await ended(source.getToken())).toBe('T1');
      await pass(100);
    }
    expect(held.calls.length).toBeLessThanOrEqual(1 + 2);
    await pass(HOUR);
    expect(await ended(source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    expect(told('refreshFailed')[0]).toMatchObject({ severity: 'error', stillServing: true });
  });

  test('while it cools down callers fail at once, and no message mentions a token endpoint', async () => {
    const { held, source, settle } = bench({
      provider: { rejectedCredentialsAdvice: 'Look at the console.' },
    });
    held.onCall = () => Promise.reject(thrown({ credentialsRejected: true }));
    await ended(source.getToken());
    const error = (await ended(source.getToken())) as TokenAcquisitionError;
    await settle();
    expect(error.phase).toBe('cooling down');
    expect(error.message).toBe(
      'sdk: acquireToken says that the credentials were rejected. Look at the console. No further attempt for 4 s.',
    );
    expect(held.calls).toHaveLength(1);
  });

  test('a synchronous throw counts like any other error', async () => {
    const { source } = bench({
      provider: {
        acquireToken: () => {
          throw thrown({});
        },
      },
    });
    expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_REQUEST_REFUSED' });
  });

  test('a misconfiguration error is passed on as it is', async () => {
    const cause = new MisconfigurationError({ option: 'x', problem: 'is wrong', remedy: 'Mend.' });
    const { source } = bench({ provider: { acquireToken: () => Promise.reject(cause) } });
    expect(await ended(source.getToken())).toBe(cause);
  });
});

describe('what it returns is checked, and quoted nowhere', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'has no access token. Return the token itself'],
    ['null, as some SDKs do', null, 'has no access token'],
    ['an object without one', { token: 'hunter2' }, 'has no access token'],
    ['a number', 42, 'is not a string'],
    ['a line break behind it', 'hunter2\n', 'whitespace around it. Trim it'],
    ['another type', { accessToken: 'hunter2', tokenType: 'DPoP' }, 'of the type DPoP'],
    ['one that is over', { accessToken: 'hunter2', expiresAt: 1_700_000_000 }, 'already expired'],
  ])('%s', async (_, value, words) => {
    const { held, source } = bench();
    held.onCall = () => value;
    const error = (await ended(source.getToken())) as TokenAcquisitionError;
    expect(error).toMatchObject({ code: 'ERR_TOKEN_RESPONSE_MALFORMED', retryable: false });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
    expect(held.calls).toHaveLength(1);
  });
});

describe('with a shared store', () => {
  test('it needs a cacheIdentity, and on Redis a storeKey: creation names what is missing', () => {
    const create = (store: SharedStore, cacheIdentity?: string) =>
      bench({ store, cacheIdentity }).source;
    const redis = () =>
      createRedisStore({ evalsha: () => Promise.resolve([]), eval: () => Promise.resolve([]) });
    expect(() => create(createMemoryStore())).toThrow(
      /options\.cacheIdentity is missing\. .*acquireToken.* storeKey/,
    );
    expect(() => create(redis())).toThrow(/cacheIdentity is missing/);
    expect(() => create(redis(), 'acme')).toThrow(/storeKey/);
    expect(() => create(createMemoryStore(), 'acme')).not.toThrow();
  });

  test('processes share one call and one token, under the name, and each set of parameters its own', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock });
    const one = bench({ clock, store, cacheIdentity: 'acme' });
    const two = bench({ clock, store, cacheIdentity: 'acme' });
    const other = bench({ clock, store, cacheIdentity: 'other' });
    for (const { held } of [one, two, other]) held.onCall = () => 'T1';
    const tokens = [one, two].map(({ source }) => ended(source.getToken()));
    await clock.advanceAsync(2_000);
    expect(await Promise.all(tokens)).toEqual(['T1', 'T1']);
    expect(one.held.calls.length + two.held.calls.length).toBe(1);

    await other.source.getToken();
    await one.source.getToken({ params: { tenant: 'north' } });
    expect(other.held.calls).toHaveLength(1);
    expect(one.held.calls.at(-1)?.params).toEqual({ tenant: 'north' });
  });

  test('a failure is shared: the others leave it alone too', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock });
    const [one, two] = [0, 1].map(() => bench({ clock, store, cacheIdentity: 'acme' }));
    one!.held.onCall = () => Promise.reject(Object.assign(new Error('no'), { status: 401 }));
    two!.held.onCall = () => 'T1';
    expect(await ended(one!.source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    await clock.advanceAsync(10);
    expect(await ended(two!.source.getToken())).toBeInstanceOf(CredentialsRejectedError);
    expect(two!.held.calls).toHaveLength(0);
  });
});

describe('a definition with acquireToken', () => {
  const acquireToken = () => 'T1';
  const definition: TokenFunctionDefinition = {
    name: 'sdk',
    baseURL: 'https://api.acme.test',
    acquireToken,
  };

  test.each([
    ['credentials', {}],
    ['credentialFields', {}],
    ['tokenRequest', () => ({ url: '/token' })],
    ['parseToken', () => ({ accessToken: 'x' })],
    ['classifyFailure', () => undefined],
    ['diagnose', () => ({})],
  ])('has no %s beside it', (option, value) => {
    expect(() => defineProvider({ ...definition, [option]: value } as never)).toThrow(
      `sdk: ${option} cannot be combined with acquireToken`,
    );
  });

  test.each([[null], ['a token']])('has it as a function, not as %j', (value) => {
    expect(() => defineProvider({ ...definition, acquireToken: value } as never)).toThrow(
      'sdk: acquireToken is not a function. Pass a function',
    );
  });

  test('cannot be combined with `transport`, which is for token endpoints', () => {
    expect(() => createTokenSource(defineProvider(definition), { transport: {} })).toThrow(
      'sdk: options.transport has no effect on acquireToken, which makes its own calls.',
    );
  });

  test('may be made of another one', () => {
    const provider = defineProvider(definition);
    const other = defineProvider({ ...provider, name: 'other' });
    expect(other).toMatchObject({ name: 'other', acquireToken });
  });

  test('is checked like any other', () => {
    expect(() => defineProvider({ ...definition, baseURL: 'http://api.acme.test' })).toThrow(
      'plain http',
    );
    expect(() => defineProvider({ ...definition, tokenBudget: { calls: 0, windowMs: 1 } })).toThrow(
      'tokenBudget',
    );
  });

  test('excludes the members of a token endpoint in the types as well', () => {
    // @ts-expect-error -- one or the other
    const both: TokenFunctionDefinition = { ...definition, tokenRequest: () => ({ url: '/' }) };
    expect(both).toHaveProperty('tokenRequest');
  });
});
