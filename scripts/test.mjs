/*
 * Types, unit, integration, the built package (in a browser too), the snippets of the docs. Lint, format and the docs site run in the hosted CI.
 * The outages of Redis come first and alone: the library waits 250 ms for an answer, and a busy machine takes longer. Then two stages at a
 * time: one that computes, and one that mostly waits. Runs every stage even if an earlier one failed, and ends with the slow tests and the
 * numbers of all stages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { text } from 'node:stream/consumers';

const REPORTS = 'reports/tests';
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const startedAt = performance.now();
const results = [];

await inOrder([['outages', 'test:outages', testWith]]);
const built = inOrder([
  ['types', 'typecheck', check],
  ['build', 'build', check],
]);
await Promise.all([
  built.then(() =>
    inOrder([
      ['publint', 'check:publint', check],
      ['types as published', 'check:attw', check],
      ['package and browser', 'test:package', testWith],
      ['integration', 'test:integration', testWith],
    ]),
  ),
  inOrder([
    ['unit', 'test:unit', testWith],
    ['simulation', 'test:simulation', testWith],
  ])
    .then(() => built)
    .then(() => inOrder([['snippets', 'test:snippets', testWith]])),
]);

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const passed = sum(results.map((result) => result.passed));
const failed = sum(results.map((result) => result.failed));
const files = results.flatMap((result) => result.files ?? []);
const slowest = files.sort((a, b) => b.seconds - a.seconds).slice(0, 10);

console.log('\nThe slowest test files:');
for (const { name, seconds } of slowest)
  console.log(`${seconds.toFixed(0).padStart(5)} s  ${name}`);
console.log(`\nThe stages, ${clock()} in all:`);
for (const { name, seconds, ...counts } of results)
  console.log(`${seconds.toFixed(0).padStart(5)} s  ${name.padEnd(20)} ${told(counts)}`);
tellWhatIsMissing();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function inOrder(stages) {
  for (const [name, script, run] of stages) {
    console.log(`${clock()}  ${name} …`);
    const begunAt = performance.now();
    const { said, ...counts } = await run(script);
    results.push({ name, seconds: (performance.now() - begunAt) / 1000, ...counts });
    console.log(`${clock()}  ${name}: ${told(counts)}`);
    const worthReading = counts.failed > 0 ? withoutPassed(said) : withoutUsual(said);
    if (worthReading !== '') console.log(`\n${worthReading}\n`);
  }
}

/** A stage without tests of its own counts as one. */
async function check(script) {
  const { status, said } = await npm(script);
  return { said, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
}

/** A run of jest that failed outside its tests, or found none, counts as one failure. */
async function testWith(script) {
  const report = `${REPORTS}/${script.replaceAll(':', '-')}.json`;
  const { status, said } = await npm(script, '--', '--json', `--outputFile=${report}`);
  const found = existsSync(report) ? read(report) : { passed: 0, failed: 0, files: [] };
  const isBroken = found.failed === 0 && (status !== 0 || found.passed === 0);
  if (!isBroken) return { said, ...found };
  return { ...found, failed: 1, said: `${said}\n${script} broke off, or found no test.` };
}

/** Its output is held until it ends, so that two stages side by side do not mix theirs. */
async function npm(script, ...args) {
  const child = spawn('npm', ['run', '--silent', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [status, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  // With `--json` jest prints its whole report to standard output as well.
  return { status, said: args.length === 0 ? `${out}${err}` : err };
}

function read(report) {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    files: testResults.map(({ name, startTime, endTime }) => ({
      name: relative('__tests__', name),
      seconds: (endTime - startTime) / 1000,
    })),
  };
}

function withoutPassed(said) {
  return said.replaceAll(/^PASS .*\n/gm, '').trim();
}

/** The relevant output of a stage that passed: warnings, and what was left out. */
function withoutUsual(said) {
  const usual =
    /^(PASS |Test Suites:|Tests:|Snapshots:|Time:|Ran all test suites|Test results written|\s*$)/;
  const lines = said.split('\n').filter((line) => !usual.test(line));
  return lines.join('\n');
}

function told({ passed, failed }) {
  return failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} FAILED`;
}

function clock() {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function tellWhatIsMissing() {
  const isThere = (program) => spawnSync(program, ['--version']).status === 0;
  if (!isThere('redis-server')) {
    console.log(
      '\nLeft out: everything that needs a real Redis, because redis-server is not on the PATH.',
    );
    console.log(
      'Install it (Debian: apt-get install redis-server; macOS: brew install redis) and run again.',
    );
  }
  if (!['chromium', 'chromium-browser', 'google-chrome'].some(isThere)) {
    console.log(
      '\nLeft out: everything that needs a real browser, because none of chromium, chromium-browser and google-chrome is on the PATH.',
    );
    console.log('Install one (Debian: apt-get install chromium) and run again.');
  }
  if (!isThere('node_modules/workerd/bin/workerd')) {
    console.log(
      "\nLeft out: everything that needs Cloudflare's runtime, because workerd does not start on this system.",
    );
  }
}
