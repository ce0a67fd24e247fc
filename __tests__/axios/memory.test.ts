import { expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';

import { bearerOf } from '../../src/index.js';
import { isInMemory } from '../setup/in-memory.js';
import { createMemoryServer, memoryClientOf } from './support.js';

let uploaded: WeakRef<object> | undefined;

function memoryClient() {
  const server = createMemoryServer();
  return { server, ...memoryClientOf(server) };
}

function upload(http: AxiosInstance, config = {}): Promise<unknown> {
  const body = Buffer.from('a body that axios does not copy');
  uploaded = new WeakRef(body);
  return http.post('/a', body, config).catch(() => undefined);
}

it.each<[string, () => Promise<AxiosInstance>]>([
  [
    'with a token in hand',
    async () => {
      const { http, source } = memoryClient();
      await source.getToken();
      await upload(http);
      return http;
    },
  ],
  [
    'that waited for a token',
    async () => {
      const { http } = memoryClient();
      await upload(http);
      return http;
    },
  ],
  [
    'with interceptors of the app',
    async () => {
      const { http, source } = memoryClient();
      await source.getToken();
      http.interceptors.request.use((config) => config);
      http.interceptors.response.use((response) => response);
      await upload(http);
      return http;
    },
  ],
  [
    'whose 401 was healed',
    async () => {
      const { http, source, server } = memoryClient();
      await source.getToken();
      server.revoke();
      await upload(http);
      return http;
    },
  ],
  [
    'whose 401 was not healed',
    async () => {
      const { http } = memoryClient();
      await upload(http, { adapter: createMemoryServer().api });
      return http;
    },
  ],
  [
    'without a token, for a foreign origin',
    async () => {
      const { http } = memoryClient();
      await upload(http, { baseURL: 'https://elsewhere.example.com' });
      return http;
    },
  ],
  [
    'that failed for want of a token',
    async () => {
      const server = createMemoryServer();
      const adapter = () => Promise.reject(new Error('refused'));
      const { http } = memoryClientOf(server, {}, { transport: { adapter } });
      await upload(http);
      return http;
    },
  ],
  [
    'that its caller aborted, while others wait for the same token',
    async () => {
      const { http } = memoryClient();
      const controller = new AbortController();
      const aborted = upload(http, { signal: controller.signal });
      const others = upload(http);
      controller.abort();
      await Promise.all([aborted, others]);
      return http;
    },
  ],
])('a request %s is not kept in memory after it has ended', async (_name, request) => {
  const http = await request();
  expect(await isInMemory(uploaded!)).toBe(false);
  bearerOf(http)!.source.close(); // Used here, so that all that belongs to the client was in memory until now.
});
