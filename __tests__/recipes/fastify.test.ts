import { expect, test } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';
import Fastify, { type FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

import {
  createProviderClient,
  createTokenSource,
  MisconfigurationError,
  TokenAcquisitionError,
  type Provider,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeTokenEndpoint, type SandboxEcho } from '../../src/testing/index.js';
import { ECHO, providerOf, useOAuth2 } from '../axios/support.js';

declare module 'fastify' {
  interface FastifyInstance {
    things: AxiosInstance;
  }
}

const server = useOAuth2();

interface ThingsOptions {
  readonly provider: () => Provider;
}

/* eslint-disable @typescript-eslint/require-await -- Fastify tells plugins and hooks with a promise from those with a callback. */

/** As in docs/recipes/fastify.md, with the provider as an option. */
async function decorateWithThings(app: FastifyInstance, { provider }: ThingsOptions) {
  const tokens = createTokenSource(provider());
  app.decorate('things', createProviderClient(tokens, { timeout: 5_000 }));
  app.addHook('onClose', async () => tokens.close());
}

const thingsApi = fp<ThingsOptions>((app, options) => decorateWithThings(app, options), {
  name: 'things-api',
});

async function appWith(provider = () => providerOf(server)): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(thingsApi, { provider });
  app.get('/things', async () => (await app.things.get<SandboxEcho>(ECHO)).data.token);
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof TokenAcquisitionError)) throw error;
    return reply.code(503).send({ code: error.code });
  });
  return app;
}

test('twenty visitors at once cost one token call, and one more when the token is revoked', async () => {
  const app = await appWith();
  const url = `${await app.listen()}/things`;
  const visits = () => Promise.all(Array.from({ length: 20 }, () => axios.get<string>(url)));

  await visits();
  server.revokeTokens();
  const answers = await visits();

  expect(new Set(answers.map(({ data }) => data))).toEqual(new Set([server.issuedTokens[1]]));
  expect(server.tokenCalls).toBe(2);
  await app.close();
});

test('a visitor who waits for a token while the app closes is answered, and then the source is closed', async () => {
  const app = await appWith();
  const url = `${await app.listen()}/things`;
  const hold = server.tokenEndpoint.holdNext();
  const visitor = axios.get<string>(url, { headers: { connection: 'close' } });
  await hold.arrived;

  const closed = app.close();
  hold.release();

  expect((await visitor).data).toBe(server.issuedTokens[0]);
  await closed;
  await expect(app.things.get(ECHO)).rejects.toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
});

test('a wrong option rejects the registration', async () => {
  const misconfigured = () =>
    oauth2ClientCredentials({ ...server.credentials, baseURL: 'no URL', tokenUrl: '/token' });
  await expect(appWith(misconfigured)).rejects.toThrow(MisconfigurationError);
});

test('the error handler sees the failed token call', async () => {
  const app = await appWith();
  server.tokenEndpoint.fail({ status: 400, body: { error: 'invalid_client' } });
  const { statusCode, body } = await app.inject('/things');
  expect([statusCode, body]).toEqual([503, '{"code":"ERR_CREDENTIALS_REJECTED"}']);
  await app.close();
});

test('a provider for a fake token endpoint takes the place of the real one', async () => {
  await using endpoint = createFakeTokenEndpoint();
  const { credentials, url } = server;
  const tokenUrl = await endpoint.listen();
  const app = await appWith(() =>
    oauth2ClientCredentials({ ...credentials, baseURL: url, tokenUrl }),
  );
  // The API knows no token of that endpoint, so it is asked for another one.
  expect((await app.inject('/things')).statusCode).toBe(401);
  expect([endpoint.calls.length, server.tokenCalls]).toEqual([2, 0]);
  await app.close();
});

test('without fastify-plugin the client stays inside the plugin', async () => {
  const app = Fastify();
  await app.register(decorateWithThings, { provider: () => providerOf(server) });
  expect(app.hasDecorator('things')).toBe(false);
  await app.close();
});
