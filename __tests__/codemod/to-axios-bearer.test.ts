import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/*
 * Eleven public shapes of the three patterns, written anew: what the transform makes of each, to the letter. They are text, because they are no
 * programs of this repository.
 */

const require = createRequire(import.meta.url);
const transform = require('../../codemod/to-axios-bearer.cjs') as (
  file: { path: string; source: string },
  api: { jscodeshift: unknown },
) => string | undefined;
const { withParser } = require('jscodeshift') as { withParser: (name: string) => unknown };

const FIXTURES = join(import.meta.dirname, 'fixtures');
const read = (file: string) => readFileSync(join(FIXTURES, file), 'utf8');
const shapes = readdirSync(FIXTURES).filter((file) => /\.output\./.test(file));
const migrated = (source: string, path = 'any.js') =>
  transform({ path, source }, { jscodeshift: withParser('tsx') });

test('eleven shapes are tried', () => {
  expect(shapes).toHaveLength(11);
});

describe.each(shapes)('%s', (output) => {
  const result = migrated(read(output.replace('.output.', '.input.')), output.replace('.txt', ''));

  test('is what becomes of it', () => {
    expect(result).toBe(read(output));
  });

  test('attaches a provider, and has nothing left of what it replaces', () => {
    expect(result).toMatch(/attachBearer\([\w.]+, defineProvider\(\{/);
    expect(result).not.toMatch(/axios-auth-refresh'|token-interceptor'|isRefreshing|queue|_retry/i);
  });

  test('is left as it is the second time', () => {
    expect(migrated(result!)).toBeUndefined();
  });
});

test('an interceptor that refreshes nothing is left alone', () => {
  expect(migrated(read('untouched.input.js.txt'))).toBeUndefined();
});

test('the comment at the top of a file stays when the import below it goes', () => {
  const source =
    "// Licence: ours.\nimport refresh from 'axios-auth-refresh';\nrefresh(api, login);\n";
  expect(migrated(source)).toMatch(/^\/\/ Licence: ours\.\nimport \{ attachBearer/);
});

test('only the header of an instance that is attached is left to axios-bearer', () => {
  const source = `import refresh from 'axios-auth-refresh';
refresh(api, login);
other.interceptors.request.use((config) => {
  config.headers.Authorization = own();
  return config;
});
`;
  expect(migrated(source)).toContain('config.headers.Authorization = own();');
});

test('what resets the cache of axios-token-interceptor clears the token source', () => {
  const source = `import tokenProvider from 'axios-token-interceptor';
const cache = tokenProvider.tokenCache(login, { maxAge: 1000 });
api.interceptors.request.use(tokenProvider({ getToken: cache }));
export const logOut = () => cache.reset();
`;
  const result = migrated(source);
  expect(result).toContain(
    "import { attachBearer, bearerOf, defineProvider } from 'axios-bearer';",
  );
  expect(result).toContain('export const logOut = () => bearerOf(api)?.source.clear();');
});

test.each([
  'const login = (failed) => post(failed);\nrefresh(api, login);',
  'function login(failed) { post(failed); }\nrefresh(api, login);',
  'refresh(api, (failed) => post(failed));',
])('a refresh function that takes the failed request is marked: %s', (given) => {
  const source = `import refresh from 'axios-auth-refresh';\nconst { post } = http;\n${given}\n`;
  expect(migrated(source)).toContain('it gets { params, signal } and no failed request any more');
});
