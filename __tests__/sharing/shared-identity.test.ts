import { expect, test } from '@jest/globals';

import type { TokenEndpointProvider } from '../../src/provider-definition/define-provider.js';
import * as providers from '../../src/providers/index.js';
import { acme, ACME, type AcmeCredentials } from '../token-source/hand-held.js';
import { identityOf } from './identity-of.js';

const credentials = { clientId: 'an id', clientSecret: 'a secret' };

async function ownIdentity(provider: unknown, params = {}, cacheIdentity?: string) {
  const known = provider as TokenEndpointProvider;
  const signal = new AbortController().signal;
  const resolved = await known.resolveCredentials({ params, signal });
  return identityOf(known, resolved, params, cacheIdentity);
}

const oauth2 = (changes: object = {}) =>
  providers.oauth2ClientCredentials({
    ...credentials,
    baseURL: 'https://api.example.com',
    tokenUrl: 'https://auth.example.com/token',
    ...changes,
  });

test('separates secret from public credentials, as the provider says', async () => {
  expect(await ownIdentity(oauth2())).toMatchObject({
    provider: 'oauth2',
    tokenUrl: 'https://auth.example.com/token',
    publicParts: [['clientId', 'an id']],
    secretParts: [['clientSecret', 'a secret']],
    paramsKey: '',
    cacheIdentity: undefined,
  });
});

test('treats an unknown credential as a secret', async () => {
  const given = { ...credentials, extra: 'x', toString: 'y', nested: { z: 1 }, left: undefined };
  const identity = await identityOf(acme(), given as never);
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
  const plain = JSON.stringify(await ownIdentity(oauth2()));
  expect(JSON.stringify(await ownIdentity(provider, params))).not.toBe(plain);
});

test('the same parameters in another order make the same identity', async () => {
  const provider = acme({
    tokenRequest: ({ clientId }) => ({ url: '/token', body: { json: { clientId } } }),
  });
  const one = await ownIdentity(provider, { audience: 'api', scope: 'a b' });
  const two = await ownIdentity(provider, { scope: 'b a', audience: 'api' });
  expect(one).toEqual(two);
});

test('the user’s own name replaces the secret and the request', async () => {
  const identity = await ownIdentity(oauth2({ scope: 'read' }), {}, 'fleet');
  expect(identity).toMatchObject({ cacheIdentity: 'fleet', request: '' });
});

test('credentials made fresh for each call are not part of the identity', async () => {
  const provider = acme({
    credentials: () => ACME,
    credentialFields: { clientId: {}, clientSecret: { secret: true, perCall: true } },
  });
  const identityWith = (clientSecret: string) =>
    identityOf<AcmeCredentials>(provider, { ...ACME, clientSecret }, {}, 'fleet');
  expect(await identityWith('assertion-1')).toEqual(await identityWith('assertion-2'));
});

test('the order of a provider’s headers does not change the identity', async () => {
  const asking = (headers: Record<string, string>) =>
    identityOf(
      acme({ tokenRequest: () => ({ url: '/token', headers, body: { json: {} } }) }),
      ACME,
    );
  expect(await asking({ b: '2', a: '1' })).toEqual(await asking({ a: '1', b: '2' }));
  expect(await asking({ b: '2', a: '1' })).not.toEqual(await asking({ a: '2', b: '1' }));
});
