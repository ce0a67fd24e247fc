/*
 * An Express app that calls Exotel on behalf of its own users: one token source for the whole app, a token ready before
 * the first visitor, a 503 with `Retry-After` while there is no token, and a clean shutdown.
 *
 *   node examples/run.mjs express-app
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import axios, { isAxiosError } from 'axios';
import {
  attachBearer,
  createTokenSource,
  isBearerError,
  TokenAcquisitionError,
} from 'axios-bearer';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import express, { type ErrorRequestHandler } from 'express';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url } = sandbox.exotel;

// At start-up: the app's existing instance, and a token source for it.
const tokens = createTokenSource(exotel({ ...credentials, baseURL: url }));
const api = axios.create({ baseURL: url, timeout: 10_000 });
attachBearer(api, tokens);
tokens.on('refreshFailed', ({ error, stillServing }) => {
  console.log(`no new token (${error.code}); the old one ${stillServing ? 'serves' : 'is gone'}`);
});

const app = express();
app.get('/calls', async (_request, response) => {
  const { data } = await api.get<object>(`/v2/accounts/${credentials.accountSid}/calls`);
  response.json({ answeredBy: Object.keys(data).includes('response') ? 'exotel' : 'nobody' });
});

/** Tells the visitor when to come back, and nothing about our credentials. */
const tellVisitor: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
  } else if (isBearerError(error)) {
    const seconds =
      error instanceof TokenAcquisitionError ? (error.retryInMs ?? 1_000) / 1_000 : 60;
    response
      .set('Retry-After', String(Math.ceil(seconds)))
      .status(503)
      .json({ code: error.code });
  } else {
    response.status(isAxiosError(error) ? 502 : 500).json({ code: 'UPSTREAM' });
  }
};
app.use(tellVisitor);

await tokens.getToken(); // Wrong credentials fail here, not for the first visitor.
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const visitor = axios.create({
  baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  validateStatus: () => true,
});

const visit = async () => {
  const { status, headers, data } = await visitor.get<Record<string, unknown>>('/calls');
  return `${status} ${String(data['answeredBy'] ?? data['code'])} ${'retry-after' in headers ? 'come back later' : ''}`;
};
console.log(`a visitor: ${await visit()}`);

sandbox.exotel.revokeTokens();
const answers = await Promise.all(Array.from({ length: 50 }, visit));
console.log(`50 visitors, the token revoked: ${[...new Set(answers)].join(', ')}`);
console.log(`token calls: ${sandbox.exotel.tokenCalls}`);

sandbox.exotel.tokenEndpoint.fail({ status: 503, headers: { 'retry-after': '30' } });
sandbox.exotel.revokeTokens();
tokens.clear();
console.log(`no token to be had: ${await visit()}`);

// On SIGTERM: no new visitors, then the source, which ends every wait and timer.
server.close();
await once(server, 'close');
tokens.close();
await sandbox.close();
