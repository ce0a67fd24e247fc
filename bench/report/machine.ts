import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem, type as osType, release } from 'node:os';
import { join } from 'node:path';

import { bareAxiosPeer } from '../peers/bare-axios.js';
import { peers } from '../peers/index.js';
import type { Machine } from './results.js';

/** What the figures depend on. No host name, no path. */
export function machine(): Machine {
  const packages = [bareAxiosPeer, ...peers].flatMap((peer) => peer.packages);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: osName(),
    node: process.version,
    versions: Object.fromEntries([...new Set(packages)].map((name) => [name, versionOf(name)])),
  };
}

function osName(): string {
  const kernel = `${osType()} ${release().split('-')[0]}`;
  try {
    const name = /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? kernel : `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}

/** Not every package lets its package.json be imported, so the folder is found from its entry. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(join(folder, name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed.`);
}
