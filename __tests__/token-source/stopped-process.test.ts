import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { on, once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { bundleChild, type ChildScript, type RunningChild } from './child/processes.js';

/*
 * Real processes that are stopped (SIGSTOP) past every time-out of theirs and continued, and one whose event loop is
 * blocked. Their time-outs are short, and the stop is longer than all of them together.
 */

const SHORT = { attemptTimeoutMs: 300, flightTimeoutMs: 600 };
const STOPPED_MS = 2_500;

let script: ChildScript;
let server: Server;
let child: RunningChild;
/** The token calls, oldest first; the first one waits for the test. */
let calls: ServerResponse[];
let waiting: (() => void) | undefined;

beforeAll(() => {
  script = bundleChild('stopped-process');
});
beforeEach(async () => {
  calls = [];
  server = createServer((request, response) => {
    request.resume();
    calls.push(response);
    if (calls.length > 1) grant(response, `token-${calls.length}`);
    waiting?.();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  child.process.kill();
  await child.ended;
  server.closeAllConnections();
  server.close();
});
afterAll(() => script.remove());

function grant(response: ServerResponse, token: string, expires_in = 3_600): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in }));
}

async function started(options: object): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  child = script.start({
    SANDBOX_URL: url,
    TOKEN_URL: `${url}/token`,
    OPTIONS: JSON.stringify(options),
  });
  await once(child.process, 'spawn');
}

async function nextCall(): Promise<ServerResponse> {
  const before = calls.length;
  while (calls.length === before) await new Promise<void>((resolve) => (waiting = resolve));
  return calls.at(-1)!;
}

interface Answer {
  readonly got: string;
  readonly told: readonly string[];
  readonly tookMs: number;
}

/** What the child tells of its next tokens. */
async function answers(count = 1): Promise<readonly Answer[]> {
  const messages: Answer[] = [];
  for await (const [message] of on(child.process, 'message')) {
    messages.push(message as Answer);
    if (messages.length === count) break;
  }
  return messages;
}

async function stopped(meanwhile: () => void = () => undefined): Promise<void> {
  child.process.kill('SIGSTOP');
  meanwhile();
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  child.process.kill('SIGCONT');
}

describe('behaviour 50: a process that is stopped past all its time-outs, and continued', () => {
  test.each<[string, (call: ServerResponse) => void, string]>([
    ['no answer ever comes: a new attempt brings the token', () => undefined, 'token-2'],
    [
      'the server has reset the connection: a new attempt brings the token',
      (call) => call.socket?.resetAndDestroy(),
      'token-2',
    ],
    ['the answer lies in the socket: it is read', (call) => grant(call, 'token-1'), 'token-1'],
  ])('%s', async (_, meanwhile, token) => {
    await started({ ...SHORT, maxAttempts: 1 });
    const call = nextCall();
    child.process.send(0);
    const first = await call;
    const answered = answers();
    await stopped(() => meanwhile(first));
    expect(await answered).toMatchObject([{ got: token, told: [] }]);
    expect(calls).toHaveLength(token === 'token-1' ? 1 : 2);
  });

  test('a request that starts right after it joins no dead flight', async () => {
    await started(SHORT);
    const call = nextCall();
    child.process.send(0);
    await call;
    const answered = answers(2);
    await stopped(() => child.process.send(0));
    const both = await answered;
    expect(both).toMatchObject([
      { got: 'token-2', told: [] },
      { got: 'token-2', told: [] },
    ]);
    expect(Math.min(...both.map(({ tookMs }) => tookMs))).toBeLessThan(STOPPED_MS);
  });
});

test('behaviour 50: an event loop that was blocked past all time-outs reads the answer first', async () => {
  await started({ ...SHORT, maxAttempts: 1 });
  const call = nextCall();
  child.process.send(STOPPED_MS);
  const answered = answers();
  const first = await call;
  await new Promise((resolve) => setTimeout(resolve, 500));
  grant(first, 'token-1');
  expect(await answered).toMatchObject([{ got: 'token-1', told: [] }]);
  expect(calls).toHaveLength(1);
});
