import { describe, expect, it, test } from '@jest/globals';

import { createTokenSource } from '../../src/axios/create-token-source.js';
import { oauth2, type OAuth2Options } from '../../src/oauth/index.js';
import { createFakeTokenEndpoint, type FakeTokenCall } from '../../src/testing/index.js';
import { serve } from '../setup/loopback-server.js';
import { keys, pemOf } from './key-samples.js';
import { createRunningClock } from './running-clock.js';

const ISSUER = 'https://idp.example/tenant';
const RFC8414 = 'https://idp.example/.well-known/oauth-authorization-server/tenant';
const OPENID = `${ISSUER}/.well-known/openid-configuration`;
const TOKEN_URL = 'https://tokens.example/token';
const METADATA = { issuer: ISSUER, token_endpoint: TOKEN_URL };
const RESOURCE = 'https://api.example/v1';
const AT_RESOURCE = 'https://api.example/.well-known/oauth-protected-resource/v1';

type Answers = Readonly<Record<string, [status: number, body?: unknown, headers?: object]>>;

/** A network where each address has one answer, and the token endpoint issues tokens. */
function bench(answers: Answers, options: object = {}) {
  const clock = createRunningClock();
  const endpoint = createFakeTokenEndpoint({ clock });
  const pages = { ...answers };
  endpoint.onCall = (call: FakeTokenCall) => {
    const [status, body, headers] = pages[call.url] ?? [404, {}];
    if (call.method === 'POST') call.issue();
    else call.answer(status, body, headers as Record<string, string>);
  };
  const provider = oauth2({
    ...{ baseURL: 'https://api.example', clientId: 'crm', clientSecret: 's3cret' },
    ...('protectedResource' in options ? {} : { issuer: ISSUER }),
    ...options,
  } as OAuth2Options);
  const { adapter } = endpoint;
  const source = createTokenSource(provider, { clock, random: () => 0, transport: { adapter } });
  const urls = () => endpoint.calls.map(({ method, url }) => `${method} ${url}`);
  return { clock, endpoint, pages, source, urls };
}

describe('the token endpoint is found', () => {
  test('by RFC 8414', async () => {
    const { source, urls } = bench({ [RFC8414]: [200, METADATA] });
    await source.getToken();

    expect(urls()).toEqual([`GET ${RFC8414}`, `POST ${TOKEN_URL}`]);
  });

  test('by OpenID Connect Discovery, if the server does not support RFC 8414', async () => {
    const { source, urls } = bench({ [OPENID]: [200, METADATA] });
    await source.getToken();

    expect(urls()).toEqual([`GET ${RFC8414}`, `GET ${OPENID}`, `POST ${TOKEN_URL}`]);
  });

  test('at its alias for clients with certificates (RFC 8705, section 5)', async () => {
    const alias = 'https://mtls.example/token';
    const metadata = { ...METADATA, mtls_endpoint_aliases: { token_endpoint: alias } };
    const { source, urls } = bench(
      { [RFC8414]: [200, metadata] },
      { clientSecret: undefined, clientAuthentication: 'tls_client_auth' },
    );
    await source.getToken();

    expect(urls().at(-1)).toBe(`POST ${alias}`);
  });

  const options = { protectedResource: RESOURCE, issuers: ['https://other.example', ISSUER] };
  const resource = { resource: RESOURCE, authorization_servers: ['https://evil.example', ISSUER] };

  test("by the resource_metadata of the API's 401 (RFC 9728)", async () => {
    const own = 'https://api.example/metadata';
    const challenge = {
      'www-authenticate': `Bearer error="invalid_token", resource_metadata="${own}"`,
    };
    const { source, urls } = bench(
      { [RESOURCE]: [401, {}, challenge], [own]: [200, resource], [RFC8414]: [200, METADATA] },
      options,
    );
    await source.getToken();

    expect(urls()).toEqual(
      [RESOURCE, own, RFC8414].map((url) => `GET ${url}`).concat(`POST ${TOKEN_URL}`),
    );
  });

  test('by the well-known address of the API, if its 401 names none', async () => {
    const { source, urls } = bench(
      { [RESOURCE]: [401], [AT_RESOURCE]: [200, resource], [RFC8414]: [200, METADATA] },
      options,
    );
    await source.getToken();

    expect(urls()).toContain(`GET ${AT_RESOURCE}`);
  });
});

describe('the metadata is kept', () => {
  const count = (urls: readonly string[]) => urls.filter((url) => url.startsWith('GET')).length;

  test('for an hour, and for all tokens that are asked for at once', async () => {
    const { clock, source, urls } = bench({ [RFC8414]: [200, METADATA] });
    const scopes = ['a', 'b', 'c'].map((scope) => source.getToken({ params: { scope } }));
    await Promise.all(scopes);
    clock.skip(3_500_000);
    await source.getToken();
    expect(count(urls())).toBe(1);

    clock.skip(200_000);
    await source.getToken({ params: { scope: 'd' } });
    expect(count(urls())).toBe(2);
  });

  test('for a day while they cannot be reached, and no longer', async () => {
    const { clock, pages, source } = bench({ [RFC8414]: [200, METADATA] });
    await source.getToken();
    pages[RFC8414] = [503];
    clock.skip(80_000_000);
    await source.getToken();

    clock.skip(10_000_000);
    await expect(source.getToken()).rejects.toMatchObject({ status: 503 });
  });

  test('not, once they name another issuer', async () => {
    const { clock, pages, source } = bench({ [RFC8414]: [200, METADATA] });
    await source.getToken();
    pages[RFC8414] = [200, { ...METADATA, issuer: 'https://evil.example' }];
    clock.skip(4_000_000);

    await expect(source.getToken()).rejects.toMatchObject({ option: 'issuer' });
  });

  test('by each refresh for itself, where the one that reads them fails', async () => {
    const { endpoint, source } = bench({ [RFC8414]: [200, METADATA] });
    endpoint.failNext(1, { status: 400 });

    const [one, two] = await Promise.allSettled(
      ['a', 'b'].map((scope) => source.getToken({ params: { scope } })),
    );
    // A 400 says that there is nothing at the first address, and then there is nothing at the second.
    expect([one!.status, two!.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('is refused by name, and no secret goes out', () => {
  const KEY = { method: 'private_key_jwt', key: pemOf(keys.ES256) };
  const resource = { resource: RESOURCE, authorization_servers: [ISSUER] };
  const at = { protectedResource: RESOURCE, issuers: [ISSUER] };

  it.each<[string, Answers, object, string, RegExp]>([
    [
      'another issuer',
      { [RFC8414]: [200, { ...METADATA, issuer: `${ISSUER}/` }] },
      {},
      'issuer',
      /tenant is not the issuer that its metadata names \(https:\/\/idp\.example\/tenant\/\)/,
    ],
    ['no metadata', {}, {}, 'issuer', /has no metadata at \S+ or \S+openid-configuration/],
    ['a redirect', { [RFC8414]: [302, {}, { location: OPENID }] }, {}, 'issuer', /has no metadata/],
    ['a page', { [RFC8414]: [200, '<html>'] }, {}, 'issuer', /is not the issuer.*\(none\)/],
    [
      'no token endpoint',
      { [RFC8414]: [200, { issuer: ISSUER }] },
      {},
      'issuer',
      /names no token endpoint/,
    ],
    [
      'a token endpoint over http',
      { [RFC8414]: [200, { ...METADATA, token_endpoint: 'http://idp.example/token' }] },
      {},
      `the token endpoint that ${ISSUER} names`,
      /plain http/,
    ],
    [
      'another method',
      {
        [RFC8414]: [
          200,
          { ...METADATA, token_endpoint_auth_methods_supported: ['private_key_jwt'] },
        ],
      },
      {},
      'clientAuthentication',
      /is client_secret_basic.*Use one of: private_key_jwt/,
    ],
    [
      'another algorithm',
      {
        [RFC8414]: [
          200,
          { ...METADATA, token_endpoint_auth_signing_alg_values_supported: ['RS256'] },
        ],
      },
      { clientSecret: undefined, clientAuthentication: KEY },
      'clientAuthentication.algorithm',
      /is ES256.*Use one of: RS256/,
    ],
    [
      'metadata of the API elsewhere',
      {
        [RESOURCE]: [
          401,
          {},
          { 'www-authenticate': 'Bearer resource_metadata="http://169.254.169.254/latest"' },
        ],
      },
      at,
      'protectedResource',
      /at another origin/,
    ],
    [
      'no metadata of the API',
      { [RESOURCE]: [401] },
      at,
      'protectedResource',
      /has no metadata at \S+ \(status 404\)/,
    ],
    [
      'metadata of another API',
      { [AT_RESOURCE]: [200, { ...resource, resource: 'https://api.example/v2' }] },
      at,
      'protectedResource',
      /is not the resource that its metadata names \(https:\/\/api\.example\/v2\)/,
    ],
    [
      'an API whose issuers are not trusted',
      { [AT_RESOURCE]: [200, { ...resource, authorization_servers: ['https://evil.example'] }] },
      at,
      'protectedResource',
      /it names https:\/\/evil\.example/,
    ],
  ])('%s', async (_, answers, options, option, message) => {
    const { endpoint, source } = bench(answers, options);

    await expect(source.getToken()).rejects.toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      option,
      message: expect.stringMatching(message),
    });
    expect(endpoint.calls.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('is not asked for again for 30 s, and then it is', async () => {
    const { clock, pages, source, urls } = bench({});
    await expect(source.getToken()).rejects.toThrow(/has no metadata/);
    await expect(source.getToken()).rejects.toThrow(/has no metadata/);
    expect(urls()).toHaveLength(2);

    pages[RFC8414] = [200, METADATA];
    clock.skip(30_000);
    await source.getToken();
  });

  test('a document of 5 MB', async () => {
    const issuer = await serve(
      (_request, response) =>
        void response.end(JSON.stringify({ ...METADATA, padding: 'x'.repeat(5_000_000) })),
    );
    const client = { clientId: 'crm', clientSecret: 's3cret' };
    const source = createTokenSource(oauth2({ baseURL: issuer, issuer, ...client }));

    await expect(source.getToken()).rejects.toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      message: expect.stringContaining(
        `the metadata at ${issuer}/.well-known/oauth-authorization-server is longer than 1 MB`,
      ),
    });
  });
});

test('an assertion is for the issuer that was found', async () => {
  const { endpoint, source } = bench(
    { [RFC8414]: [200, METADATA] },
    {
      clientSecret: undefined,
      clientAuthentication: { method: 'private_key_jwt', key: pemOf(keys.ES256) },
    },
  );
  await source.getToken();

  const [, claims = ''] = new URLSearchParams(endpoint.lastCall.body)
    .get('client_assertion')!
    .split('.');
  expect(JSON.parse(atob(claims))).toMatchObject({ aud: ISSUER });
});
