import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as core from '../../src/index.js';
import * as providers from '../../src/providers/index.js';
import { ROOT } from '../docs/pages.js';

/** The rooms that `axios-bearer` and `axios-bearer/providers` export from. */
const ROOMS = ['axios', 'errors', 'provider-definition', 'providers', 'resource-call'];

/** What an example may use without saying so. */
const ASSUMED = `
import axios, { type AxiosInstance } from 'axios';
import { ${Object.keys(core).join(', ')}, type Provider } from 'axios-bearer';
import { createBearerAdapter } from 'axios-bearer/adapter';
import { ${Object.keys(providers).join(', ')} } from 'axios-bearer/providers';
declare const error: unknown;
declare const http: AxiosInstance;
declare const provider: Provider;
`;

/** The functions that `axios-bearer` and `axios-bearer/providers` export. */
export const exportedFunctions: readonly string[] = Object.entries({ ...core, ...providers })
  .filter(([, value]) => typeof value === 'function' && !String(value).startsWith('class'))
  .map(([name]) => name);

/** The `@example` in the doc comment of each export, by its name, as a program that compiles. */
export const docExamples: ReadonlyMap<string, string> = new Map(
  ROOMS.flatMap(sourcesOf).flatMap((source) =>
    [
      ...source.matchAll(
        /\/\*\*((?:(?!\*\/)[\s\S])*?@example\n \* ```ts\n((?:(?!\*\/)[\s\S])*?) \* ```(?:(?!\*\/)[\s\S])*?)\*\/\nexport (?:function|class) (\w+)/g,
      ),
    ].map(([, , code, name]) => [name!, programOf(code!)] as const),
  ),
);

function sourcesOf(room: string): string[] {
  const folder = join(ROOT, 'src', room);
  return readdirSync(folder).flatMap((file) =>
    file.endsWith('.ts') ? [readFileSync(join(folder, file), 'utf8')] : [],
  );
}

/** In a scope of its own, where it may name things as the assumed ones are named. */
function programOf(code: string): string {
  return `${ASSUMED}export {};\n{\n${code.replaceAll(/^ \* ?/gm, '')}}\n`;
}
