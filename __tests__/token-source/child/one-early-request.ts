/*
 * Run in a process of its own: one request gets its token while a background refresh hangs, and then nothing more is
 * to be done. With `KEEP_WARM` the timer that renews ahead of time is on too, with `OWN_AGENT` the token calls go out
 * through an agent of the user's own.
 */
import { EventEmitter } from 'node:events';
import { Agent, type ClientRequest } from 'node:http';
import { connect, type TcpNetConnectOpts } from 'node:net';

import { createTokenSource } from '../../../src/axios/create-token-source.js';
import { sandboxProvider } from './sandbox-provider.js';

/** As agent-base 6 is, which agents for proxies are made of: it has a limit by name only, and no queue. */
class AgentOfAnotherKind extends EventEmitter {
  readonly maxSockets = 1;

  addRequest(request: ClientRequest, { host, port }: TcpNetConnectOpts): void {
    request.onSocket(connect(port, host));
  }
}

const AGENTS: Readonly<Record<string, () => object>> = {
  yes: () => new Agent({ keepAlive: true }),
  'of another kind': () => new AgentOfAnotherKind(),
};

async function main(): Promise<void> {
  const source = createTokenSource(sandboxProvider, {
    revalidateMs: 1,
    // Two minutes, so that a process that such a call keeps alive cannot be taken for one that is slow to end.
    attemptTimeoutMs: 120_000,
    flightTimeoutMs: 120_000,
    keepWarm: process.env['KEEP_WARM'] === 'yes',
    transport: { httpAgent: AGENTS[process.env['OWN_AGENT'] ?? '']?.() },
  });
  const first = await source.getToken();
  const second = await source.getToken(); // Its life is unknown, so it is renewed in the background at once.
  console.log(first.value === second.value ? 'served while it is renewed' : 'had to wait');
}

// The parent says when the renewal has reached it; from then on only the library could keep this process alive.
process.once('message', () => process.disconnect());
void main();
