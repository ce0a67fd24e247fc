import { expect, test } from '@jest/globals';

import { oldestFirst } from './order.js';
import { runOnce } from './simulate.js';
import type { EndpointMode, Setting, Step } from './steps.js';

/* Runs that broke a promise once, shrunk to the steps that matter. Each says what went wrong. */

const DEFAULTS: Setting = {
  seed: 0,
  maxStaleMs: 0,
  singleActiveToken: false,
  keepWarm: false,
  onCredentialsRejected: 'keep',
  tokenBudget: undefined,
  closesMidway: false,
};

const request = (key: '' | 'x' = ''): Step => ({
  kind: 'request',
  key,
  path: 'fine',
  timeoutMs: undefined,
});
const endpoint = (mode: EndpointMode, manner: 'prompt' | 'slow' | 'deaf' = 'slow'): Step => ({
  kind: 'endpoint',
  mode,
  manner,
});
const token = (lifeSeconds: number): EndpointMode => ({ kind: 'token', lifeSeconds });
const undated: EndpointMode = { kind: 'token', lifeSeconds: undefined };
const sameToken: EndpointMode = { kind: 'same token' };
const pass = (ms: number): Step => ({ kind: 'pass', ms });
const answer: Step = { kind: 'answer' };
const clear: Step = { kind: 'clear' };

const runs: readonly { name: string; given?: Partial<Setting>; steps: readonly Step[] }[] = [
  {
    name: 'clear() during the flight of a token with parameters led to two flights for one key',
    steps: [request('x'), clear, request('x'), request('x'), answer, answer],
  },
  {
    name: 'a call that did not heed its signal held its flight and its callers for ever',
    steps: [endpoint({ kind: 'hangs' }, 'deaf'), request(), pass(30_000)],
  },
  {
    name: 'callers in the last moments waited for a hanging refresh until their token was over',
    steps: [
      endpoint(token(60), 'prompt'),
      request(),
      pass(58_000),
      endpoint({ kind: 'hangs' }),
      request(),
      pass(20_000),
    ],
  },
  {
    name: 'a token whose life was over when it came was handed out',
    steps: [endpoint(token(4)), request(), pass(4_500), answer, pass(1)],
  },
  {
    name: 'maxStale did not help when the vault failed, and the failed caller left a refresh that nobody flew',
    given: { maxStaleMs: 20_000 },
    steps: [
      endpoint(token(20), 'prompt'),
      request(),
      pass(21_000),
      { kind: 'vault', mode: 'throws' },
      request(),
      pass(11_000),
    ],
  },
  {
    name: 'the account of reasons forgot that a token which comes again after clear() has a window of its own',
    steps: [
      endpoint(undated, 'prompt'),
      request(),
      pass(900_000),
      endpoint(sameToken),
      request(),
      clear,
      endpoint(sameToken, 'prompt'),
      request(),
      pass(900_000),
      request(),
    ],
  },
  {
    name: 'the count of forced mints took one that waited five minutes for a caller as five minutes old',
    steps: [
      request(),
      answer,
      { kind: 'request', key: '', path: 'once only', timeoutMs: undefined },
      answer,
      pass(300_000),
      request(),
      { kind: 'deaths', key: '', path: 'fine', count: 40 },
      pass(1),
      request(),
    ],
  },
  {
    name: 'the token budget counted a slow call from when it was sent, so that six tokens were issued in a window of five',
    given: { tokenBudget: { calls: 5, windowMs: 60_000 } },
    steps: [
      request(),
      pass(4_000),
      answer,
      endpoint(token(3600), 'prompt'),
      ...Array.from({ length: 4 }, () => [clear, request()]).flat(),
      pass(56_500),
      clear,
      request(),
    ],
  },
  {
    name: 'a wall clock that was set ahead freed token calls that the provider still counted',
    given: { tokenBudget: { calls: 5, windowMs: 60_000 } },
    steps: [
      endpoint(token(3600), 'prompt'),
      ...Array.from({ length: 5 }, () => [clear, request()]).flat(),
      { kind: 'jump', ms: 3_600_000 },
      clear,
      request(),
    ],
  },
];

test.each(runs)('$name', async ({ given, steps }) => {
  await expect(runOnce(oldestFirst(), { ...DEFAULTS, ...given }, steps)).resolves.toBeUndefined();
});
