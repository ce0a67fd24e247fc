import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

/*
 * The rooms of src/ and the way their arrows point, read off the import lines: no cycles, and nothing reaches where it
 * should not.
 */

const root = resolve(import.meta.dirname, '../src');

/** What each room may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  concealment: ['platform/utf8'],
  platform: ['token/instant'],
  token: ['errors'],
  'provider-definition': ['token', 'errors', 'platform/loopback'],
  'token-call': ['provider-definition', 'token', 'platform', 'errors'],
  store: ['sharing', 'errors'],
  sharing: ['token-call', 'provider-definition', 'token', 'platform', 'errors'],
  'token-source': ['sharing', 'token-call', 'provider-definition', 'token', 'platform', 'errors'],
  axios: [
    'token-source',
    'token-call/token-endpoint',
    'resource-call',
    'provider-definition/define-provider',
    'provider-definition/token-placement',
    'token',
    'platform',
    'errors',
  ],
  fetch: [
    'token-source',
    'token-call/token-endpoint',
    'resource-call',
    'provider-definition',
    'sharing/shared-store',
    'token',
    'platform',
    'errors',
  ],
  'resource-call': ['provider-definition/define-provider', 'errors'],
  providers: [
    'provider-definition',
    'token-call',
    'platform/basic-authorization',
    'token',
    'errors',
  ],
  oauth: [
    'provider-definition',
    'token-call',
    'providers/oauth2-parts',
    'providers/param-rules',
    'providers/provider-options',
    'platform',
    'resource-call/origins',
    'sharing', // What users' tokens keep beside their access tokens.
    'token-source',
    'token',
    'errors',
  ],
  presets: [
    'oauth',
    'providers',
    'provider-definition',
    'platform/basic-authorization',
    'platform/utf8',
    'token',
    'errors',
  ],
  redis: ['sharing', 'token', 'errors', 'platform/clock', 'platform/async-context'],
  opentelemetry: ['token-source', 'errors'],
  // Nothing of tokens, which a wrapper does not know: these are about HTTP.
  apis: ['platform/basic-authorization', 'platform/retry-after'],
  // The test kit is a consumer like any other, which may come in by the front doors; and it judges by the same rules.
  testing: [
    'errors',
    'platform/basic-authorization',
    'platform/clock',
    'apis/phone-numbers',
    'index',
    'providers/index',
    'store/index',
  ],
  // What any user could import, and nothing behind it but pieces of HTTP.
  cli: ['index', 'providers/index', 'testing/index', 'platform/retry-after', 'platform/loopback'],
};

/** Packages, by room; a room that is not named imports none. */
const MAY_REQUIRE: Readonly<Record<string, readonly string[]>> = {
  platform: ['p-memoize'],
  axios: ['axios', 'axios-auth-refresh', 'proxy-from-env'],
  apis: ['axios', 'valibot', 'p-throttle'],
  opentelemetry: ['@opentelemetry/api'],
  testing: ['axios', 'valibot'],
  cli: ['axios', 'commander', 'picocolors'],
};

/** Rooms that run in Node and nowhere else. */
const MAY_IMPORT_NODE: readonly string[] = ['redis', 'testing', 'cli'];

/** The page of the sandbox runs in a browser, and is part of the built package as one finished text. */
const PAGE = 'testing/sandbox-ui/page/';
const PAGE_MAY_REQUIRE = ['preact', '@preact/signals'];

interface Import {
  readonly from: string;
  readonly to: string;
  /** It is gone from what is built. */
  readonly isType: boolean;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.tsx?$/.test(file),
);
const imports = files.flatMap((from): Import[] =>
  [
    ...readFileSync(join(root, from), 'utf8').matchAll(
      /^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map(([line, named, bare, dynamic]) => ({
    from,
    to: (named ?? bare ?? dynamic)!,
    isType: /^\w+\s+type\s/.test(line),
  })),
);
/** From source this one module asks the build for the page; in the package it is replaced by the finished page. */
const ASKS_THE_BUILD = 'testing/sandbox-ui/built-page.ts';
const inside = imports
  .filter(({ from, to }) => to.startsWith('.') && from !== ASKS_THE_BUILD)
  .map(({ from, to, isType }) => ({
    from,
    to: sourceOf(normalize(join(dirname(from), to))),
    isType,
  }));

function sourceOf(built: string): string {
  const file = built.replace(/\.js$/, '.ts');
  return files.includes(`${file}x`) ? `${file}x` : file;
}

const roomOf = (file: string) => file.split('/')[0]!;
const rooms = [...new Set(files.filter((file) => file.includes('/')).map(roomOf))].sort();

describe('the rooms of src', () => {
  test('every import leads to a file that exists', () => {
    expect(inside.filter(({ to }) => !files.includes(to))).toEqual([]);
  });

  test('an arrow between two rooms points the way it may', () => {
    const wrong = inside.filter(({ from, to }) => {
      const room = roomOf(from);
      if (room === 'index.ts' || room === roomOf(to)) return false;
      const allowed = ['concealment', ...(MAY_IMPORT[room] ?? [])];
      return !allowed.some((name) => to === `${name}.ts` || to.startsWith(`${name}/`));
    });
    expect(wrong).toEqual([]);
  });

  test('there is no cycle among the files', () => {
    const cycle = findCycle(
      new Map(
        files.map((file) => [file, inside.filter(({ from }) => from === file).map(({ to }) => to)]),
      ),
    );
    expect(cycle).toEqual([]);
  });

  test('a room imports the packages that it may, and few import Node', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (to.startsWith('.')) return false;
      if (from.startsWith(PAGE))
        return !PAGE_MAY_REQUIRE.some((name) => to === name || to.startsWith(`${name}/`));
      const room = roomOf(from);
      if (to.startsWith('node:')) return !MAY_IMPORT_NODE.includes(room);
      return !(MAY_REQUIRE[room] ?? []).some((name) => to === name || to.startsWith(`${name}/`));
    });
    expect(wrong).toEqual([]);
  });

  test('the core carries nothing of the rooms that the entry point of a store brings', () => {
    expect(roomsBuiltInto('index.ts')).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(sharing|store|redis)$/)]),
    );
    expect(roomsBuiltInto('store/index.ts')).toContain('sharing');
    expect(roomsBuiltInto('redis/index.ts')).toContain('sharing');
  });

  test('fetch carries nothing of axios, nor of the rooms that stores bring', () => {
    expect(roomsBuiltInto('fetch/index.ts').sort()).toEqual([
      'concealment',
      'errors',
      'fetch',
      'platform',
      'provider-definition',
      'resource-call',
      'token',
      'token-call',
      'token-source',
    ]);
  });

  test('the page of the sandbox takes from the server what both may know, and the server nothing from the page', () => {
    const shared = ['happening.ts', 'message.ts', 'lane-view.ts', 'commands.ts'];
    const wrong = inside.filter(
      ({ from, to }) =>
        from.startsWith(PAGE) !== to.startsWith(PAGE) &&
        !(from.startsWith(PAGE) && shared.some((name) => to === `testing/sandbox-ui/${name}`)),
    );
    expect(wrong).toEqual([]);
  });

  test('the front door exports by name, and nothing that is marked internal', () => {
    const door = readFileSync(join(root, 'index.ts'), 'utf8');
    const stars = [...door.matchAll(/export (?:type )?\* from '([^']+)'/g)].map(([, from]) => from);
    expect(stars.filter((from) => from !== './errors/index.js')).toEqual([]);
  });
});

function roomsBuiltInto(entry: string): string[] {
  const built = new Set([entry]);
  for (const file of built) {
    for (const { from, to, isType } of inside) if (from === file && !isType) built.add(to);
  }
  return [...new Set([...built].map(roomOf))];
}

describe('each room says what it is for', () => {
  const contributing = readFileSync(resolve(root, '../CONTRIBUTING.md'), 'utf8');

  test.each(rooms)('%s has a README that leads to its main file', (room) => {
    const [purpose = '', empty, way = ''] = readFileSync(
      join(root, room, 'README.md'),
      'utf8',
    ).split('\n');
    const [, main = ''] = /\]\(([^)]+)\)/.exec(way) ?? [];
    expect(purpose).toMatch(/\bnever\b.*\.$/);
    expect(empty).toBe('');
    expect([main, existsSync(join(root, room, main))]).toEqual([
      expect.stringMatching(/\.ts$/),
      true,
    ]);
  });

  test('CONTRIBUTING.md lists them all', () => {
    const listed = [...contributing.matchAll(/^\| \[`([\w-]+)`\]\(src\/[\w-]+\/README\.md\) \|/gm)];
    expect(listed.map(([, room]) => room).sort()).toEqual(rooms);
  });
});

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
