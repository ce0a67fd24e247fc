/*
 * The whole proof, in order: lint, format, types, unit, integration, the built package (in a browser too), the docs site,
 * the snippets of the docs.
 * Runs every step even if an earlier one failed, and ends with the numbers of all of them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const REPORTS = 'reports/tests';
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const steps = [
  { name: 'lint', script: 'lint' },
  { name: 'format', script: 'format:check' },
  { name: 'types', script: 'typecheck' },
  { name: 'unit', script: 'test:unit', jest: true },
  { name: 'integration', script: 'test:integration', jest: true },
  { name: 'build', script: 'build' },
  { name: 'package and browser', script: 'test:package', jest: true },
  { name: 'docs site', script: 'test:docs', jest: true },
  { name: 'publint', script: 'check:publint' },
  { name: 'types as published', script: 'check:attw' },
  { name: 'snippets', script: 'test:snippets', jest: true },
];

const isThere = (program) => spawnSync(program, ['--version']).status === 0;
const hasRedis = isThere('redis-server');
const hasChromium = ['chromium', 'chromium-browser', 'google-chrome'].some(isThere);
let passed = 0;
let failed = 0;
const rows = [];

for (const { name, script, jest } of steps) {
  console.log(`\n──── ${name} ${'─'.repeat(Math.max(0, 72 - name.length))}`);
  const report = `${REPORTS}/${script.replaceAll(':', '-')}.json`;
  const args = jest ? ['--', '--json', `--outputFile=${report}`] : [];
  const startedAt = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', script, ...args], {
    stdio: ['ignore', jest ? 'ignore' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const counts = jest && existsSync(report) ? read(report) : { passed: 0, failed: 0 };
  // A step without tests of its own counts as one; a jest run that failed outside its tests counts as a failure too.
  if (!jest) counts[status === 0 ? 'passed' : 'failed'] = 1;
  else if (status !== 0 && counts.failed === 0) counts.failed = 1;
  passed += counts.passed;
  failed += counts.failed;
  rows.push(
    `${name.padEnd(20)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(3)} failed  ${((Date.now() - startedAt) / 1000).toFixed(0)} s`,
  );
}

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
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function read(report) {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}
