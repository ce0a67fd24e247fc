/*
 * Writes yesterday's calls to a CSV file, within 200 requests a minute and across a 429.
 *
 *   node examples/run.mjs exotel-call-list
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { createProviderClient } from 'axios-bearer';
import { createExotelApi, createExotelRateLimiter, indianDay, toCsv } from 'axios-bearer/exotel';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url } = sandbox.exotel;
const yesterday = indianDay(1);
for (let call = 0; call < 450; call += 1) {
  const createdAt = yesterday.from.getTime() + call * 180_000;
  sandbox.exotel.addVoiceCall({ from: '+919876543210', to: '+918012345678', createdAt });
}
sandbox.exotel.addVoiceCall({
  from: '+919876543210',
  to: '+918012345678',
  createdAt: indianDay(0).from.getTime(),
});
const file = join(await mkdtemp(join(tmpdir(), 'calls-')), 'calls.csv');

const http = createProviderClient(exotel({ ...credentials, baseURL: url }), { timeout: 10_000 });
const { voice } = createExotelApi(http, {
  accountSid: credentials.accountSid,
  basic: credentials,
  rateLimiter: createExotelRateLimiter(),
});

const calls = voice.iterate({ created: yesterday, pageSize: 100 }, { retries: 3 });
const first = await calls.next();
sandbox.exotel.api.failNext(1, { status: 429, headers: { 'retry-after': '1' } });
if (first.done !== true) console.log(`the last call of the day: ${first.value.callSid}`);

const columns = ['callSid', 'createdTime', 'from', 'to', 'status', 'durationSeconds'] as const;
await pipeline(toCsv(calls, columns), createWriteStream(file));

const lines = (await readFile(file, 'utf8')).trim().split('\r\n');
console.log(`${lines.length - 1} more, the first of them: ${lines.at(-1)?.split(',')[0]}`);
const statuses = sandbox.exotel.requests.map(({ status }) => status).join(' ');
console.log(`${sandbox.exotel.requests.length} requests: ${statuses}`);

await sandbox.close();
