import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { CommandError } from '../command-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { tell } from '../terminal.js';

export interface MigrateOptions {
  readonly dry?: boolean;
}

/** Rewrites the files of a folder with jscodeshift, which the project has to have: it is far larger than this package. */
export async function migrate(path: string, { dry = false }: MigrateOptions): Promise<ExitCode> {
  if (!existsSync(path)) throw new CommandError(EXIT.usage, `There is no file or folder ${path}.`);
  const jscodeshift = binaryOfProject();
  if (jscodeshift === undefined) {
    tell(
      'jscodeshift, which rewrites the files, is not installed here. To install it and continue, run:\n' +
        `npm install --save-dev jscodeshift && npx axios-bearer migrate ${path}${dry ? ' --dry' : ''}`,
    );
    return EXIT.failed;
  }
  // By package name, so that it is found wherever the bundler puts this file.
  const manifest = createRequire(import.meta.url).resolve('axios-bearer/package.json');
  const child = spawn(
    process.execPath,
    [
      jscodeshift,
      ...['--transform', join(dirname(manifest), 'codemod/to-axios-bearer.cjs')],
      ...['--parser', 'tsx', '--extensions', 'js,jsx,mjs,cjs,ts,tsx,mts,cts'],
      ...['--ignore-pattern', '**/node_modules/**', ...(dry ? ['--dry', '--print'] : []), path],
    ],
    { stdio: 'inherit' },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) return EXIT.failed;
  tell(
    `${dry ? 'Run it without --dry, then' : 'Now'} search for TODO(axios-bearer). What replaces your options: node_modules/axios-bearer/docs/migrating`,
  );
  return EXIT.ok;
}

function binaryOfProject(): string | undefined {
  try {
    const manifest = createRequire(join(process.cwd(), 'any.js')).resolve(
      'jscodeshift/package.json',
    );
    return join(dirname(manifest), 'bin/jscodeshift.js');
  } catch {
    return undefined;
  }
}
