import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { on, once } from 'node:events';

import {
  createFakeTokenEndpoint,
  type FakeTokenCall,
  type FakeTokenEndpoint,
  type HeldRequest,
} from '../../src/testing/index.js';
import { bundleChild, type ChildScript, type RunningChild } from './child/processes.js';

/*
 * Real processes that are stopped (SIGSTOP) past every time-out of theirs and continued, and one whose event loop is
 * blocked. Their time-outs are short, and the stop is longer than all of them together.
 */

const SHORT = { attemptTimeoutMs: 1_000, flightTimeoutMs: 1_500 };
const STOPPED_MS = 3_000;

let script: ChildScript;
let child: RunningChild;
let endpoint: FakeTokenEndpoint;
/** The first token call, which waits for the test. */
let first: HeldRequest<FakeTokenCall>;

beforeAll(() => {
  script = bundleChild('stopped-process');
});
beforeEach(() => {
  endpoint = createFakeTokenEndpoint();
  first = endpoint.holdNext();
});
afterEach(async () => {
  child.process.kill();
  await child.ended;
  await endpoint.close();
});
afterAll(() => script.remove());

async function started(options: object): Promise<void> {
  const tokenUrl = await endpoint.listen();
  child = script.start({
    SANDBOX_URL: new URL(tokenUrl).origin,
    TOKEN_URL: tokenUrl,
    OPTIONS: JSON.stringify(options),
  });
  await once(child.process, 'spawn');
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
  test.each<[string, (call: FakeTokenCall) => void, number]>([
    ['no answer ever comes: a new attempt brings the token', () => undefined, 2],
    [
      'the server has reset the connection: a new attempt brings the token',
      (call) => call.cut(),
      2,
    ],
    ['the answer lies in the socket: it is read', (call) => call.issue(), 1],
  ])('%s', async (_, meanwhile, calls) => {
    await started({ ...SHORT, maxAttempts: 1 });
    child.process.send(0);
    const call = await first.arrived;
    const answered = answers();
    await stopped(() => meanwhile(call));
    expect(await answered).toMatchObject([{ got: 'fake-token-1', told: [] }]);
    expect(endpoint.calls).toHaveLength(calls);
  });

  test('a request that starts right afterwards does not join a dead flight', async () => {
    await started(SHORT);
    child.process.send(0);
    await first.arrived;
    const answered = answers(2);
    await stopped(() => child.process.send(0));
    const both = await answered;
    expect(both).toMatchObject([
      { got: 'fake-token-1', told: [] },
      { got: 'fake-token-1', told: [] },
    ]);
    expect(Math.min(...both.map(({ tookMs }) => tookMs))).toBeLessThan(STOPPED_MS);
  });
});

test('behaviour 50: an event loop that was blocked past all time-outs reads the answer first', async () => {
  await started({ ...SHORT, maxAttempts: 1 });
  child.process.send(STOPPED_MS);
  const answered = answers();
  const call = await first.arrived;
  await new Promise((resolve) => setTimeout(resolve, 500));
  call.issue();
  expect(await answered).toMatchObject([{ got: 'fake-token-1', told: [] }]);
  expect(endpoint.calls).toHaveLength(1);
});
