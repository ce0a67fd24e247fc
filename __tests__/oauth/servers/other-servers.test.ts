import { describe, expect, it } from '@jest/globals';
import OAuth2NodeServer from '@node-oauth/oauth2-server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { RequestListener } from 'node:http';
import { OAuth2Server } from 'oauth2-mock-server';

import { oauth2 } from '../../../src/oauth/index.js';
import { serve } from '../../setup/loopback-server.js';
import { storm } from './storm.js';

/* More real authorization servers, over real HTTP. */

const LIFE_SECONDS = 600;
const LIFE = { lifeMs: LIFE_SECONDS * 1000 };

/** An API that asks about each token once. */
function api(isGood: (token: string) => Promise<boolean>): RequestListener {
  const known = new Map<string, Promise<boolean>>();
  return (request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (!known.has(token))
      known.set(
        token,
        isGood(token).catch(() => false),
      );
    void known.get(token)?.then((good) => response.writeHead(good ? 200 : 401).end());
  };
}

describe('1,000 requests over three lives of a token make three token calls, and none fails', () => {
  it('at oauth2-mock-server, found by its issuer', async () => {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    const issuer = server.issuer.url!;
    let tokenCalls = 0;
    server.service.on('beforeResponse', (response: { body: object }) => {
      tokenCalls += 1;
      response.body = { ...response.body, expires_in: LIFE_SECONDS };
    });
    const jwks = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    const origin = await serve(
      api(async (token) => (await jwtVerify(token, jwks, { issuer })).payload.iss === issuer),
    );
    const grant = { type: 'client_credentials' } as const;
    const provider = oauth2({
      ...{ baseURL: origin, issuer, grant, clientId: 'crm', clientAuthentication: 'none' },
    });

    expect({ ...(await storm(provider, LIFE)), tokenCalls }).toEqual({
      requests: 1_000,
      failed: 0,
      tokenCalls: 3,
    });
    await server.stop();
  });

  it('at @node-oauth/oauth2-server', async () => {
    const tokens = new Map<string, OAuth2NodeServer.Token>();
    const client = { id: 'crm', grants: ['client_credentials'] };
    const server = new OAuth2NodeServer({
      accessTokenLifetime: LIFE_SECONDS,
      model: {
        getClient: (id: string, secret: string) =>
          Promise.resolve(id === 'crm' && secret === 's3cret' ? client : false),
        getUserFromClient: () => Promise.resolve({ id: 'crm' }),
        saveToken: (token, owner, user) => {
          const saved = { ...token, client: owner, user };
          tokens.set(token.accessToken, saved);
          return Promise.resolve(saved);
        },
        getAccessToken: (token: string) => Promise.resolve(tokens.get(token) ?? false),
      },
    });
    const good = api(async (token) => {
      const request = { method: 'GET', headers: { authorization: `Bearer ${token}` }, query: {} };
      await server.authenticate(
        new OAuth2NodeServer.Request(request),
        new OAuth2NodeServer.Response({}),
      );
      return true;
    });
    const origin = await serve((request, response) => {
      if (request.url !== '/token') {
        good(request, response);
        return;
      }
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const body = Object.fromEntries(new URLSearchParams(text));
        const { method = '', headers } = request;
        const answer = new OAuth2NodeServer.Response({});
        void server
          .token(
            new OAuth2NodeServer.Request({
              method,
              headers: headers as Record<string, string>,
              query: {},
              body,
            }),
            answer,
          )
          .catch(() => undefined)
          .then(() => response.writeHead(answer.status ?? 500).end(JSON.stringify(answer.body)));
      });
    });
    const provider = oauth2({
      ...{ baseURL: origin, tokenUrl: `${origin}/token`, clientId: 'crm', clientSecret: 's3cret' },
    });

    expect({ ...(await storm(provider, LIFE)), tokenCalls: tokens.size }).toEqual({
      requests: 1_000,
      failed: 0,
      tokenCalls: 3,
    });
  });
});
