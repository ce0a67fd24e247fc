import { expect, test } from '@jest/globals';

import { oldestFirst } from '../order.js';
import type { EndpointMode, Manner } from '../steps.js';
import type { LinkMode } from './link.js';
import { runFleet } from './simulate-fleet.js';
import type { FleetSetting, FleetStep } from './steps.js';

/* Fleets that broke a promise once, shrunk to the steps that matter. Each says what went wrong. */

const TWO: FleetSetting = {
  seed: 0,
  editions: ['second', 'second'],
  singleActiveToken: false,
  isPinned: false,
  clocksApart: false,
  lostHints: 0,
  closesMidway: false,
};

const request = (which: number, isSlow = false): FleetStep => ({
  kind: 'request',
  which,
  path: 'fine',
  timeoutMs: undefined,
  isSlow,
});
const allRequest: FleetStep = { kind: 'all request' };
const endpoint = (mode: EndpointMode, manner: Manner): FleetStep => ({
  kind: 'endpoint',
  mode,
  manner,
});
const token = (lifeSeconds: number): EndpointMode => ({ kind: 'token', lifeSeconds });
const pass = (ms: number): FleetStep => ({ kind: 'pass', ms });
const link = (which: number | 'all', mode: LinkMode): FleetStep => ({ kind: 'link', which, mode });
const stop = (which: number, how: 'stopped' | 'asleep' = 'stopped'): FleetStep => ({
  kind: 'stop',
  which,
  how,
});
const goOn: FleetStep = { kind: 'go on' };

const runs: readonly {
  name: string;
  given?: Partial<FleetSetting>;
  steps: readonly FleetStep[];
}[] = [
  {
    name: 'a process that stood still after it got the lease minted when the lease had long ended',
    given: { singleActiveToken: true, editions: ['second', 'second', 'second'] },
    steps: [
      endpoint(token(20), 'slow'),
      stop(0),
      allRequest,
      stop(1),
      pass(50_000),
      goOn,
      pass(10_000),
    ],
  },
  {
    name: 'and so did one whose host had slept, since its monotonic clock had not moved',
    given: { singleActiveToken: true, editions: ['second', 'second', 'second'] },
    steps: [
      endpoint(token(20), 'slow'),
      stop(0),
      allRequest,
      stop(1, 'asleep'),
      pass(50_000),
      goOn,
      pass(10_000),
    ],
  },
  {
    name: 'a process took back a token that its own next one had killed, when that reached the store late',
    given: { singleActiveToken: true },
    steps: [
      link('all', 'offline queue'),
      allRequest,
      endpoint(token(20), 4_000),
      pass(50_000),
      stop(1),
      link('all', 'refused'),
      allRequest,
      pass(50_000),
      link(0, 'up'),
      allRequest,
    ],
  },
  {
    name: 'a token that drew a 401 while no caller waited for another was shared when its commit came late',
    steps: [
      request(1),
      endpoint(token(20), 'prompt'),
      pass(900_000),
      { kind: 'start', edition: 'second', storeKey: '' },
      link(2, 'offline queue'),
      allRequest,
      pass(3_000),
      { kind: 'late 401', which: 2, token: 0 },
      { kind: 'revoke' },
      pass(1),
      link(2, 'up'),
      pass(3_000),
      pass(1),
    ],
  },
  {
    name: 'a process that was refused with all others went back to a token that had drawn a 401 in it long ago',
    given: { singleActiveToken: true },
    steps: [
      endpoint(token(3600), 'prompt'),
      request(0),
      pass(900_000),
      { kind: 'start', edition: 'second', storeKey: '' },
      endpoint(token(20), 'prompt'),
      { kind: 'revoke' },
      allRequest,
      link('all', 'refused'),
      link(0, 'offline queue'),
      pass(900_000),
      allRequest,
      { kind: 'rotate', allKnow: false },
      link('all', 'up'),
      pass(3_000),
      pass(1),
    ],
  },
  {
    name: 'a late 401 on a token that clear() had dropped was forgotten before its commit reached the store',
    steps: [
      link('all', 'offline queue'),
      request(1),
      pass(3_000),
      { kind: 'answer' },
      pass(1_000),
      { kind: 'jump', which: 1, ms: 3_600_000 },
      { kind: 'rotate', allKnow: false },
      { kind: 'vault' },
      allRequest,
      { kind: 'clear', which: 1 },
      pass(5_000),
      { kind: 'late 401', which: 1, token: 0 },
      pass(1),
    ],
  },
  {
    name: 'an old token that was written back in the middle of a mint took the place of the new one',
    given: { editions: ['second', 'second', 'second'] },
    steps: [
      endpoint(token(3600), 'prompt'),
      link(0, 'loses answers'),
      link(1, 'loses answers'),
      request(0),
      pass(300),
      request(2),
      pass(100),
      request(1),
      pass(300),
      link('all', 'up'),
      pass(10_000),
      request(2),
      pass(100),
      { kind: 'revoke' },
      endpoint(token(3600), 400),
      request(2),
      pass(50),
      request(0, true),
      pass(1_000),
      pass(1),
    ],
  },
];

test.each(runs)('$name', async ({ given, steps }) => {
  await expect(runFleet(oldestFirst(), { ...TWO, ...given }, steps)).resolves.toBeUndefined();
});
