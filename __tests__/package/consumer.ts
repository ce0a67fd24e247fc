import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** What `npm pack` has made. */
export interface Tarball {
  /** As `npm install` takes it, from the folder that it lies in. */
  readonly file: string;
  readonly unpackedBytes: number;
  readonly paths: readonly string[];
}

/** An empty folder of a project that has installed nothing yet. */
export async function createConsumer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'axios-bearer-packed-'));
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }');
  return folder;
}

/** Packs the repository as it would be published. */
export async function pack(folder: string): Promise<Tarball> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: repository,
  });
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout) as [
    { filename: string; unpackedSize: number; files: { path: string }[] },
  ];
  return {
    file: `./${filename}`,
    unpackedBytes: unpackedSize,
    paths: files.map(({ path }) => path),
  };
}

/** The axios that the repository is tested with, as `npm install` takes it. */
export async function axiosOfRepository(): Promise<string> {
  const manifest = await readFile(join(repository, 'node_modules/axios/package.json'), 'utf8');
  return `axios@${(JSON.parse(manifest) as { version: string }).version}`;
}

/** Installs from npm's cache, where it has the packages. */
export async function install(folder: string, ...packages: readonly string[]): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...options, ...packages], { cwd: folder });
}
