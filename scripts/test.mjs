/*
 * The whole proof: lint, format, types, unit, integration, the built package (in a browser too), the docs site, the
 * snippets of the docs. In that order, but two at a time: what only reads the sources runs beside the tests, and the
 * simulation, six thousand runs on one processor, beside what needs the build. The fleets of real processes run alone: what
 * they show is exact as long as Redis answers each of them within its 250 ms.
 * Runs every step even if an earlier one failed, and ends with the numbers of all of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const REPORTS = 'reports/tests';
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const sources = [
  { name: 'lint', script: 'lint' },
  { name: 'format', script: 'format:check' },
  { name: 'types', script: 'typecheck' },
  { name: 'build', script: 'build' },
  { name: 'publint', script: 'check:publint' },
  { name: 'types as published', script: 'check:attw' },
];
const tests = [
  { name: 'unit', script: 'test:unit' },
  { name: 'integration', script: 'test:integration' },
];
const fleets = [{ name: 'fleets', script: 'test:fleet' }];
const simulation = [{ name: 'simulation', script: 'test:simulation' }];
const testsOfTheBuild = [
  { name: 'package and browser', script: 'test:package' },
  { name: 'docs site', script: 'test:docs' },
  { name: 'snippets', script: 'test:snippets' },
];

const isThere = (program) => spawnSync(program, ['--version']).status === 0;
const hasRedis = isThere('redis-server');
const hasWorkerd = isThere('node_modules/workerd/bin/workerd');
const hasChromium = ['chromium', 'chromium-browser', 'google-chrome'].some(isThere);

const [ofSources, ofTests] = await Promise.all([inOrder(sources, check), inOrder(tests, testWith)]);
const ofFleets = await inOrder(fleets, testWith);
const [ofSimulation, ofBuild] = await Promise.all([
  inOrder(simulation, testWith),
  inOrder(testsOfTheBuild, testWith),
]);
const results = [...ofSources, ...ofTests, ...ofFleets, ...ofSimulation, ...ofBuild];
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const rows = results.map(
  ({ name, passed, failed, seconds }) =>
    `${name.padEnd(20)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed  ${seconds.toFixed(0)} s`,
);

console.log(`\n${rows.join('\n')}`);
if (!hasRedis) {
  console.log(
    '\nLeft out: everything that needs a real Redis, because redis-server is not on the PATH.',
  );
  console.log(
    'Install it (Debian: apt-get install redis-server; macOS: brew install redis) and run again.',
  );
}
if (!hasChromium) {
  console.log(
    '\nLeft out: everything that needs a real browser, because none of chromium, chromium-browser and google-chrome is on the PATH.',
  );
  console.log('Install one (Debian: apt-get install chromium) and run again.');
}
if (!hasWorkerd) {
  console.log(
    "\nLeft out: everything that needs Cloudflare's runtime, because workerd does not start on this system.",
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function inOrder(steps, run) {
  const results = [];
  for (const step of steps) {
    const startedAt = Date.now();
    const { said, ...counts } = await run(step);
    const seconds = (Date.now() - startedAt) / 1000;
    console.log(
      `\n──── ${step.name} ${'─'.repeat(Math.max(0, 72 - step.name.length))}\n${said.trim()}`,
    );
    results.push({ name: step.name, seconds, ...counts });
  }
  return results;
}

/** A step without tests of its own counts as one. */
async function check({ script }) {
  const { status, said } = await npm(script);
  return { said, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
}

/** A run of jest that failed outside its tests counts as one failure too. */
async function testWith({ script }) {
  const report = `${REPORTS}/${script.replaceAll(':', '-')}.json`;
  const { status, said } = await npm(script, '--', '--json', `--outputFile=${report}`);
  const counts = existsSync(report) ? read(report) : { passed: 0, failed: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return { said, ...counts };
}

/** What it says is kept until its end, so that two that run side by side do not talk at once. */
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
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}
