/*
 * Puts every peer through every scenario.
 *
 *   npm run compare                           everything; rewrites docs/comparison.md
 *   npm run compare -- --quick                smaller storms; prints, writes nothing
 *   npm run compare -- --only abort,late-401  some of it; prints, writes nothing
 *
 * Fails if a scenario crashes, or if one of ours is not good and no trade-off explains it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { askChild } from './children/ask-child.js';
import { comparedPeers, ours } from './peers/index.js';
import type { Peer } from './peers/peer.js';
import { comparisonPage, rowsOf, totalsOf, type CellResult } from './report/comparison.js';
import { machine } from './report/machine.js';
import { textTable } from './report/terminal.js';
import { scenarios } from './scenarios/index.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    peers: { type: 'string' },
  },
});
const isWhole = !options.quick && options.only === undefined && options.peers === undefined;
const wanted = options.peers?.split(',');

const startedAt = performance.now();
const waiting = comparedPeers.filter(({ id }) => wanted?.includes(id) ?? true);
const found = new Map<string, CellResult[]>();
// They mostly wait: three at a time do not disturb each other.
await Promise.all(
  Array.from({ length: 3 }, async () => {
    for (let peer = waiting.shift(); peer !== undefined; peer = waiting.shift()) {
      found.set(peer.id, await cellsOf(peer));
    }
  }),
);
const compared = comparedPeers.flatMap(({ id, name, use }) => {
  const cells = found.get(id);
  return cells === undefined ? [] : [{ id, name, use, cells }];
});

function cellsOf({ id }: Peer): Promise<CellResult[]> {
  return askChild<CellResult[]>('compare-peer', {
    COMPARE_PEER: id,
    COMPARE_QUICK: options.quick ? '1' : '0',
    ...(options.only === undefined ? {} : { COMPARE_ONLY: options.only }),
  });
}

const shown = scenarios.filter(({ id }) => options.only?.split(',').includes(id) ?? true);
for (const peer of compared) {
  console.log(`\n──── ${peer.name}: ${totalsOf([peer]).join()} good\n`);
  console.log(textTable(rowsOf(shown, [peer])));
}
console.log(`\nDone in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);

if (isWhole) {
  const page = comparisonPage(scenarios, compared, machine());
  writeFileSync(join(import.meta.dirname, '../../docs/comparison.md'), page);
  console.log('Wrote docs/comparison.md.');
}

const broken = ours.flatMap(({ id, name }) =>
  (found.get(id) ?? [])
    .filter(({ verdict }) => verdict === 'bad')
    .map((cell) => `Broken: ${name}, ${cell.id}: ${cell.text}`),
);
for (const line of broken) console.error(line);
process.exit(broken.length === 0 ? 0 : 1);
