import { afterAll, beforeAll, expect, test } from '@jest/globals';
import autocannon from 'autocannon';
import type { AxiosInstance } from 'axios';
import express from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createProviderClient, type Provider } from '../../src/index.js';
import { exotel, learning360, udara360 } from '../../src/providers/index.js';
import { startSandbox, type Sandbox, type SandboxProvider } from '../../src/testing/index.js';
import { HANGS_AFTER_MS } from '../setup/patience.js';

const REQUESTS = 200;

let sandbox: Sandbox<'exotel' | 'learning360' | 'udara360'>;
let app: Server;
let url: string;

beforeAll(async () => {
  sandbox = await startSandbox({ only: ['exotel', 'learning360', 'udara360'] });
  const clientOf = <C extends object>(
    server: SandboxProvider<C>,
    provider: (credentials: C & { baseURL: string }) => Provider<C>,
  ): AxiosInstance =>
    createProviderClient(provider({ ...server.credentials, baseURL: server.url }), {
      timeout: 10_000,
    });
  const clients = [
    clientOf(sandbox.exotel, exotel),
    clientOf(sandbox.learning360, learning360),
    clientOf(sandbox.udara360, udara360),
  ];
  // Express 5 passes the error of a rejected handler on, and answers 500: any failed call would show.
  app = express()
    .get('/dashboard', async (_request, response) => {
      const answers = await Promise.all(clients.map((http) => http.get('/__sandbox/echo')));
      response.json(answers.map(({ status }) => status));
    })
    .listen(0, '127.0.0.1');
  await once(app, 'listening');
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/dashboard`;
});

afterAll(async () => {
  app.close();
  await sandbox.close();
});

test('an app that fans out to three providers serves every request while all tokens are revoked under load', async () => {
  let answered = 0;
  const countAndRevoke = () => {
    answered += 1;
    if (answered === REQUESTS / 2)
      for (const provider of sandbox.providers) provider.revokeTokens();
  };
  const result = await autocannon({
    url,
    connections: 20,
    timeout: HANGS_AFTER_MS / 1_000, // Autocannon counts in seconds.
    amount: REQUESTS,
    setupClient: (client) => void client.on('response', countAndRevoke),
  });

  expect([result['2xx'], result.non2xx, result.errors, result.timeouts]).toEqual([
    REQUESTS,
    0,
    0,
    0,
  ]);
  // One for the first requests, of which twenty came at once, and one for the revocation.
  expect(sandbox.providers.map(({ name, tokenCalls }) => [name, tokenCalls])).toEqual([
    ['exotel', 2],
    ['learning360', 2],
    ['udara360', 2],
  ]);
  for (const { requests } of sandbox.providers) {
    const statuses = requests.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(REQUESTS);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0);
  }
});
