import { afterAll, beforeAll, describe, expect, it, jest, test } from '@jest/globals';
import { Agent } from 'node:https';
import { decodeJwt } from 'jose';

import { createTokenSource } from '../../../src/index.js';
import { oauth2 } from '../../../src/oauth/index.js';
import { algorithms, keys, pemOf } from '../key-samples.js';
import { createAuthority } from './certificates.js';
import { LIFE_SECONDS, SECRET, startOIDCServer, type OIDCServer } from './oidc-server.js';
import { storm } from './storm.js';

/* A real authorization server, oidc-provider, over real HTTP. */

let server: OIDCServer;

beforeAll(async () => {
  // It warns about settings that are for development.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  server = await startOIDCServer();
});
afterAll(() => server.close());

const provider = (options: object, { origin } = server) =>
  oauth2({ baseURL: origin, issuer: origin, ...options });

/** Runs the storm and tells it together with the token calls that the server got. */
async function stormed(options: object) {
  const before = server.tokenCalls.length;
  const report = await storm(provider(options), { lifeMs: LIFE_SECONDS * 1000 });
  const calls = server.tokenCalls.slice(before);
  return { report: { ...report, tokenCalls: calls.length }, calls };
}

const THREE_LIVES = { requests: 1_000, failed: 0, tokenCalls: 3 };

describe('1,000 requests over three lives of a token make three token calls, and none fails', () => {
  it.each<[string, object]>([
    ['client_secret_basic', { clientSecret: `${SECRET} +%:` }],
    ['client_secret_post', { clientSecret: SECRET, clientAuthentication: 'client_secret_post' }],
    ['client_secret_jwt', { clientSecret: SECRET, clientAuthentication: 'client_secret_jwt' }],
  ])('with %s', async (clientId, options) => {
    expect((await stormed({ clientId, ...options })).report).toEqual(THREE_LIVES);
  });

  it.each(algorithms)(
    'with private_key_jwt and %s, each time with another jti',
    async (algorithm) => {
      const key = pemOf(keys[algorithm]);
      const clientAuthentication = { method: 'private_key_jwt', key, algorithm, keyId: 'k1' };
      const clientId = `private_key_jwt ${algorithm}`;
      const { report, calls } = await stormed({ clientId, clientAuthentication });

      expect(report).toEqual(THREE_LIVES);
      const jtis = calls.map((params) => decodeJwt(params.get('client_assertion')!).jti);
      expect(new Set(jtis).size).toBe(3);
    },
  );

  it('with a resource indicator (RFC 8707)', async () => {
    const options = {
      clientId: 'client_secret_post',
      clientSecret: SECRET,
      resource: 'urn:things',
    };
    const clientAuthentication = 'client_secret_post';
    const { report, calls } = await stormed({ ...options, clientAuthentication, scope: 'read' });

    expect(report).toEqual(THREE_LIVES);
    expect(calls[0]!.get('resource')).toBe('urn:things');
  });

  it.each([
    ['that asks for no nonce', false, THREE_LIVES],
    ['that asks for nonces, for one more call', true, { ...THREE_LIVES, tokenCalls: 4 }],
  ])('with DPoP (RFC 9449) at a server %s', async (_, requiresNonce, expected) => {
    server.requiresNonce = requiresNonce;
    const options = { clientId: 'client_secret_basic', clientSecret: `${SECRET} +%:`, dpop: true };

    expect((await stormed(options)).report).toEqual(expected);
    server.requiresNonce = false;
  });

  it('with none, for the refresh token of a public client', async () => {
    const grant = { type: 'refresh_token', refreshToken: await server.refreshToken() };

    expect((await stormed({ clientId: 'none', grant })).report).toEqual(THREE_LIVES);
  });
});

test('the way to authenticate that the server excludes for a client is a typed error with advice', async () => {
  const source = createTokenSource(
    provider({ clientId: 'client_secret_jwt', clientSecret: SECRET }),
  );

  await expect(source.getToken()).rejects.toMatchObject({
    code: 'ERR_CREDENTIALS_REJECTED',
    message: expect.stringContaining("try another clientAuthentication: 'client_secret_post'"),
  });
});

test('a resource that the server does not know is refused by name', async () => {
  const clientAuthentication = 'client_secret_post';
  const client = { clientId: 'client_secret_post', clientSecret: SECRET, clientAuthentication };
  const source = createTokenSource(provider({ ...client, resource: 'urn:others' }));

  await expect(source.getToken()).rejects.toMatchObject({ name: 'TokenAcquisitionError' });
});

describe('mutual TLS', () => {
  it('gets tokens with the certificate of the connection and no secret; without it, the error names the agent', async () => {
    const authority = await createAuthority();
    const identity = await authority.issue('127.0.0.1');
    const client = await authority.issue('crm');
    const tlsServer = await startOIDCServer({ ...identity, ca: authority.cert });
    const given = provider(
      { clientId: 'tls_client_auth', clientAuthentication: 'tls_client_auth' },
      tlsServer,
    );
    const httpsAgent = new Agent({ ca: authority.cert, ...client });
    const stranger = new Agent({ ca: authority.cert });
    try {
      const source = createTokenSource(given, { transport: { httpsAgent } });
      expect((await source.getToken()).value).toMatch(/^\S{20,}$/);
      expect([...tlsServer.tokenCalls[0]!.keys()].sort()).toEqual(['client_id', 'grant_type']);

      const without = createTokenSource(given, { transport: { httpsAgent: stranger } });
      await expect(without.getToken()).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS_REJECTED',
        message: expect.stringContaining('transport.httpsAgent'),
      });
    } finally {
      httpsAgent.destroy();
      stranger.destroy();
      await tlsServer.close();
    }
  });
});
