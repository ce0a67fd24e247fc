import { describe, expect, it } from '@jest/globals';

import { createProviderClient, type Provider, type ResourceRequest } from '../../src/index.js';
import { exotel, oauth2ClientCredentials } from '../../src/providers/index.js';
import { nock } from '../setup/nock.js';

/*
 * Many APIs say "expired" by a 403, or in a 200: https://github.com/n8n-io/n8n/issues/17450. Every provider takes the test
 * that tells.
 */

const HOST = 'http://127.0.0.1:9';

type Test = NonNullable<Provider['isTokenRejection']>;

const oauth2 = (isTokenRejection: Test) =>
  oauth2ClientCredentials({
    baseURL: HOST,
    tokenUrl: `${HOST}/token`,
    clientId: 'client',
    clientSecret: 'fake-secret',
    isTokenRejection,
  });

/** An API that rejects the first token with a 403. */
function anAPI(tokenPath: string, tokenAnswer: (token: string) => object) {
  let issued = 0;
  nock(HOST)
    .post(tokenPath)
    .times(2)
    .reply(200, () => tokenAnswer(`token-${(issued += 1)}`));
  nock(HOST, { reqheaders: { authorization: 'Bearer token-1' } })
    .post('/things?page=2')
    .reply(403, { message: 'The incoming token has expired' });
  nock(HOST, { reqheaders: { authorization: 'Bearer token-2' } })
    .post('/things?page=2')
    .reply(200, { ok: true });
}

describe('a test for rejected tokens as an option of a provider', () => {
  const said403: Test = ({ status }) => status === 403;
  const providers: [string, string, Provider<any>, (token: string) => object][] = [
    ['oauth2', '/token', oauth2(said403), (token) => ({ access_token: token })],
    [
      'exotel',
      '/v2/accounts/sid/configuration/basicauth',
      exotel({
        accountSid: 'sid',
        apiKey: 'fake-key',
        apiToken: 'fake-token',
        baseURL: HOST,
        isTokenRejection: said403,
      }),
      (token) => ({ response: { data: { access_token: token } } }),
    ],
  ];

  it.each(providers)('heals what it says: %s', async (_, tokenPath, provider, tokenAnswer) => {
    anAPI(tokenPath, tokenAnswer);
    const http = createProviderClient(provider);

    const { data } = await http.post('/things?page=2', { a: 1 });
    expect(data).toEqual({ ok: true });
  });

  it('is told the request, so that it can tell one endpoint from another', async () => {
    const told: ResourceRequest[] = [];
    const provider = oauth2(({ status }, request) => {
      told.push(request);
      return status === 403 && request.url.includes('/things');
    });
    anAPI('/token', (token) => ({ access_token: token }));

    await createProviderClient(provider).post('/things?page=2', { a: 1 });
    expect(told[0]).toEqual({ method: 'POST', url: `${HOST}/things?page=2` });
  });
});
