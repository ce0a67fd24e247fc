import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { attachBearer, type TokenSource } from '../../src/index.js';
import type { SandboxEcho } from '../../src/testing/index.js';
import { bodyOf, providerOf, useOAuth2 } from '../axios/support.js';
import { generateClient } from './generated-client.js';

/** What of the generated client is used here; the real thing is written when the test runs. */
interface GeneratedClient {
  readonly instance: AxiosInstance;
  setSecurityData(data: string): void;
  readonly sandbox: {
    readThings(query: { page: number }): Promise<AxiosResponse<SandboxEcho>>;
    createThing(thing: { name: string }): Promise<AxiosResponse<SandboxEcho>>;
  };
}
type Generated = new (options: object) => GeneratedClient;

const server = useOAuth2();
// Within the repository, so that the generated file finds axios.
const reports = resolve(import.meta.dirname, '../../reports');
let folder: string;
let Api: Generated;

beforeAll(async () => {
  mkdirSync(reports, { recursive: true });
  folder = mkdtempSync(join(reports, 'generated-client-'));
  const file = await generateClient(folder, 'things-api.ts');
  ({ Api } = (await import(file)) as { Api: Generated });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a client that swagger-typescript-api generated with --axios', () => {
  let api: GeneratedClient;
  let source: TokenSource;
  beforeEach(() => {
    api = new Api({ baseURL: server.url });
    ({ source } = attachBearer(api.instance, providerOf(server)));
  });

  test('its calls carry a token, one for all', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => api.sandbox.readThings({ page })));
    expect(pages.map(({ data }) => data.query['page'])).toEqual(['1', '2', '3']);
    expect(pages.map(({ data }) => data.token)).toEqual(
      [1, 2, 3].map(() => server.issuedTokens[0]),
    );
    expect(server.tokenCalls).toBe(1);
  });

  test('a 401 on a call with a body is healed, with the same bytes', async () => {
    await source.getToken();
    server.revokeTokens();
    const answer = await api.sandbox.createThing({ name: 'one' });
    expect(bodyOf(answer).toString()).toBe('{"name":"one"}');
    expect(server.requests.map(({ status, body }) => [status, body.toString()])).toEqual([
      [401, '{"name":"one"}'],
      [200, '{"name":"one"}'],
    ]);
  });

  test('the trap: a securityWorker that sets the header wins, and its 401 is not healed', async () => {
    const own = new Api({
      baseURL: server.url,
      securityWorker: (token: string) => ({ headers: { Authorization: `Bearer ${token}` } }),
    });
    own.setSecurityData('a-token-of-its-own');
    attachBearer(own.instance, source);
    await expect(own.sandbox.readThings({ page: 1 })).rejects.toMatchObject({
      response: { status: 401 },
    });
    expect([server.requests.length, server.tokenCalls]).toEqual([1, 0]);
  });
});
