import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { AxiosRequestConfig, InternalAxiosRequestConfig } from 'axios';
import { once } from 'node:events';
import http, { Agent as PlainAgent, createServer, type ServerResponse } from 'node:http';
import https, { Agent } from 'node:https';

import { axiosSender } from '../../src/axios/send-token-request.js';
import type { EncodedTokenRequest } from '../../src/token-call/encode-token-request.js';
import { listening } from '../setup/loopback-server.js';

const REQUEST: EncodedTokenRequest = {
  url: 'https://auth.example.com/token',
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  data: 'grant_type=client_credentials',
};

const send = (
  transport: AxiosRequestConfig,
  { url = REQUEST.url, signal = new AbortController().signal } = {},
) => axiosSender(transport)({ ...REQUEST, url }, { signal });

/** An adapter that answers, and the config that it was given. */
function capturing(response: object = {}) {
  const seen: InternalAxiosRequestConfig[] = [];
  const adapter = (config: InternalAxiosRequestConfig) => {
    seen.push(config);
    return Promise.resolve({ status: 200, headers: {}, data: '{}', ...response, config } as never);
  };
  return { adapter, config: () => seen[0]! };
}

afterEach(() => void jest.restoreAllMocks());

describe('a token request', () => {
  test('is sent without redirects, for any status, as text, and ends with the signal', async () => {
    const { adapter, config } = capturing();
    const { signal } = new AbortController();
    await send({ adapter, fetchOptions: { cache: 'no-store' } }, { signal });
    expect(config()).toMatchObject({
      ...REQUEST,
      method: 'post',
      maxRedirects: 0,
      fetchOptions: { cache: 'no-store', redirect: 'manual' },
      responseType: 'text',
      signal,
    });
    expect(config().validateStatus!(500)).toBe(true);
  });

  test.each<[string, string, AxiosRequestConfig['proxy'], unknown]>([
    ['none of the environment', 'http://127.0.0.1:1/token', undefined, false],
    ['that of the environment, in its tunnel', 'https://127.0.0.1:1/token', undefined, undefined],
    ['that of the environment', 'http://auth.example.com/token', undefined, undefined],
    ['the user’s', 'http://127.0.0.1:1/token', { host: 'p', port: 1 }, { host: 'p', port: 1 }],
    ['none, as the user says', 'https://auth.example.com/token', false, false],
  ])('goes by this proxy: %s (%s)', async (_, url, proxy, expected) => {
    const { adapter, config } = capturing();
    await send({ adapter, ...(proxy !== undefined && { proxy }) }, { url });
    expect(config().proxy).toEqual(expected);
  });

  test.each<[AxiosRequestConfig, boolean]>([
    [{}, false],
    [{ adapter: 'http' }, true],
  ])('with %j keeps the process alive: %p', async (transport, expected) => {
    let response!: ServerResponse;
    const server = createServer((_, its) => (response = its));
    const httpAgent = new PlainAgent();
    const url = `http://127.0.0.1:${await listening(server)}`;
    const outcome = send({ ...transport, httpAgent }, { url });
    await once(server, 'request');
    const [socket] = Object.values(httpAgent.sockets).flat();
    const { _handle } = socket as unknown as { _handle: { hasRef(): boolean } };
    expect(_handle.hasRef()).toBe(expected);
    response.end('{}');
    expect(await outcome).toMatchObject({ kind: 'answered' });
    httpAgent.destroy();
  });
});

describe('the answer', () => {
  test('has its status, its text, and what its headers say', async () => {
    const headers = { 'Retry-After': '5', DATE: 'Thu, 01 Jan 2026 00:00:00 GMT', 'X-Many': ['a'] };
    const { adapter } = capturing({ status: 503, headers, data: '{"error":"busy"}' });
    expect(await send({ adapter })).toMatchObject({
      kind: 'answered',
      answer: {
        status: 503,
        headers: { 'retry-after': '5', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
        setCookies: [],
        text: '{"error":"busy"}',
        body: { error: 'busy' },
      },
    });
  });

  test('has no header that is not text', async () => {
    const { adapter } = capturing({ headers: { a: ['b'], c: 7, d: 'e' } });
    expect(await send({ adapter })).toMatchObject({ answer: { headers: { d: 'e' } } });
    expect(await send({ adapter })).not.toMatchObject({ answer: { headers: { c: 7 } } });
  });

  test.each([
    [undefined, []],
    ['a=1', ['a=1']],
    [
      ['a=1', 'b=2'],
      ['a=1', 'b=2'],
    ],
  ])('has the cookies of %j', async (given, setCookies) => {
    const { adapter } = capturing({ headers: { 'set-cookie': given } });
    expect(await send({ adapter })).toMatchObject({ answer: { setCookies } });
  });

  test('is empty where a mock answers with something else than text', async () => {
    const { adapter } = capturing({ data: { access_token: 'of a mock' } });
    expect(await send({ adapter })).toMatchObject({ answer: { text: '', isEmpty: true } });
  });
});

describe('no answer', () => {
  test('comes once the signal aborts, even if the adapter ignores it', async () => {
    const controller = new AbortController();
    const adapter = () => new Promise<never>(() => undefined);
    const outcome = send({ adapter }, { signal: controller.signal });
    controller.abort();
    expect(await outcome).toMatchObject({ kind: 'no-answer', reason: 'ERR_CANCELED' });
  });

  test('is a failed network where the error has no code', async () => {
    const outcome = await send({ adapter: () => Promise.reject(new Error('odd')) });
    expect(outcome).toMatchObject({ kind: 'no-answer', reason: 'ERR_NETWORK' });
  });

  /** What the error says to do if Node fails with this code. */
  async function adviceOn(code: string, transport: AxiosRequestConfig = {}) {
    for (const module of [http, https])
      jest.spyOn(module, 'request').mockImplementation(() => {
        throw Object.assign(new Error(code), { code });
      });
    const outcome = await send(transport);
    expect(outcome).toMatchObject({ kind: 'no-answer', reason: code });
    return outcome.kind === 'no-answer' ? outcome.advice : undefined;
  }

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])(
    'for %s may mean that a proxy or an agent is missing, unless there is one',
    async (code) => {
      expect(await adviceOn(code)).toContain('If your instance has a proxy or an agent');
      expect(await adviceOn(code, { httpsAgent: new Agent() })).toBeUndefined();
      expect(await adviceOn(code, { adapter: 'http' })).toBeUndefined();
    },
  );

  test.each([
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'EPROTO',
  ])('for %s may mean that no agent trusts the certificate', async (code) => {
    expect(await adviceOn(code)).toContain('If your instance has an httpsAgent');
    expect(await adviceOn(code, { httpsAgent: new Agent() })).toContain('Check the certificates');
    expect(await adviceOn(code, { adapter: 'http' })).toBeUndefined();
  });

  test.each(['ECONNRESET', 'EPROTOTYPE', 'WEPROTO'])('for %s has no advice', async (code) => {
    expect(await adviceOn(code)).toBeUndefined();
  });
});
