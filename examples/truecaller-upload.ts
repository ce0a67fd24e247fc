/*
 * Puts 5000 customers from a CSV on a campaign, sets the bad rows aside, and resumes after a crash without sending a row twice.
 *
 *   node examples/run.mjs truecaller-upload
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createProviderClient } from 'axios-bearer';
import { truecaller } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import {
  createTruecallerApi,
  isTruecallerUploadError,
  type TruecallerEntry,
} from 'axios-bearer/truecaller';

const sandbox = await startSandbox({ only: ['truecaller'] });
const { credentials, url, api } = sandbox.truecaller;
const folder = mkdtempSync(join(tmpdir(), 'upload-'));
const csv = join(folder, 'customers.csv');
const place = join(folder, 'next.txt');
const lines = Array.from({ length: 5000 }, (_, i) => `098765 ${String(i).padStart(5, '0')},Asha`);
lines[1234] = '12345,Too short';
lines[3000] = '+1 415 555 2671,Too far';
writeFileSync(csv, ['phone,name', ...lines].join('\n'));
writeFileSync(place, '0');

const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
const { campaigns } = createTruecallerApi(http, {
  organisationId: credentials.organisationId,
  defaultCountry: 'IN',
});

function toEntry(line: string): TruecallerEntry {
  const [receiverNumber = '', name = ''] = line.split(',');
  const contents = [{ displayUnit: 'cid', title: `Hello ${name}`, subTitle: 'A sale' }] as const;
  return { campaignId: 'festival', receiverNumber, template: 'text', contents };
}

/** Uploads what is left of the file. The place is kept after each batch, so that another process can continue. */
async function upload(afterBatch?: (next: number) => void): Promise<void> {
  const entries = readFileSync(csv, 'utf8').split('\n').slice(1).map(toEntry);
  const from = Number(readFileSync(place, 'utf8'));
  const options = { from, onInvalid: 'skip', retries: 3 } as const;
  for await (const { next, rows } of campaigns.uploadInBatches(entries, options)) {
    writeFileSync(place, String(next));
    for (const row of rows) {
      if (row.status === 'rejected') console.log(`set aside: ${row.error.message}`);
    }
    afterBatch?.(next);
  }
}

try {
  await upload((next) => {
    if (next === 1000) api.failNext(1, { status: 503, headers: { 'Retry-After': '0' } });
    if (next > 2000) throw new Error(`the process ends at row ${next}`);
  });
} catch (error) {
  console.log(String(error));
}

await upload((next) => {
  // Truecaller may or may not have taken these rows.
  if (next === 4002) api.resetNext(1);
}).catch((error: unknown) => {
  if (!isTruecallerUploadError(error)) throw error;
  console.log(error.message);
  writeFileSync(place, String(error.next));
});

await upload();
const { bulkUploads, requests } = sandbox.truecaller;
const received = bulkUploads.flatMap((body) => body.campaigns as { receiver_number: string }[]);
const people = new Set(received.map((entry) => entry.receiver_number));
console.log(`${requests.length} requests; ${received.length} rows for ${people.size} people`);

rmSync(folder, { recursive: true });
await sandbox.close();
