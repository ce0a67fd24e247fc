/*
 * Puts one peer through every scenario, in a process of its own: what it leaves behind, such as a running retry or an
 * unhandled rejection, must not affect the next.
 */
import { startSandbox } from 'axios-bearer/testing';

import type { Peer } from '../peers/peer.js';
import { loadPeer } from '../peers/load-peer.js';
import { poolFetchSockets } from '../peers/sockets.js';
import type { CellResult } from '../report/comparison.js';
import { scenarios } from '../scenarios/index.js';
import { within, type Scenario } from '../scenarios/scenario.js';

const DEFAULT_LIMIT_MS = 40_000;
const isQuick = process.env['COMPARE_QUICK'] === '1';
const only = process.env['COMPARE_ONLY']?.split(',');

// Counted where it matters, by the scenario about failing renewals; it must never end the process.
process.on('unhandledRejection', () => undefined);
// A scenario that crashes ends the process, but need not print a whole axios error.
process.on('uncaughtException', (error) => {
  console.error(error.stack);
  process.exit(1);
});
poolFetchSockets();

async function cellOf(peer: Peer, scenario: Scenario): Promise<CellResult> {
  const { id, needs = [], limitMs = DEFAULT_LIMIT_MS } = scenario;
  const lacking = needs.find((need) => peer.lacks?.includes(need));
  if (lacking !== undefined) return { id, text: `has no ${lacking}`, verdict: 'not applicable' };

  const sandbox = await startSandbox({ only: ['oauth2'] });
  const server = sandbox.oauth2;
  const { url: baseURL, tokenUrl, credentials } = server;
  const setup = { baseURL, tokenUrl, ...credentials };
  const client = peer.create(setup);
  try {
    const cell = await within(
      scenario.run({ peer, isQuick, sandbox, server, setup, client }),
      limitMs,
    );
    if (cell === 'still waiting') return { id, text: 'hangs', verdict: 'bad' };
    return { id, text: cell.text, verdict: cell.isGood ? 'good' : 'bad' };
  } finally {
    client.close?.();
    await sandbox.close();
  }
}

const peer = await loadPeer(process.env['COMPARE_PEER'] ?? '');
const cells: CellResult[] = [];
for (const scenario of scenarios) {
  if (only !== undefined && !only.includes(scenario.id)) continue;
  cells.push(await cellOf(peer, scenario));
}
process.send?.(cells, () => process.exit());
