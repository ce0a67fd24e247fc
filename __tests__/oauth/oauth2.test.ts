import { describe, expect, it, test } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';

import { createTokenSource } from '../../src/axios/create-token-source.js';
import { oauth2, type Grant } from '../../src/oauth/index.js';
import { createMemoryStore } from '../../src/store/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import type { FakeTokenCall } from '../../src/testing/index.js';
import { everythingShownOf, misconfiguration } from '../providers/conversation.js';
import { keys, pemOf } from './key-samples.js';
import { createRunningClock } from './running-clock.js';

const KEY = pemOf(keys.ES256);
const CLIENT = { clientId: 'crm', clientSecret: 'a secret that is long enough for HS256' };
const PRIVATE_KEY_JWT = { method: 'private_key_jwt', key: KEY, keyId: 'k1' } as const;

const provider = (changes: object = {}) =>
  oauth2({
    tokenUrl: 'https://idp.example/token',
    baseURL: 'https://api.example',
    ...CLIENT,
    ...changes,
  });

/** The same without a secret. */
const keyed = (changes: object = {}) =>
  provider({ clientSecret: undefined, clientAuthentication: PRIVATE_KEY_JWT, ...changes });

function bench(given = provider(), options: Parameters<typeof createTokenSource>[1] = {}) {
  const clock = createRunningClock();
  const endpoint = createFakeTokenEndpoint({ clock });
  const { adapter } = endpoint;
  const source = createTokenSource(given, {
    clock,
    random: () => 0,
    transport: { adapter },
    ...options,
  });
  return { clock, endpoint, source };
}

async function formOf(given: ReturnType<typeof provider>, params = {}) {
  const { endpoint, source } = bench(given);
  await source.getToken({ params });
  return Object.fromEntries(new URLSearchParams(endpoint.lastCall.body));
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type';

describe('the token request of a grant', () => {
  it.each<[string, Grant | undefined, object]>([
    ['client credentials', undefined, { grant_type: 'client_credentials' }],
    [
      'a JWT that something else signs',
      { type: 'jwt-bearer', assertion: () => Promise.resolve('signed elsewhere') },
      { grant_type: JWT_BEARER, assertion: 'signed elsewhere' },
    ],
    [
      'token exchange',
      {
        type: 'token-exchange',
        subjectToken: () => 'subject',
        subjectTokenType: 'jwt',
        actorToken: 'actor',
        actorTokenType: 'urn:example:own',
        requestedTokenType: 'access_token',
      },
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'subject',
        subject_token_type: `${TOKEN_TYPE}:jwt`,
        actor_token: 'actor',
        actor_token_type: 'urn:example:own',
        requested_token_type: `${TOKEN_TYPE}:access_token`,
      },
    ],
    [
      'a refresh token',
      { type: 'refresh_token', refreshToken: 'refresh' },
      { grant_type: 'refresh_token', refresh_token: 'refresh' },
    ],
  ])('%s', async (_, grant, form) => {
    expect(await formOf(provider({ grant }))).toEqual(form);
  });

  it('has scope, audience, resource and parameters of its own, and those of a call before them', async () => {
    const given = provider({
      scope: ['read', 'write'],
      audience: 'urn:api',
      resource: 'https://api.example/',
      extraParams: { tenant: 't1', grant_type: 'never', client_id: 'kept' },
    });

    expect(await formOf(given, { scope: 'admin' })).toEqual({
      grant_type: 'client_credentials',
      scope: 'admin',
      audience: 'urn:api',
      resource: 'https://api.example/',
      tenant: 't1',
      client_id: 'kept',
    });
  });

  it('has the assertion of a service account, with the scope in it, and no client', async () => {
    const { endpoint, source, clock } = bench(
      provider({
        clientId: undefined,
        clientSecret: undefined,
        scope: 'calendar',
        grant: {
          type: 'jwt-bearer',
          key: KEY,
          claims: { iss: 'robot@example.com', sub: 'ann@example.com' },
          scopeInClaims: true,
        },
      }),
    );
    await source.getToken();

    const form = Object.fromEntries(new URLSearchParams(endpoint.lastCall.body));
    expect(Object.keys(form)).toEqual(['grant_type', 'assertion']);
    const { payload } = await jwtVerify(form['assertion']!, createPublicKey(keys.ES256), {
      currentDate: new Date(clock.now()),
    });
    expect(payload).toMatchObject({
      iss: 'robot@example.com',
      sub: 'ann@example.com',
      aud: 'https://idp.example/token',
      scope: 'calendar',
      exp: payload.iat! + 60,
    });
  });

  it('authenticates a public client by its id alone', async () => {
    const grant: Grant = { type: 'refresh_token', refreshToken: 'refresh' };

    expect(await formOf(provider({ clientSecret: undefined, grant }))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
      client_id: 'crm',
    });
  });
});

describe('is refused at creation', () => {
  it.each<[string, object, string, RegExp]>([
    ['no place to find the token endpoint', { tokenUrl: undefined }, 'tokenUrl', /Pass one of/],
    ['two of them', { issuer: 'https://idp.example' }, 'tokenUrl', /cannot be combined/],
    ['plain http', { tokenUrl: 'http://idp.example/token' }, 'tokenUrl', /plain http/],
    [
      'an issuer over plain http',
      { tokenUrl: undefined, issuer: 'http://idp.example' },
      'issuer',
      /plain http/,
    ],
    [
      'an issuer with a query',
      { tokenUrl: undefined, issuer: 'https://idp.example/?a=b' },
      'issuer',
      /has a query/,
    ],
    [
      'a resource whose issuers are not named',
      { tokenUrl: undefined, protectedResource: 'https://api.example' },
      'issuers',
      /may get the credentials/,
    ],
    [
      'another grant',
      { grant: { type: 'password' } },
      'grant.type',
      /Use one of: client_credentials/,
    ],
    [
      'an option of another grant',
      { grant: { type: 'refresh_token', refreshToken: 'x', assertion: 'y' } },
      'grant.assertion',
      /not an option of this grant/,
    ],
    [
      'a token type that is missing',
      { grant: { type: 'token-exchange', subjectToken: 'hunter2' } },
      'grant.subjectTokenType',
      /is missing/,
    ],
    [
      'an assertion with a line break',
      { grant: { type: 'jwt-bearer', assertion: 'hunter2\n' } },
      'grant.assertion',
      /Trim it/,
    ],
    [
      'a key of another algorithm',
      { grant: { type: 'jwt-bearer', key: KEY, algorithm: 'RS256' } },
      'grant.key',
      /P-256, which cannot sign RS256/,
    ],
    [
      'a secret with white space',
      { clientSecret: 'hunter2 ' },
      'clientSecret',
      /ends with whitespace/,
    ],
    ['an option mistyped', { scopes: 'read' }, 'scopes', /Did you mean `scope`/],
  ])('%s', (_, changes, option, message) => {
    const error = misconfiguration(() => provider(changes));

    expect(error.option).toBe(option);
    expect(error.message).toMatch(message);
    expect(everythingShownOf(error)).not.toContain('hunter2');
  });
});

describe('an assertion', () => {
  const jtiOf = ({ body }: FakeTokenCall) =>
    decodeJwt(new URLSearchParams(body).get('client_assertion')!).jti;

  test('that is retried has another jti, and is made anew for the next token', async () => {
    const { clock, endpoint, source } = bench(keyed());
    endpoint.failNext(1, { status: 503 });
    await source.getToken();
    clock.skip(3_600_000);
    await source.getToken();

    expect(endpoint.calls).toHaveLength(3);
    expect(new Set(endpoint.calls.map(jtiOf)).size).toBe(3);
  });

  const OFF_MS = 600_000;
  const iatOf = ({ body }: FakeTokenCall) =>
    decodeJwt(new URLSearchParams(body).get('client_assertion')!).iat! * 1000;

  /** A server whose clock is ten minutes ahead, and which takes no assertion that has expired. */
  function strict(changes?: object) {
    const made = bench(keyed(changes));
    const serverNow = () => made.clock.now() + OFF_MS;
    made.endpoint.onCall = (call) => {
      const headers = { date: new Date(serverNow()).toUTCString() };
      if (Math.abs(iatOf(call) - serverNow()) < 30_000)
        call.answer(
          200,
          { access_token: `t${made.endpoint.calls.length}`, expires_in: 3600 },
          headers,
        );
      else call.answer(401, { error: 'invalid_client' }, headers);
    };
    return made;
  }

  test('refused because of the clock is made once more by the clock of the server, and later ones at once', async () => {
    const { clock, endpoint, source } = strict();
    expect((await source.getToken()).value).toBe('t2');
    clock.skip(3_600_000);

    expect((await source.getToken()).value).toBe('t3');
    expect(endpoint.calls).toHaveLength(3);
    expect(new Set(endpoint.calls.map(jtiOf)).size).toBe(3);
  });

  test('for another token at the same time, made before the clock was known, is made once more as well', async () => {
    const { endpoint, source } = strict();
    const tokens = await Promise.all(
      ['a', 'b'].map((scope) => source.getToken({ params: { scope } })),
    );

    expect(tokens.map(({ value }) => value).sort()).toEqual(['t3', 't4']);
    expect(endpoint.calls).toHaveLength(4);
  });

  test('refused while the clocks agree is not made again', async () => {
    const { clock, endpoint, source } = bench(keyed());
    const date = new Date(clock.now()).toUTCString();
    endpoint.fail({ status: 401, body: { error: 'invalid_client' }, headers: { date } });

    await expect(source.getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
      message: expect.stringContaining('knows the public key'),
    });
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('a refusal of the grant', () => {
  it('says what to do about it, and shows no secret', async () => {
    const grant: Grant = { type: 'refresh_token', refreshToken: 'refresh-token-1' };
    const { endpoint, source } = bench(provider({ grant }));
    const body = { error: 'invalid_grant', error_description: 'refresh-token-1 is unknown' };
    endpoint.fail({ status: 400, body });

    const error: unknown = await source.getToken().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
      message: expect.stringContaining('get a new one by logging in again'),
    });
    expect(everythingShownOf(error)).not.toContain('refresh-token-1');
    expect(endpoint.calls).toHaveLength(1);
  });
});

describe('credentials from a function', () => {
  it('are asked for before each token call, and checked', async () => {
    const secrets = ['one', 'two'];
    const { clock, endpoint, source } = bench(
      provider({
        clientId: undefined,
        clientSecret: undefined,
        credentials: () => ({ clientId: 'crm', clientSecret: secrets.shift() }),
      }),
    );
    await source.getToken();
    clock.skip(3_600_000);
    await source.getToken();
    const sent = endpoint.calls.map(({ headers }) => headers['authorization']);
    expect(sent).toEqual(['one', 'two'].map((secret) => `Basic ${btoa(`crm:${secret}`)}`));

    clock.skip(3_600_000);
    await expect(source.getToken()).rejects.toMatchObject({ option: 'clientSecret' });
  });
});

describe('a shared store', () => {
  const store = createMemoryStore();

  test('serves two sources with a client secret one token', async () => {
    const [one, two] = [bench(provider(), { store }), bench(provider(), { store })];

    const [first, second] = [await one.source.getToken(), await two.source.getToken()];

    expect(second.value).toBe(first.value);
    expect(two.endpoint.calls).toHaveLength(0);
  });

  test('needs a cacheIdentity where each request has its own assertion, and then serves one token', async () => {
    expect(() => bench(keyed(), { store })).toThrow(
      /cacheIdentity is missing.*credentialFields\.client_assertion is perCall/,
    );
    const options = { store, cacheIdentity: 'crm' };
    const [one, two] = [bench(keyed(), options), bench(keyed(), options)];

    const [first, second] = [await one.source.getToken(), await two.source.getToken()];

    expect(second.value).toBe(first.value);
    expect(two.endpoint.calls).toHaveLength(0);
  });

  test.each<[string, object, string]>([
    ['a certificate', { clientAuthentication: 'tls_client_auth' }, 'client_certificate'],
    [
      'a subject token from a function',
      {
        clientAuthentication: 'none',
        grant: { type: 'token-exchange', subjectToken: () => 'a', subjectTokenType: 'jwt' },
      },
      'subject_token',
    ],
  ])('needs one for %s too, since nothing secret is there to encrypt with', (_, changes, field) => {
    expect(() => bench(provider({ clientSecret: undefined, ...changes }), { store })).toThrow(
      new RegExp(`cacheIdentity is missing.*credentialFields\\.${field} is perCall`),
    );
  });

  test('keeps the tokens of two refresh tokens apart', async () => {
    const [one, two] = ['r1', 'r2'].map((refreshToken) =>
      bench(provider({ grant: { type: 'refresh_token', refreshToken } }), { store }),
    );
    await one!.source.getToken();
    await two!.source.getToken();

    expect(two!.endpoint.calls).toHaveLength(1);
  });
});
