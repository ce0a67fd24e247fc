/*
 * Places a call, loses its token, polls the call until it ends and receives its callback.
 *
 *   node examples/run.mjs exotel-call
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { createProviderClient } from 'axios-bearer';
import {
  createExotelApi,
  isAgentUnavailable,
  parseCcmCallback,
  type ExotelCcmCallback,
} from 'axios-bearer/exotel';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url, agents } = sandbox.exotel;

// The instance attaches the token, and heals a 401. The API on top of it knows nothing of that, and goes where the instance goes.
const http = createProviderClient(exotel({ ...credentials, baseURL: url }), { timeout: 10_000 });
const api = createExotelApi(http, { accountSid: credentials.accountSid });

// Exotel signs nothing, so a callback is only a hint: what it says is checked below.
const news: ExotelCcmCallback[] = [];
const listener = createServer((request, response) => {
  void text(request).then((body) => {
    news.push(parseCcmCallback(body));
    response.writeHead(200).end();
  });
}).listen(0, '127.0.0.1');
await once(listener, 'listening');
const hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/exotel`;

const order = {
  from: { userId: agents[0]!.userId },
  to: '+910000000000',
  virtualNumber: '+910000000001',
  record: true,
  customField: 'order 7',
  statusCallbacks: [
    { event: 'answered', url: hook },
    { event: 'terminal', url: hook },
  ],
} as const;
const { callSid } = await api.calls.create(order);
console.log(`${callSid}: the agent's telephone rings`);

try {
  await api.calls.create(order);
} catch (error) {
  // A state of the business, not a fault: nothing to try again at once.
  if (!isAgentUnavailable(error)) throw error;
  console.log(`a second call at the same time is refused: ${error.reason}`);
}

sandbox.exotel.answerCall(callSid);
sandbox.exotel.revokeTokens();
console.log('both have picked up; the token has just been revoked');

let details = await api.calls.get(callSid);
while (details.state !== 'terminal') {
  console.log(`${callSid}: ${details.state}`);
  sandbox.exotel.endCall(callSid);
  await sleep(100);
  details = await api.calls.get(callSid);
}
console.log(`${callSid}: ${details.state}, ${details.outcome}, ${details.durationSeconds} s`);

await sandbox.exotel.webhooksSettled();
for (const { event, state, recordingUrl } of news) {
  console.log(`callback: ${event}, ${state}${recordingUrl === undefined ? '' : ', recorded'}`);
}

const { calls, tokenCalls, requests } = sandbox.exotel;
const healed = requests.filter(({ status }) => status === 401).length;
console.log(`${calls.length} call placed, ${tokenCalls} token calls, ${healed} 401 healed`);

listener.close();
await sandbox.close();
