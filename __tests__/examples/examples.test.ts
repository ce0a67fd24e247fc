import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/*
 * Every example as a user runs it, in a process of its own, and what it says.
 */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

const SAYS: Readonly<Record<string, readonly string[]>> = {
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
  'exotel-contacts': [
    'the file has arrived, and its token has expired',
    'sandbox-upload-1: 10000 rows accepted, 604 KiB sent',
    'sandbox-upload-1: 9999 taken, 1 not',
    'row 4323: INVALID_EMAIL, The e-mail address is none',
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

it.each(Object.entries(SAYS))(
  '%s tells its story',
  async (name, lines) => {
    const { stdout, stderr } = await run(process.execPath, ['examples/run.mjs', name], {
      cwd: repository,
      timeout: 30_000,
    });
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(lines);
  },
  40_000,
);

it('every example is among them', () => {
  const examples = readdirSync(resolve(repository, 'examples'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3));
  expect(Object.keys(SAYS).sort()).toEqual(examples.sort());
});
