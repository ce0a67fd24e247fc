/*
 * The suite in every environment in which the package promises to work: the Nodes of `engines`, and the axios of `peerDependencies`
 * from the oldest to the newest, with the http and the fetch adapter, with the types, and as it is packed.
 *
 *   npm run test:matrix                        every cell
 *   npm run test:matrix -- --quick             oldest and newest Node, oldest and newest axios, the core only
 *   npm run test:matrix -- --axios             every axios on the oldest Node: the table of docs/axios-versions.md
 *   npm run test:matrix -- --node 24 --part fetch    the cells of that Node, or of that part
 *   npm run test:matrix -- --axios-version 1.12.2    the cells of that axios
 *
 * Nodes and axios come from the npm registry, into a folder of the system's temporary one that the next run finds again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { leftOutOn, patternWithout } from './matrix/left-out.mjs';
import { checkPacked, checkSymptom, pack } from './matrix/packed.mjs';

const {
  quick,
  axios: onlyAxios,
  ...only
} = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    axios: { type: 'boolean', default: false },
    node: { type: 'string' },
    part: { type: 'string' },
    'axios-version': { type: 'string' },
  },
}).values;
const repository = resolve(import.meta.dirname, '..');
const cache = join(tmpdir(), 'axios-bearer-matrix');
const reports = join(repository, 'reports/matrix');
mkdirSync(reports, { recursive: true });

const NODES = ['20.19.0', '22', '24', '26'];
const AXIOS_LATEST = execFileSync('npm', ['view', 'axios', 'version'], { encoding: 'utf8' }).trim();
/** The oldest of the peer range, versions that many apps pin, and the last ones before a change that affects us. */
const AXIOS = ['1.8.2', '1.9.0', '1.12.2', '1.13.6', '1.15.2', '1.18.1', '1.20.0', AXIOS_LATEST];
/** The one that the peer range leaves out. */
const AXIOS_EXCLUDED = '1.13.3';

/** What runs in a cell: test files, as jest finds them, or a check of the package. */
const PARTS = {
  // Everything that needs no built package, no browser and no Redis, except the simulation, which depends on neither Node nor axios.
  everything: {
    args: [
      '--testPathIgnorePatterns',
      'node_modules|__tests__/(redis|integration|examples|recipes|browser|package|snippets|simulation)/',
    ],
  },
  // What differs from one axios or Node to the next: interceptors, replay, token calls, real processes.
  core: { args: ['--testPathPatterns', '__tests__/(axios|token-source|processes)/'] },
  // What differs from one axios to the next, with the http adapter.
  http: { args: ['--testPathPatterns', '__tests__/(axios/|token-source/(isolation|endpoint))'] },
  // The behaviour of requests with fetch instead of http, without what is about Node's http itself: its streams, its
  // sockets, its ClientRequest and the redirects that axios follows there.
  fetch: {
    args: [
      '--testPathPatterns',
      '__tests__/axios/(authorize|heal|interceptors|own-authorization|re-sent-config|fetch-adapter)',
      '--setupFiles',
      './__tests__/setup/fetch-adapter.ts',
    ],
  },
  // The tarball beside this axios: types for ES modules and for CommonJS, and a healed 401 in both.
  package: { check: checkPacked },
  // Why a version is left out of the peer range: passes while the fault is there.
  excluded: { check: checkSymptom },
};

const [oldest, newest] = [NODES[0], NODES.at(-1)];
const endsOfAxios = [AXIOS[0], AXIOS_LATEST];
const cellsOf = (nodes, versions, parts) =>
  nodes.flatMap((node) =>
    versions.flatMap((axios) => parts.map((part) => ({ node, axios, part }))),
  );

const perAxios = [
  ...cellsOf([oldest], AXIOS, ['http', 'fetch', 'package']),
  ...cellsOf([oldest], [AXIOS_EXCLUDED], ['excluded']),
];
const perNode = cellsOf(NODES, [AXIOS_LATEST], ['everything', 'fetch']);
const cells = quick
  ? cellsOf([oldest, newest], endsOfAxios, ['core'])
  : onlyAxios
    ? perAxios
    : [...perNode, ...perAxios];
const chosen = cells.filter(
  ({ node, axios, part }) =>
    (only.node ?? node) === node &&
    (only.part ?? part) === part &&
    (only['axios-version'] ?? axios) === axios,
);

/** Packed once, and only if needed. */
let tarball;

const rows = chosen.map(run);
console.log(`\n${table(rows)}`);
for (const { axios, titles, because } of leftOutIn(chosen))
  console.log(`left out on axios ${axios}: ${titles} (${because})`);
for (const { remark } of rows) if (remark !== undefined) console.log(remark);
const failedCells = rows.filter(({ isGood }) => !isGood).length;
console.log(`\n${rows.length - failedCells} passed, ${failedCells} failed`);
process.exitCode = failedCells === 0 && rows.length > 0 ? 0 : 1;

function run({ node, axios, part }) {
  const program = join(installed(`node@${node}`, 'node'), 'bin/node');
  const axiosFolder = installed(`axios@${axios}`, 'axios');
  const name = `node-${node}_axios-${axios}_${part}`;
  console.log(`──── ${name}`);
  const startedAt = Date.now();
  const { check } = PARTS[part];
  const { isGood, passed, failed, leftOut, remark } =
    check === undefined
      ? runTests({ program, axios, axiosFolder, part, report: join(reports, `${name}.json`) })
      : check({
          program,
          axios,
          tarball: (tarball ??= pack(repository, cache)),
          folder: join(cache, `consumer-${axios}`),
          repository,
        });
  const took = `${Math.round((Date.now() - startedAt) / 1000)} s`;
  return {
    cells: [versionOf(program), axios, part, passed, failed, leftOut, took].map(String),
    isGood,
    remark,
  };
}

function runTests({ program, axios, axiosFolder, part, report }) {
  rmSync(report, { force: true });
  const withoutTitles = patternWithout(leftOutOn(axios, part));
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
      ...(withoutTitles === undefined ? [] : ['--testNamePattern', withoutTitles]),
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
  const passed = counts?.numPassedTests ?? 0;
  return {
    passed,
    failed: counts?.numFailedTests ?? 0,
    leftOut: counts?.numPendingTests ?? 0,
    isGood: status === 0 && passed > 0,
  };
}

/** What the chosen cells leave out, with the reasons, so that nothing is skipped silently. */
function leftOutIn(cellsOfRun) {
  const versions = new Set(
    cellsOfRun.filter(({ part }) => PARTS[part].args !== undefined).map(({ axios }) => axios),
  );
  const byReason = new Map();
  for (const axios of versions)
    for (const { titles, because } of leftOutOn(axios)) {
      const entry = byReason.get(because) ?? { titles: titles.join('; '), because, on: [] };
      entry.on.push(axios);
      byReason.set(because, entry);
    }
  return [...byReason.values()].map(({ on, ...rest }) => ({ axios: on.join(', '), ...rest }));
}

/** The folder of a package in a version, fetched from the registry unless an earlier run did so. */
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

function table(tableRows) {
  const head = ['Node', 'axios', 'part', 'passed', 'failed', 'left out', 'took'];
  const lines = [
    [...head, ''],
    ...tableRows.map((row) => [...row.cells, row.isGood ? 'ok' : 'FAILED']),
  ];
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
