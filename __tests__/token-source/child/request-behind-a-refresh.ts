/*
 * Run in a process of its own: a request of the app waits for the one socket of its agent, which a background refresh has.
 */
import axios from 'axios';
import { Agent } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import { createTokenSource } from '../../../src/axios/create-token-source.js';
import { SANDBOX_URL, sandboxProvider } from './sandbox-provider.js';

async function main(): Promise<void> {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
  const source = createTokenSource(sandboxProvider, { revalidateMs: 1, transport: { httpAgent } });
  await source.getToken();
  const { value } = await source.getToken(); // Its life is unknown, so it is renewed in the background at once.
  while (Object.keys(httpAgent.sockets).length === 0) await setImmediate();
  await axios.get(`${SANDBOX_URL}/resource`, {
    httpAgent,
    validateStatus: () => true,
    headers: { Authorization: `Bearer ${value}` },
  });
  console.log('answered');
}

void main();
