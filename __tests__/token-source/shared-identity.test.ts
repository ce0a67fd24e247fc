import { expect, test } from '@jest/globals';

import type { Provider } from '../../src/grants/define-provider.js';
import * as providers from '../../src/providers/index.js';
import { tokenIdentity } from '../../src/token-source/identity.js';
import { acme, ACME } from './hand-held.js';

const credentials = { clientId: 'an id', clientSecret: 'a secret' };

async function identityOf(provider: unknown, params = {}, cacheIdentity?: string) {
  const known = provider as Provider;
  const signal = new AbortController().signal;
  const resolved = await known.resolveCredentials({ params, signal });
  return tokenIdentity(known, resolved, params, cacheIdentity);
}

const oauth2 = (changes: object = {}) =>
  providers.oauth2ClientCredentials({
    ...credentials,
    baseURL: 'https://api.example.com',
    tokenUrl: 'https://auth.example.com/token',
    ...changes,
  });

test('parts the credentials by what the provider calls secret', async () => {
  expect(await identityOf(oauth2())).toMatchObject({
    provider: 'oauth2',
    tokenUrl: 'https://auth.example.com/token',
    publicParts: [['clientId', 'an id']],
    secretParts: [['clientSecret', 'a secret']],
    paramsKey: '',
    cacheIdentity: undefined,
  });
});

test('takes what the provider does not know for a secret', () => {
  const identity = tokenIdentity(
    acme(),
    { ...credentials, extra: 'x', toString: 'y', nested: { z: 1 }, left: undefined },
    {},
    undefined,
  );
  expect(identity.publicParts).toEqual([['clientId', 'an id']]);
  expect(identity.secretParts.map(([name]) => name)).toEqual([
    'clientSecret',
    'extra',
    'nested',
    'toString',
  ]);
});

test.each([
  ['another secret', oauth2({ clientSecret: 'another' }), {}],
  ['another client', oauth2({ clientId: 'another' }), {}],
  ['another token URL', oauth2({ tokenUrl: 'https://auth.example.com/other' }), {}],
  ['another name', oauth2({ name: 'other' }), {}],
  ['a scope that is fixed in the provider', oauth2({ scope: 'read' }), {}],
  ['an audience that is fixed in the provider', oauth2({ audience: 'api' }), {}],
  ['a resource that is fixed in the provider', oauth2({ resource: ['https://r.example'] }), {}],
  ['an extra parameter', oauth2({ extraParams: { tenant: 't' } }), {}],
  ['another client authentication', oauth2({ clientAuthentication: 'client_secret_post' }), {}],
  ['a scope of the request', oauth2(), { scope: 'read' }],
  ['an audience of the request', oauth2(), { audience: 'api' }],
])('behaviour 39: %s makes another identity', async (_, provider, params) => {
  const plain = JSON.stringify(await identityOf(oauth2()));
  expect(JSON.stringify(await identityOf(provider, params))).not.toBe(plain);
});

test('the same parameters in another order make the same identity', async () => {
  const provider = acme({
    tokenRequest: ({ clientId }) => ({ url: '/token', body: { json: { clientId } } }),
  });
  const one = await identityOf(provider, { audience: 'api', scope: 'a b' });
  const two = await identityOf(provider, { scope: 'b a', audience: 'api' });
  expect(one).toEqual(two);
});

test('a name of the user stands for the secret and for the request', async () => {
  const identity = await identityOf(oauth2({ scope: 'read' }), {}, 'fleet');
  expect(identity).toMatchObject({ cacheIdentity: 'fleet', request: '' });
});

test('the order in which a provider writes its headers makes no other identity', () => {
  const asking = (headers: Record<string, string>) =>
    tokenIdentity(
      acme({ tokenRequest: () => ({ url: '/token', headers, body: { json: {} } }) }),
      ACME,
      {},
      undefined,
    );
  expect(asking({ b: '2', a: '1' })).toEqual(asking({ a: '1', b: '2' }));
  expect(asking({ b: '2', a: '1' })).not.toEqual(asking({ a: '2', b: '1' }));
});
