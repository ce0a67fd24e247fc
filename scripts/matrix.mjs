/*
 * The suite in every place where the package promises to work: the Nodes of `engines`, the floor and the newest axios of
 * `peerDependencies`, the http and the fetch adapter.
 *
 *   npm run test:matrix               every cell
 *   npm run test:matrix -- --quick    oldest and newest Node, floor and newest axios, the core only
 *   npm run test:matrix -- --node 24 --part fetch    the cells of that Node, or of that part
 *
 * Nodes and axios come from the npm registry, into a folder of the system's temporary one that the next run finds again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { quick, ...only } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    part: { type: 'string' },
  },
}).values;
const repository = resolve(import.meta.dirname, '..');
const cache = join(tmpdir(), 'axios-bearer-matrix');
const reports = join(repository, 'reports/matrix');
mkdirSync(reports, { recursive: true });

const NODES = ['20.19.0', '22', '24', '26'];
const AXIOS_FLOOR = JSON.parse(
  readFileSync(join(repository, 'package.json'), 'utf8'),
).peerDependencies.axios.replace('^', '');
const AXIOS_LATEST = execFileSync('npm', ['view', 'axios', 'version'], { encoding: 'utf8' }).trim();

/** What runs in a cell, as jest finds it. */
const PARTS = {
  // All that needs no built package, no browser and no Redis; but the simulation, which knows neither Node nor axios.
  everything: {
    args: [
      '--testPathIgnorePatterns',
      'node_modules|__tests__/(redis|integration|examples|recipes|browser|package|snippets|simulation)/',
    ],
  },
  // What differs from one axios or Node to the next: interceptors, replay, token calls, real processes.
  core: { args: ['--testPathPatterns', '__tests__/(axios|token-source|processes)/'] },
  // The behaviour of requests with fetch in the place of http. Left out is what is about Node's http itself: its streams,
  // its sockets, its ClientRequest and the redirects that axios follows there.
  fetch: {
    args: [
      '--testPathPatterns',
      '__tests__/axios/(authorize|heal|interceptors|own-authorization|re-sent-config|fetch-adapter)',
      '--setupFiles',
      './__tests__/setup/fetch-adapter.ts',
    ],
  },
};

const [oldest, newest] = [NODES[0], NODES.at(-1)];
const bothAxios = [AXIOS_FLOOR, AXIOS_LATEST];
const cells = quick
  ? [oldest, newest].flatMap((node) => bothAxios.map((axios) => ({ node, axios, part: 'core' })))
  : NODES.flatMap((node) =>
      bothAxios.flatMap((axios) => ['everything', 'fetch'].map((part) => ({ node, axios, part }))),
    );

const rows = cells
  .filter(({ node, part }) => (only.node ?? node) === node && (only.part ?? part) === part)
  .map(run);
console.log(`\n${table(rows)}`);
const failedCells = rows.filter(({ isGood }) => !isGood).length;
console.log(`\n${rows.length - failedCells} passed, ${failedCells} failed`);
process.exitCode = failedCells === 0 && rows.length > 0 ? 0 : 1;

function run({ node, axios, part }) {
  const program = join(installed(`node@${node}`, 'node'), 'bin/node');
  const axiosFolder = installed(`axios@${axios}`, 'axios');
  const name = `node-${node}_axios-${axios}_${part}`;
  const report = join(reports, `${name}.json`);
  console.log(`──── ${name}`);
  const startedAt = Date.now();
  const { status } = spawnSync(
    program,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '-w',
      '2',
      '--resolver',
      join(import.meta.dirname, 'matrix/jest-resolver.cjs'),
      '--setupFiles',
      join(import.meta.dirname, 'matrix/expect-axios.mjs'),
      ...PARTS[part].args,
      '--json',
      `--outputFile=${report}`,
    ],
    {
      cwd: repository,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        MATRIX_AXIOS: axiosFolder,
        MATRIX_AXIOS_VERSION: axios,
        // Processes that tests start: the same Node, the same axios.
        PATH: [join(program, '..'), process.env.PATH].join(delimiter),
        NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'matrix/register-axios.mjs'))}`,
      },
    },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const [passed, failed] = [counts?.numPassedTests ?? 0, counts?.numFailedTests ?? 0];
  return {
    cells: [
      versionOf(program),
      axios,
      part,
      String(passed),
      String(failed),
      `${Math.round((Date.now() - startedAt) / 1000)} s`,
    ],
    isGood: status === 0 && passed > 0,
  };
}

/** The folder of a package in a version, fetched from the registry unless an earlier run has. */
function installed(spec, name) {
  const prefix = join(cache, spec.replace('@', '-'));
  const folder = join(prefix, 'node_modules', name);
  if (!existsSync(join(folder, 'package.json'))) {
    mkdirSync(prefix, { recursive: true });
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, spec];
    execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return folder;
}

function versionOf(program) {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
}

function table(rows) {
  const head = ['Node', 'axios', 'part', 'passed', 'failed', 'took'];
  const lines = [[...head, ''], ...rows.map((row) => [...row.cells, row.isGood ? 'ok' : 'FAILED'])];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
