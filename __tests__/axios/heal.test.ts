import type http from 'node:http';

import { describe, expect, test } from '@jest/globals';
import type { AxiosInstance } from 'axios';

import { createProviderClient, type TokenSource } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { serve } from '../setup/loopback-server.js';
import {
  clientOf,
  createMemoryServer,
  ECHO,
  failureOf,
  memoryClientOf,
  tokensOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/** Sends `count` requests at once; the 401 of number i comes `i * stepMs` late. */
async function storm(http: AxiosInstance, count: number, stepMs: number) {
  server.api.delay(({ query }) => Number(query.get('i')) * stepMs);
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) => http.get(ECHO, { params: { i } })),
  );
  server.api.delay(0);
  return answers;
}

function eventsOf(source: TokenSource): string[] {
  const seen: string[] = [];
  source.on('rejected', ({ consequence }) => seen.push(`rejected: ${consequence}`));
  source.on('replayed', ({ accepted }) => seen.push(`replayed: ${accepted}`));
  source.on('replayRefused', ({ because }) => seen.push(`refused: ${because}`));
  source.on('refreshed', ({ reason }) => seen.push(`refreshed: ${reason}`));
  return seen;
}

describe('one request', () => {
  test('behaviour 24: a 401 on the current token gets a new one and one replay, and the caller sees only the 200', async () => {
    const { http, source, token } = await warmClientOf(server);
    const events = eventsOf(source);
    server.revokeTokens();
    const { status, data } = await http.get(ECHO);
    expect(status).toBe(200);
    expect(data.token).toBe(server.issuedTokens[1]);
    expect(server.requests.map((request) => request.token)).toEqual([token, data.token]);
    expect(server.tokenCalls).toBe(2);
    expect(events).toEqual(['rejected: replay', 'refreshed: rejected', 'replayed: true']);
  });

  test('is replayed by the adapter of its instance, even if that takes itself off each config that it answers', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory, {
      adapter: (config) => {
        delete config.adapter;
        return memory.api(config);
      },
    });
    await source.getToken();
    memory.revoke();
    expect((await http.get('/a')).status).toBe(200);
    expect(memory.arrivals).toHaveLength(2);
  });

  test('has the config that its caller wrote, without a heal as with one', async () => {
    const memory = createMemoryServer();
    const { http, source } = memoryClientOf(memory);
    await source.getToken();
    const transformResponse = [(data: unknown) => data, (data: unknown) => data];
    for (const attempt of ['at once', 'healed']) {
      const { config } = await http.get('/a', { transformResponse });
      expect([attempt, config.transformResponse]).toEqual([attempt, transformResponse]);
      memory.revoke();
    }
  });

  test('is not sent again for any other status, whether that is an error or accepted', async () => {
    const { http } = await warmClientOf(server);
    for (const validateStatus of [undefined, () => true]) {
      server.api.failNext(1, { status: 404 });
      const answer = http.get(ECHO, { ...(validateStatus && { validateStatus }) });
      const { status } = validateStatus ? await answer : (await failureOf(answer)).response;
      expect(status).toBe(404);
    }
    expect([server.requests.length, server.tokenCalls]).toEqual([2, 1]);
  });

  test.each(['status', 'request'])(
    'gets an answer whose %s cannot be looked at as from bare axios',
    async (name) => {
      const memory = createMemoryServer();
      const odd = Object.defineProperty({ status: 401, data: 'odd' }, name, {
        get(): never {
          throw new Error('nothing to see');
        },
      });
      const { http } = memoryClientOf(memory, { adapter: () => Promise.resolve(odd as never) });
      expect(await http.get('/a', { transformResponse: [] })).toBe(odd);
    },
  );

  test('heals every revocation anew, not only the first', async () => {
    const { http } = await warmClientOf(server);
    for (let round = 1; round <= 5; round += 1) {
      server.revokeTokens();
      expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[round]);
    }
    expect(server.tokenCalls).toBe(6);
  });

  test('renews the token of its own parameters and no other', async () => {
    const { http, source, token } = await warmClientOf(server);
    const read = { bearer: { params: { scope: 'read' } } };
    await http.get('/resource', read);
    server.revokeToken(server.issuedTokens[1]!);
    expect((await http.get('/resource', read)).data).toEqual({ scope: 'read' });
    expect(source.peek()?.value).toBe(token);
    expect(server.tokenCalls).toBe(3);
  });

  test('with { bearer: { replay: false } } carries the token and is never sent twice, and the next one gets a new token', async () => {
    const { http, source } = await warmClientOf(server);
    const events = eventsOf(source);
    server.revokeTokens();
    const error = await failureOf(http.get(ECHO, { bearer: { replay: false } }));
    expect(error.response.status).toBe(401);
    expect(server.requests).toHaveLength(1);
    expect(events).toEqual(['rejected: replacement', 'refused: opted-out']);
    expect((await http.get(ECHO)).data.token).toBe(server.issuedTokens[1]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('many requests', () => {
  test('behaviour 27: 50 requests in flight whose token is revoked cost one token call and have 50 successful replays', async () => {
    const { http, source } = await warmClientOf(server);
    let replays = 0;
    source.on('replayed', ({ accepted }) => (replays += Number(accepted)));
    server.revokeTokens();
    const answers = await storm(http, 50, 0);
    expect(new Set(tokensOf(answers))).toEqual(new Set([server.issuedTokens[1]]));
    expect([server.tokenCalls, replays, server.requests.length]).toEqual([2, 50, 100]);
  });

  test('200 requests with a revoked token and 401s spread over 60 ms cost one token call, and none fails', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const answers = await storm(http, 200, 0.3);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.tokenCalls).toBe(2);
  });

  test('the same for two instances on one source', async () => {
    const { http, source } = await warmClientOf(server);
    const other = createProviderClient(source);
    server.revokeTokens();
    const answers = await Promise.all([storm(http, 50, 1), storm(other, 50, 1)]);
    expect(answers.flat().every(({ status }) => status === 200)).toBe(true);
    expect(server.tokenCalls).toBe(2);
  });
});

describe('a 401 that comes at an awkward time', () => {
  test('behaviour 26: a late one, on a token that was replaced long ago, costs no token call and is replayed with the current token', async () => {
    const { http, source, token } = await warmClientOf(server);
    server.revokeTokens();
    const late = server.api.holdNext();
    const straggler = http.get(ECHO, { params: { name: 'straggler' } });
    await late.arrived;
    await http.get(ECHO); // Replaces the token.
    const current = source.peek();
    late.release();
    expect((await straggler).data.token).toBe(server.issuedTokens[1]);
    expect(source.peek()).toBe(current);
    expect(server.tokenCalls).toBe(2);
    const sends = server.requests.filter(({ query }) => query.get('name') === 'straggler');
    expect(sends.map((request) => request.token)).toEqual([token, server.issuedTokens[1]]);
  });

  test('behaviour 28: one that comes during a refresh joins it; new callers wait for the replacement, and the old token is never sent again', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const refresh = server.tokenEndpoint.holdNext();
    const late = server.api.holdNext();
    const second = http.get(ECHO, { params: { name: 'second' } });
    await late.arrived;
    const first = http.get(ECHO, { params: { name: 'first' } });
    await refresh.arrived; // The 401 of the first has started it.
    late.release();
    const sentBefore = server.requests.length;
    const third = http.get(ECHO, { params: { name: 'third' } });
    refresh.release();
    const answers = await Promise.all([first, second, third]);
    expect(tokensOf(answers)).toEqual(Array(3).fill(server.issuedTokens[1]));
    const after = server.requests.slice(sentBefore).map(({ token }) => token);
    expect(after).toEqual(Array(3).fill(server.issuedTokens[1]));
    expect(server.tokenCalls).toBe(2);
  });

  test('one that comes after the source was closed reaches the caller, with a typed cause', async () => {
    const { http, source } = clientOf(server);
    await source.getToken();
    server.revokeTokens();
    const held = server.api.holdNext();
    const request = failureOf(http.get(ECHO));
    await held.arrived;
    source.close();
    held.release();
    const error = await request;
    expect(error.response.status).toBe(401);
    expect(error.cause).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  });
});

describe('behaviour 48: a 401 whose body cannot be read is judged by its status, and healed', () => {
  const isRejected = (request: http.IncomingMessage) =>
    request.headers.authorization === 'Bearer fake-token-1';

  test.each<[string, object, (response: http.ServerResponse) => void]>([
    [
      'a transform of the caller’s throws',
      { transformResponse: [(body: string) => JSON.parse(body) as unknown] },
      (response) => response.end('<html>'),
    ],
    [
      'longer than maxContentLength allows',
      { maxContentLength: 1_000 },
      (response) => response.end('x'.repeat(5_000)),
    ],
    [
      'cut off by a reset',
      {},
      (response) => {
        response.writeHead(401, { 'Content-Length': 5_000 });
        response.write('x', () => response.destroy());
      },
    ],
  ])('%s', async (_, config, endWithBody) => {
    const endpoint = createFakeTokenEndpoint();
    const baseURL = await serve((request, response) => {
      request.resume();
      if (isRejected(request)) {
        response.statusCode = 401;
        endWithBody(response);
      } else response.end('{}');
    });
    const provider = oauth2ClientCredentials({
      clientId: 'client',
      clientSecret: 'secret',
      tokenUrl: `${baseURL}/token`,
      baseURL,
    });
    const { adapter } = endpoint;
    const client = createProviderClient(provider, config, { transport: { adapter } });
    expect((await client.get('/x')).status).toBe(200);
    expect(endpoint.calls).toHaveLength(2);
  });
});
