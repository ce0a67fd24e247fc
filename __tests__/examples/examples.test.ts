import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { bundleExamples, examples } from '../../examples/bundle.mjs';
import { describeWithRedis, startRedis } from '../redis/redis-server.js';
import { linesOf, repository } from './run-example.js';

/*
 * Every example in a process of its own, and what it says. `examples/run.mjs` would bundle each by itself.
 */

const reports = join(repository, 'reports');
let folder: string;
let bundled: ReadonlyMap<string, string>;
beforeAll(async () => {
  mkdirSync(reports, { recursive: true });
  folder = mkdtempSync(join(reports, 'examples-'));
  bundled = await bundleExamples([...examples.keys()], folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the tenant queue: more than the tokens that it keeps. At night there are as many as the example has for a user. */
const ACCOUNTS = Number(process.env['EXAMPLE_ACCOUNTS'] ?? 1_000);

const SAYS: Readonly<Record<string, readonly string[]>> = {
  'commonjs-app': ['200 200 2 token calls', 'detached: 401'],
  'express-app': [
    'a visitor: 200 exotel ',
    '50 visitors, the token revoked: 200 exotel ',
    'token calls: 2',
    'no new token (ERR_TOKEN_REQUEST_REFUSED); the old one is gone',
    'no token to be had: 503 ERR_TOKEN_REQUEST_REFUSED come back later',
  ],
  'nest-app': [
    'learners on the first page: 3',
    '20 visitors, the token revoked: 20 answered',
    'token calls: 2',
  ],
  script: ['200'],
  'serverless-handler': [
    'cold: { statusCode: 200 } 1 token call',
    'warm: { statusCode: 200 } 1 token call',
    'late: { statusCode: 200 } 2 token calls',
  ],
  'tenant-queue': [
    `${ACCOUNTS * 1.2} messages for ${ACCOUNTS} accounts, 0 with another's token`,
    'a token call for each account: true',
    'tokens kept: 500',
  ],
  'exotel-call': [
    "sandboxcall000001: the agent's telephone rings",
    'a second call at the same time is refused: agent-device-busy',
    'both have picked up; the token has just been revoked',
    'sandboxcall000001: active',
    expect.stringMatching(/^sandboxcall000001: terminal, completed, \d s$/) as unknown as string,
    'callback: answered, active',
    'callback: terminal, terminal, recorded',
    '1 call placed, 2 token calls, 1 401 healed',
  ],
  'exotel-flow': [
    'sandboxincoming000001 pressed 1: completed, +919876500011',
    'gather, 200: {"gather_prompt":{"text":"For sales press 1, for help press 2"},"max_input_digits":1,"finish_on_key":"#","input_timeout":5,"repeat_menu":1,"repeat_gather_prompt":{"text":"For sales press 1, for help press 2"}}',
    'connect, 200: dials +919876500011',
    'passthru, 200: the flow goes on',
    'sandboxincoming000002 pressed nothing: incomplete, no one',
    'no agent for another key: the second branch (302)',
  ],
  'exotel-recording': [
    'sandboxvoice000001: completed, settled, price 1.5',
    '15846 of 15846 bytes',
    'audio/mpeg, 15846 bytes on disk',
  ],
  'exotel-call-list': [
    'the last call of the day: sandboxvoice000450',
    '449 more, the first of them: sandboxvoice000001',
    '6 requests: 200 429 200 200 200 200',
  ],
  'exotel-contacts': [
    'the file has arrived, and its token has expired',
    'sandbox-upload-1: 10000 rows accepted, 604 KiB sent',
    'sandbox-upload-1: 9999 taken, 1 not',
    'row 4323: INVALID_EMAIL, The e-mail address is not valid',
    'sent 2 times (401, 202), worked on once',
  ],
  'truecaller-campaign': [
    '0 to 499: Payload received successfully for processing',
    '500 to 999: Payload received successfully for processing',
    '1000 to 1199: Payload received successfully for processing',
    'the first one is off it again',
    'the second customer tapped (sandbox-event-1:click)',
    '3 uploads, 3 token calls, 2 401s healed',
  ],
  'truecaller-launch': [
    '12345,Too short: entries.1234.receiverNumber',
    '+1 415 555 2671,Too far: entries.3000.receiverNumber',
    '4998 received, in 11 calls',
    '1 seen, 1 clicked',
  ],
  'truecaller-upload': [
    expect.stringMatching(/^set aside: .*entries\.1234\.receiverNumber/) as unknown as string,
    'Error: the process ends at row 2001',
    expect.stringMatching(/^set aside: .*entries\.3000\.receiverNumber/) as unknown as string,
    expect.stringMatching(
      /: 2000 rows were received, 500 may or may not have been, 498 were not sent\. Resume with \{ from: 4502 \}/,
    ) as unknown as string,
    '11 requests; 4498 rows for 4498 people',
  ],
  'learning360-users': [
    '1103 active users on 3 pages',
    'courses: Course 1, Course 2',
    'an unknown user: userNotFound',
    '2 token calls',
  ],
  'singleview-accounts': [
    'account 100000000000000000000001: Main',
    'balance: 10.50 SAR',
    'transaction: 6.20 SAR, KSAOB.Booked',
    'the replay carries the same signature',
    '2 token calls',
  ],
  'udara360-transfer': [
    '1000000002 belongs to Example Person',
    'before: 500000 kobo',
    'the transfer: posted as FAKE-REF-1',
    'after: 1000050 kobo',
    'the same reference again: refused as a duplicate',
    '3 requests, 1 reference, 1 transfer',
  ],
};

test.each(Object.entries(SAYS))('%s tells its story', async (name, lines) => {
  const env = { ACCOUNTS: String(ACCOUNTS) };
  expect(await linesOf([bundled.get(name)!], env)).toEqual(lines);
});

test('node examples/run.mjs bundles an example, and runs it', async () => {
  expect(await linesOf(['examples/run.mjs', 'script'])).toEqual(SAYS['script']);
});

describeWithRedis('redis-workers', () => {
  test('tells its story', async () => {
    const redis = await startRedis();
    try {
      const lines = await linesOf([bundled.get('redis-workers')!], {
        REDIS_URL: `redis://${redis.host}:${redis.port}`,
      });
      // A worker for which Redis has no answer in time, as on a machine that is busy, fetches a token of its own.
      expect(lines).toEqual([
        expect.stringMatching(/^4 workers start cold: 100 requests, [1-4] token call$/),
        expect.stringMatching(/^4 more, later: 100 requests, still [1-8] token call$/),
        expect.stringMatching(
          /^4 more, the token revoked: 100 requests, ([2-9]|1[0-2]) token calls$/,
        ),
      ]);
    } finally {
      await redis.stop();
    }
  });
});

test('every example is among them', () => {
  expect([...Object.keys(SAYS), 'redis-workers'].sort()).toEqual([...examples.keys()].sort());
});
