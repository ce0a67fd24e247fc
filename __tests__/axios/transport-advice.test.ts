import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import { join } from 'node:path';

import { createProviderClient, type TokenSourceOptions } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { acme, ended } from '../token-source/hand-held.js';
import { listening } from '../setup/loopback-server.js';

/*
 * Token calls have agents of their own. Where the API is reached and the token endpoint is not, that is often why: the error
 * has to say so, for the instance's settings look right.
 */

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../cli/fixtures', name));
const CERTIFICATE = fixture('self-signed-cert.pem');

let url: string;
beforeAll(async () => {
  const server = createServer(
    { key: fixture('self-signed-key.pem'), cert: CERTIFICATE },
    (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        request.url === '/token' ? '{"access_token":"token-1","expires_in":60}' : '{"ok":true}',
      );
    },
  );
  url = `https://127.0.0.1:${await listening(server)}`;
});

const client = (httpsAgent: Agent, options: TokenSourceOptions = {}) =>
  createProviderClient(
    oauth2ClientCredentials({
      baseURL: url,
      tokenUrl: `${url}/token`,
      clientId: 'client',
      clientSecret: 'fake-secret',
    }),
    { httpsAgent },
    { maxAttempts: 1, ...options },
  );

describe('a certificate that only the agent of the instance trusts', () => {
  test('leads to an error that names `transport`, and with the agent there to a token', async () => {
    const httpsAgent = new Agent({ ca: CERTIFICATE });

    await expect(client(httpsAgent).get('/things')).rejects.toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(
        /\(DEPTH_ZERO_SELF_SIGNED_CERT\)\. If your instance has an httpsAgent .* in `transport` too\.$/,
      ),
    });
    const { data } = await client(httpsAgent, { transport: { httpsAgent } }).get('/things');
    expect(data).toEqual({ ok: true });
    httpsAgent.destroy();
  });

  test('is looked for in the agent of `transport` where there is one', async () => {
    const httpsAgent = new Agent({ ca: CERTIFICATE });
    const trustsNone = client(httpsAgent, { transport: { httpsAgent: new Agent({ ca: [] }) } });

    await expect(trustsNone.get('/things')).rejects.toMatchObject({
      message: expect.stringContaining('Check the certificates that the httpsAgent in `transport`'),
    });
    httpsAgent.destroy();
  });
});

describe('a token endpoint that cannot be reached', () => {
  test('may be behind the proxy of the instance, as the error says', async () => {
    const nobody = acme({ baseURL: 'http://127.0.0.1:1' });
    const error = await ended(createTokenSource(nobody, { maxAttempts: 1 }).getToken());

    expect(error).toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(
        /the connection was refused\. If your instance has a proxy or an agent, .* `transport` too\.$/,
      ),
    });
  });

  test('is looked for nowhere else where token calls have an agent of their own', async () => {
    const nobody = acme({ baseURL: 'http://127.0.0.1:1' });
    const source = createTokenSource(nobody, { maxAttempts: 1, transport: { proxy: false } });

    expect(((await ended(source.getToken())) as Error).message).toMatch(
      /the connection was refused\.$/,
    );
  });
});
