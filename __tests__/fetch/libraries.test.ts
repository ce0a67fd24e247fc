import { describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import ky from 'ky';
import { createFetch } from 'ofetch';
import createClient from 'openapi-fetch';
import * as undici from 'undici';

import { createBearerFetch } from '../../src/fetch/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import type { SandboxEcho } from '../../src/testing/index.js';
import { serve } from '../setup/loopback-server.js';
import { ECHO, fetchWithDeadToken, useOAuth2 } from './support.js';

const server = useOAuth2();

/** Both sends carried this JSON, and the second the new token. */
function expectHealed(json: unknown): void {
  expect(server.requests.map(({ token }) => token)).toEqual(server.issuedTokens);
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  for (const { body } of server.requests) expect(JSON.parse(body.toString())).toEqual(json);
}

const order = { id: 7 };

test('undici: its own fetch and classes', async () => {
  const api = await fetchWithDeadToken(server, { fetch: undici.fetch });
  const request = new undici.Request(server.url + ECHO, {
    method: 'POST',
    body: JSON.stringify(order),
  });
  expect((await api(request as never)).status).toBe(200);

  expectHealed(order);
});

test('ky: heals before its own retries see a 401, and takes `bearer` with the request', async () => {
  const api = ky.create({
    prefixUrl: server.url,
    fetch: await fetchWithDeadToken(server),
    retry: { limit: 3, methods: ['post'], statusCodes: [401] },
  });
  const echo = await api.post(ECHO.slice(1), { json: order }).json<SandboxEcho>();
  expect(echo.token).toBe(server.issuedTokens[1]);

  expectHealed(order);
  const opted = { bearer: false, retry: 0, throwHttpErrors: false } as object;
  expect((await api.get(ECHO.slice(1), opted)).status).toBe(401);
});

test('ofetch', async () => {
  const api = createFetch({ fetch: await fetchWithDeadToken(server) }).create({
    baseURL: server.url,
  });
  const echo = await api<SandboxEcho>(ECHO, { method: 'POST', body: order });
  expect(echo.token).toBe(server.issuedTokens[1]);

  expectHealed(order);
});

test('openapi-fetch', async () => {
  interface Paths {
    '/__sandbox/echo': {
      post: {
        requestBody: { content: { 'application/json': { id: number } } };
        responses: { 200: { content: { 'application/json': SandboxEcho } } };
      };
    };
  }
  const api = createClient<Paths>({ baseUrl: server.url, fetch: await fetchWithDeadToken(server) });
  const { data } = await api.POST('/__sandbox/echo', { body: order });
  expect(data?.token).toBe(server.issuedTokens[1]);

  expectHealed(order);
});

describe('the TypeScript client of the Model Context Protocol', () => {
  test('calls a tool through a 401, with a stream of events open', async () => {
    const arrivals: string[] = [];
    const transports: StreamableHTTPServerTransport[] = [];
    const url = await serve((request, response) => {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      const isLive = server.tokenState(token) === 'live';
      arrivals.push(`${request.method} ${isLive ? 200 : 401}`);
      if (!isLive) {
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no');
        return;
      }
      void openTransport().then((transport) => transport.handleRequest(request, response));
    });
    async function openTransport(): Promise<StreamableHTTPServerTransport> {
      if (transports[0] !== undefined) return transports[0];
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => 'one' });
      transports.push(transport);
      const mcp = new McpServer({ name: 'test', version: '1.0.0' });
      mcp.registerTool('hello', {}, () => ({ content: [{ type: 'text', text: 'hello' }] }));
      await mcp.connect(transport);
      return transport;
    }
    const { credentials, tokenUrl } = server;
    const fetch = createBearerFetch(
      oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url }),
    );

    const client = new Client({ name: 'test', version: '1.0.0' });
    const transport = new StreamableHTTPClientTransport(new URL(url), { fetch });
    await client.connect(transport);
    server.revokeTokens();
    const { content } = await client.callTool({ name: 'hello' });
    await client.close();

    expect(content).toEqual([{ type: 'text', text: 'hello' }]);
    expect(arrivals.filter((one) => one === 'POST 401')).toHaveLength(1);
    expect(server.tokenCalls).toBe(2);
  });
});
