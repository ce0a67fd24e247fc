import { describe, expect, jest, test } from '@jest/globals';
import axios, { type AxiosError } from 'axios';
import { createServer } from 'node:http2';
import { inspect } from 'node:util';

import { bareInstance, fateOf, settled } from './instance.js';

import { listening } from '../setup/loopback-server.js';

/*
 * What axios really does, without anything of ours around it. docs/facts/ stands on these; if an upgrade changes one, the page
 * and whatever it explains have to be looked at again.
 */

const AUTHORIZATION = 'Bearer a-token-to-be-found';

describe('axios', () => {
  test('looks at timeout and signal only when it sends: an interceptor that waits is outside of both', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { http, sent } = bareInstance();
    let letGo: () => void = () => undefined;
    http.interceptors.request.use(async (config) => {
      await new Promise<void>((resolve) => (letGo = resolve));
      return config;
    });
    const controller = new AbortController();
    const request = http.get('/x', { timeout: 1, signal: controller.signal });
    await settled();
    controller.abort();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await fateOf(request)).toBe('pending');

    letGo();
    await expect(request).rejects.toMatchObject({ code: 'ERR_CANCELED' });
    expect(sent).toHaveLength(0);
  });

  test('shows the Authorization header in its errors; redact cleans the JSON and nothing else', async () => {
    const { http, sent } = bareInstance();
    const request = http.get('/x', { headers: { Authorization: AUTHORIZATION } });
    const redacted = http.get('/x', {
      headers: { Authorization: AUTHORIZATION },
      redact: ['authorization'],
    });
    await settled();
    for (const arrived of sent) arrived.answer(500);
    const [error, clean] = await Promise.all(
      [request, redacted].map((one) => one.catch((reason: unknown) => reason as AxiosError)),
    );
    expect(JSON.stringify(error)).toContain(AUTHORIZATION);
    expect(inspect(error, { depth: 5 })).toContain(AUTHORIZATION);
    expect(JSON.stringify(clean)).not.toContain(AUTHORIZATION);
    expect(inspect(clean, { depth: 5 })).toContain(AUTHORIZATION);
  });

  test('hands the transformed body back in error.config: sent again, a transform runs on its own result', async () => {
    const { http, sent } = bareInstance({
      transformRequest: [(data: unknown) => `enc(${String(data)})`],
    });
    const first = http.post('/x', 'body').catch((error: unknown) => error as AxiosError);
    await settled();
    sent[0]!.answer(401);
    const { config } = (await first) as AxiosError;
    void http.request(config!);
    await settled();
    expect(sent.map(({ config: { data } }) => data as string)).toEqual([
      'enc(body)',
      'enc(enc(body))',
    ]);
  });

  test('sends the headers of an instance to whatever host an absolute URL names', async () => {
    const { http, sent } = bareInstance({
      baseURL: 'https://api.example.com',
      headers: { Authorization: AUTHORIZATION },
    });
    void http.get('https://elsewhere.example.org/x');
    await settled();
    expect(http.getUri(sent[0]!.config)).toBe('https://elsewhere.example.org/x');
    expect(sent[0]!.config.headers.get('Authorization')).toBe(AUTHORIZATION);
  });

  test.each([
    ['at once, within the call, if every one says that it is synchronous', true, 1],
    ['later, if one of them does not', false, 0],
  ])('runs request interceptors %s', (_when, synchronous, ran) => {
    const { http } = bareInstance();
    let reached = 0;
    http.interceptors.request.use((config) => config, null, { synchronous });
    http.interceptors.request.use(
      (config) => {
        reached += 1;
        return config;
      },
      null,
      { synchronous: true },
    );
    void http.get('/x');
    expect(reached).toBe(ran);
  });

  test('sends a config again with the headers that an interceptor wrote for the first send', async () => {
    const { http, sent } = bareInstance();
    let token = 'first';
    http.interceptors.request.use((config) => {
      if (!config.headers.has('Authorization')) config.headers.set('Authorization', token);
      return config;
    });
    const request = http.get('/x').catch((error: unknown) => error as AxiosError);
    await settled();
    sent[0]!.answer(503);
    token = 'second';
    void http.request(((await request) as AxiosError).config!);
    await settled();
    expect(sent[1]!.config.headers.get('Authorization')).toBe('first');
  });

  test('follows no redirect over HTTP/2, so nothing has to keep a token from going along', async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    const request = axios.get(`http://127.0.0.1:${await listening(server)}/`, { httpVersion: 2 });
    await expect(request).rejects.toMatchObject({ response: { status: 302 } });
    expect(asked).toEqual(['/']);
  });
});
