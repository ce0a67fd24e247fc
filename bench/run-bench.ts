/*
 * Measures everything side by side.
 *
 *   npm run bench                                   everything; rewrites docs/benchmarks.md with its plots
 *   npm run bench -- --quick                        in a minute; prints, writes nothing
 *   npm run bench -- --only warm-request,storms     some of it; prints, writes nothing
 *   npm run bench -- --only idle-sources --write    some of it; rewrites that part of docs/benchmarks.md
 *   npm run bench -- --only size                    sizes; rewrites them in docs/benchmarks.md, since they do not depend on the machine
 *
 * Fails if a measure crashes or one of our counts breaks a promise; never because of a time.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measures } from './measures/index.js';
import { bareAxiosPeer } from './peers/bare-axios.js';
import { peers } from './peers/index.js';
import { poolFetchSockets } from './peers/sockets.js';
import { benchmarksPage, plotFileOf, withMeasure } from './report/benchmarks-page.js';
import { machine } from './report/machine.js';
import { svgOf } from './report/plots.js';
import { remarks } from './report/remarks.js';
import type { MeasureResult } from './report/results.js';
import { printMeasure } from './report/terminal.js';
import { startLoopback } from './servers/loopback.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const only = options.only?.split(',') ?? Object.keys(measures);
const isWhole = !options.quick && options.only === undefined;

// An unhandled rejection in a peer's background refresh ends a process; here it must not end the run of the others.
let unhandled = 0;
process.on('unhandledRejection', () => (unhandled += 1));

poolFetchSockets();
const startedAt = performance.now();
const loopback = await startLoopback();
const results: MeasureResult[] = [];
for (const id of only) {
  const measure = measures[id];
  if (measure === undefined) throw new Error(`There is no measure ${id}.`);
  const result = await measure({ isQuick: options.quick, loopback });
  printMeasure(result, performance.now() - startedAt);
  results.push(result);
}
await loopback.close();
if (unhandled > 0) console.log(`\nRejections of peers that nobody handled: ${unhandled}`);

const docs = join(import.meta.dirname, '../../docs');
if (options.only === 'size' || (options.only !== undefined && options.write)) {
  const page = join(docs, 'benchmarks.md');
  for (const result of results) {
    writeFileSync(page, withMeasure(readFileSync(page, 'utf8'), result, remarks));
    writePlot(result);
  }
  console.log(`\nWrote ${only.join(', ')} in docs/benchmarks.md.`);
}
if (isWhole) {
  const seconds = (performance.now() - startedAt) / 1000;
  const uses = [bareAxiosPeer, ...peers].map(({ name, use }) => `**${name}**: ${use}`);
  const page = benchmarksPage({ machine: machine(), seconds, measures: results }, uses, remarks);
  writeFileSync(join(docs, 'benchmarks.md'), page);
  rmSync(join(docs, 'benchmarks'), { recursive: true, force: true });
  mkdirSync(join(docs, 'benchmarks'));
  for (const result of results) writePlot(result);
  console.log('\nWrote docs/benchmarks.md.');
}

const broken = results.flatMap((result) => result.broken);
for (const promise of broken) console.error(`Broken: ${promise}`);
process.exit(broken.length === 0 ? 0 : 1);

function writePlot({ id, plot }: MeasureResult): void {
  if (plot !== undefined) writeFileSync(join(docs, plotFileOf(id)), svgOf(plot));
}
