import { expect, it } from '@jest/globals';

import { createProviderClient, type ResourceRequest } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { nock } from '../setup/nock.js';

/*
 * Many APIs say "expired" by a 403, or in a 200: https://github.com/n8n-io/n8n/issues/17450. Every provider takes the test
 * that tells.
 */

const HOST = 'http://127.0.0.1:9';

/** An API that rejects the first token with a 403. */
function anAPI() {
  nock(HOST, { reqheaders: { authorization: 'Bearer fake-token-1' } })
    .post('/things?page=2')
    .reply(403, { message: 'The incoming token has expired' });
  nock(HOST, { reqheaders: { authorization: 'Bearer fake-token-2' } })
    .post('/things?page=2')
    .reply(200, { ok: true });
}

it('a test for rejected tokens heals what it says, and is told the request, so that it can tell one endpoint from another', async () => {
  const told: ResourceRequest[] = [];
  const provider = oauth2ClientCredentials({
    baseURL: HOST,
    tokenUrl: `${HOST}/token`,
    clientId: 'client',
    clientSecret: 'fake-secret',
    isTokenRejection({ status }, request) {
      told.push(request);
      return status === 403 && request.url.includes('/things');
    },
  });
  anAPI();
  const transport = { adapter: createFakeTokenEndpoint().adapter };
  const http = createProviderClient(provider, {}, { transport });

  const { data } = await http.post('/things?page=2', { a: 1 });
  expect(data).toEqual({ ok: true });
  expect(told[0]).toEqual({ method: 'POST', url: `${HOST}/things?page=2` });
});
