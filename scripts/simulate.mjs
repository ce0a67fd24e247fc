/*
 * The simulation: 10,000 runs, a fifth of them in each process. A process that has done thousands takes ever longer for the
 * next, so five short ones are done in a third of the time. The seeds are fixed: a change, and not chance, is the reason
 * of a failure.
 */
import { spawn } from 'node:child_process';

const SEEDS = [766759566, 1342867315, 1956490480, 1416413134, 317088662];
const AT_ONCE = 2;

const waiting = [
  { tests: '__tests__/simulation/(regressions|seeded-bugs)', env: {} },
  ...SEEDS.map((seed) => ({
    tests: '__tests__/simulation/(defaults|options)',
    env: { SIMULATION_SEED: String(seed), SIMULATION_RUNS: '2000' },
  })),
];
let failed = false;
await Promise.all(Array.from({ length: AT_ONCE }, work));
process.exitCode = failed ? 1 : 0;

async function work() {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    const child = spawn('npm', ['run', '--silent', 'jest', '--', '-i', job.tests], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...job.env },
      shell: process.platform === 'win32',
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) failed = true;
  }
}
