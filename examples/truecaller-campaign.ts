/*
 * Puts 1200 people on a campaign, takes one off it, and receives a tap event.
 *
 *   node examples/run.mjs truecaller-campaign
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { createProviderClient } from 'axios-bearer';
import { truecaller } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';
import {
  createTruecallerApi,
  hashReceiverNumber,
  parseTruecallerEvent,
  type TruecallerEntry,
  type TruecallerEvent,
} from 'axios-bearer/truecaller';

const sandbox = await startSandbox({ only: ['truecaller'] });
const { credentials, url, webhookCredentials } = sandbox.truecaller;
const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
const { campaigns } = createTruecallerApi(http, {
  organisationId: credentials.organisationId,
  // The webhook host takes these two, made in the console, instead of a bearer token.
  webhook: { orgId: webhookCredentials.orgId, token: webhookCredentials.orgToken },
  hashReceivers: true,
  defaultCountry: 'IN',
});

const campaignId = 'festival';
function* entries(): Generator<TruecallerEntry> {
  for (let customer = 0; customer < 1200; customer += 1) {
    yield {
      campaignId,
      // Any usual way of writing; only its hash is sent.
      receiverNumber: `098765 ${String(customer).padStart(5, '0')}`,
      template: 'text',
      contents: [
        { displayUnit: 'cid', title: 'Hello', subTitle: 'Your parcel is near', ttlDays: 2 },
      ],
    };
  }
}

for await (const { firstIndex, next, receipt } of campaigns.uploadInBatches(entries())) {
  console.log(`${firstIndex} to ${next - 1}: ${receipt?.message}`);
  // The next batch meets a token that is no longer good.
  sandbox.truecaller.revokeTokens();
}

await campaigns.exit([{ campaignId, receiverNumbers: ['098765 00000'] }]);
console.log('the first one is off it again');

const events: TruecallerEvent[] = [];
const listener = createServer((request, response) => {
  void text(request).then((body) => {
    events.push(parseTruecallerEvent(body));
    response.writeHead(200).end();
  });
}).listen(0, '127.0.0.1');
await once(listener, 'listening');
const hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/truecaller`;
const referenceId = await hashReceiverNumber('098765 00001', { defaultCountry: 'IN' });
sandbox.truecaller.postEvent(hook, { referenceId, campaignId, displayUnit: 'cid', clicked: true });
await sandbox.truecaller.webhooksSettled();
for (const event of events) {
  const known = event.referenceId === referenceId ? 'the second customer' : 'somebody';
  console.log(`${known} ${event.clicked ? 'tapped' : 'looked'} (${event.deduplicationKey})`);
}

const { bulkUploads, tokenCalls, requests } = sandbox.truecaller;
const healed = requests.filter(({ status }) => status === 401).length;
console.log(`${bulkUploads.length} uploads, ${tokenCalls} token calls, ${healed} 401s healed`);

listener.close();
await sandbox.close();
