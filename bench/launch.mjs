/*
 * Runs a script of this folder against the built package, as a user would get it: installs the peers if they are
 * missing, builds the library if its sources are newer than the build, and unpacks both where npm would put them.
 *
 *   node bench/launch.mjs <script> [--quick]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '..');
const [script, ...args] = process.argv.slice(2);

const isWindows = process.platform === 'win32';
const run = (command, ...commandArgs) => {
  const { status, signal } = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows && command === 'npm',
  });
  if (status !== 0) process.exit(status ?? (signal === null ? 1 : 128));
};
const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const newestIn = (folder) =>
  Math.max(
    ...readdirSync(folder, { recursive: true }).map((file) => changedAt(join(folder, file))),
  );

const installed = join(here, 'node_modules');
if (changedAt(join(installed, '.package-lock.json')) < changedAt(join(here, 'package-lock.json'))) {
  run('npm', 'ci', '--prefix', 'bench');
}

const built = join(root, 'dist');
if (changedAt(join(built, 'index.js')) < newestIn(join(root, 'src'))) {
  run('npm', 'run', '--silent', 'build');
}

// Beside the peers, so that all of them share one axios.
const unpacked = join(installed, 'axios-bearer');
rmSync(unpacked, { recursive: true, force: true });
mkdirSync(unpacked);
cpSync(join(root, 'package.json'), join(unpacked, 'package.json'));
cpSync(built, join(unpacked, 'dist'), { recursive: true });

const bundled = join(here, 'dist');
rmSync(bundled, { recursive: true, force: true });
const { build } = await import('esbuild');
await build({
  absWorkingDir: here,
  entryPoints: [`${script}.ts`, 'servers/*.ts', 'children/*.ts'],
  outdir: bundled,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // The paths of tsconfig.json lead to the sources: they are for the compiler, not for what is measured.
  tsconfigRaw: {},
  logLevel: 'warning',
});

run(
  process.execPath,
  '--expose-gc',
  '--max-semi-space-size=64',
  '--disable-warning=ExperimentalWarning',
  join(bundled, `${script}.mjs`),
  ...args,
);
