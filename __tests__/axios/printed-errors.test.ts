import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosAdapter, type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';

import type { SandboxEcho } from '../../src/testing/index.js';
import { ALWAYS_401, clientOf, ECHO, failureOf, useOAuth2, warmClientOf } from './support.js';

const server = useOAuth2();

describe('an error stays useful', () => {
  test('in print: message, code, method, URL, status, headers, the body sent and the body answered', async () => {
    const { http } = await warmClientOf(server);
    const config: AxiosRequestConfig = { headers: { 'x-mine': 'shown' }, params: { q: 1 } };
    const error = await failureOf(http.post('/__sandbox/status/500', { sent: 'body' }, config));
    for (const text of [inspect(error, { depth: 5 }), JSON.stringify(error)]) {
      expect(text).toContain('Request failed with status code 500');
      expect(text).toContain('ERR_BAD_RESPONSE');
      expect(text).toContain('/__sandbox/status/500');
      expect(text).toContain('shown');
      expect(text).toContain('sent');
      expect(text).toContain('[redacted]');
    }
    expect(inspect(error, { depth: 5 })).toContain('status: 500');
    expect(inspect(error.response)).toContain('status: 500');
    expect(String(error.config.headers)).toContain('Authorization: [redacted]');
    expect(String(error.config.headers)).toContain('x-mine: shown');
  });

  test('in print: a body that is the connection itself is named and not walked, and can be read', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get(ALWAYS_401, { responseType: 'stream' }));
    // Node 26 prints a proxy as one.
    expect(inspect(error.response)).toMatch(/data: (Proxy\()?Readable \{\}/);
    expect(error.response.data).toBeInstanceOf(Readable);
    expect(await text(error.response.data as Readable)).toBe('{"error":"invalid_token"}');
  });

  test('as a value: class, config, request and response are what axios gave', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get('/__sandbox/status/500'));
    expect(error).toBeInstanceOf(axios.AxiosError);
    expect(error.request.path).toBe('/__sandbox/status/500');
    expect(error.response.data).toEqual({ status: 500 });
    expect(String(error.config.headers.get('Authorization'))).toBe(
      `Bearer ${server.issuedTokens[0]}`,
    );
    expect(error.toJSON()).toMatchObject({
      status: 500,
      name: 'AxiosError',
      config: { method: 'get' },
    });
  });

  test('as a config: an adapter that is handed error.config sends the token, not its mask', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 503 });
    const { config } = await failureOf(http.get(ECHO));
    for (const name of ['http', 'fetch'] as const) {
      // With the config, so that the adapter looks for `fetch` now and not when it was loaded.
      const adapterOf = axios.getAdapter as (...args: unknown[]) => AxiosAdapter;
      const { data } = await adapterOf(name, config)(config);
      expect((JSON.parse(data as string) as SandboxEcho).token).toBe(server.issuedTokens[0]);
    }
  });

  test('with the redact of the caller’s, which covers more', async () => {
    const { http } = await warmClientOf(server);
    const config = { redact: ['x-mine'], headers: { 'x-mine': 'hidden' } };
    const error = await failureOf(http.get('/__sandbox/status/500', config));
    expect(JSON.stringify(error)).not.toContain('hidden');
  });

  test('without our token prints as in axios', async () => {
    const { http } = clientOf(server);
    const error = await failureOf(http.get(ECHO, { headers: { Authorization: 'Custom mine' } }));
    expect(inspect(error, { depth: 5 })).toContain('Custom mine');
  });
});

describe('an agent leads to the headers of every other request in flight: an error’s JSON form', () => {
  async function failureBesideOthers(config: CreateAxiosDefaults & Record<string, unknown>) {
    const httpAgent = new Agent({ keepAlive: true });
    const { http } = await warmClientOf(server, { ...config, httpAgent });
    const circular: Record<string, unknown> = { deep: { httpAgent } };
    circular['self'] = circular;
    http.interceptors.request.use((request) => Object.assign(request, { circular }));
    const other = http.get('/__sandbox/slow?ms=300');
    await server.nextRequest();
    const error = await failureOf(http.post('/__sandbox/status/500', { amount: 7 }));
    expect(inspect(httpAgent, { depth: 20 })).toContain(server.issuedTokens[0]);
    const text = JSON.stringify(error);
    expect(text).not.toContain(server.issuedTokens[0]);
    await other;
    httpAgent.destroy();
    return { error, httpAgent, shown: (JSON.parse(text) as typeof error).config };
  }

  test('keeps what is data, and the agent can be read by name', async () => {
    const metadata = { trace: 'abc' };
    const { signal } = new AbortController();
    const { error, shown, httpAgent } = await failureBesideOthers({ metadata, signal });
    expect(shown).toMatchObject({
      url: '/__sandbox/status/500',
      method: 'post',
      data: '{"amount":7}',
      metadata,
      headers: { Authorization: '[redacted]', 'Content-Type': 'application/json' },
    });
    expect(shown).not.toHaveProperty('httpAgent');
    expect(error.config.httpAgent).toBeInstanceOf(Agent);
    expect((error.config.httpAgent as Agent).maxSockets).toBe(httpAgent.maxSockets);
  });

  test('holds none of them where axios is told to redact something else', async () => {
    const redact = ['amount', 'password'];
    const { shown } = await failureBesideOthers({ redact, password: 'hunter2' });
    expect(shown).toMatchObject({ method: 'post', password: expect.stringContaining('REDACTED') });
    expect(shown.httpAgent).toEqual({});
  });
});
