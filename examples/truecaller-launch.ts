/*
 * Launches a campaign for 5000 customers from a CSV: bad rows are set aside, a 503 in the middle does no harm, events are counted.
 *
 *   node examples/run.mjs truecaller-launch
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { createProviderClient } from 'axios-bearer';
import { truecaller } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import { createTruecallerApi, parseTruecallerEvent } from 'axios-bearer/truecaller';

const sandbox = await startSandbox({ only: ['truecaller'] });
const { credentials, url, api } = sandbox.truecaller;
const { organisationId } = credentials;
const lines = Array.from({ length: 5000 }, (_, i) => `098765 ${String(i).padStart(5, '0')},Asha`);
lines[1234] = '12345,Too short';
lines[3000] = '+1 415 555 2671,Too far';
const csv = ['phone,name', ...lines].join('\n');
// The second batch is refused.
void sandbox.truecaller.nextRequest().then(() => api.failNext(1, { status: 503 }));

const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
const { campaigns } = createTruecallerApi(http, { organisationId, defaultCountry: 'IN' });

// The job, in 15 lines.
const customers = csv.split('\n').slice(1);
const entries = customers.map((line) => {
  const [receiverNumber = '', name = ''] = line.split(',');
  const contents = [{ displayUnit: 'cid' as const, title: `Hi ${name}`, subTitle: 'A sale' }];
  return { campaignId: 'festival', receiverNumber, contents };
});
const events = new Map<string, 'clicked' | 'seen'>();
const listener = createServer((request, response) => {
  void text(request).then((body) => {
    const { deduplicationKey, clicked } = parseTruecallerEvent(body);
    events.set(deduplicationKey, clicked ? 'clicked' : 'seen');
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
}).listen(0, '127.0.0.1');
const { rows } = await campaigns.upload(entries, { onInvalid: 'skip', retries: 3 });

const aside = rows.filter((row) => row.status === 'rejected');
for (const { index, error } of aside) console.log(`${customers[index]}: ${error.field}`);
console.log(
  `${rows.length - aside.length} received, in ${sandbox.truecaller.requests.length} calls`,
);

const hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/?key=a-secret-of-yours`;
const news = { referenceId: '919876500001', campaignId: 'festival' };
const eventId = sandbox.truecaller.postEvent(hook, news);
sandbox.truecaller.postEvent(hook, { ...news, eventId }); // The same again.
sandbox.truecaller.postEvent(hook, { ...news, eventId, clicked: true });
await sandbox.truecaller.webhooksSettled();
const tally = [...events.values()];
const count = (what: string) => tally.filter((one) => one === what).length;
console.log(`${count('seen')} seen, ${count('clicked')} clicked`);

listener.close();
await sandbox.close();
