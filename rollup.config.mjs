import resolve from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';
import MagicString from 'magic-string';
import { chmodSync, readFileSync } from 'node:fs';
import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';

import { sandboxPage } from './scripts/sandbox-page.mjs';

const input = {
  index: 'src/index.ts',
  adapter: 'src/axios/bearer-adapter.ts',
  fetch: 'src/fetch/index.ts',
  providers: 'src/providers/index.ts',
  presets: 'src/presets/index.ts',
  exotel: 'src/apis/exotel/index.ts',
  truecaller: 'src/apis/truecaller/index.ts',
  store: 'src/store/index.ts',
  redis: 'src/redis/index.ts',
  oauth: 'src/oauth/index.ts',
  opentelemetry: 'src/opentelemetry/index.ts',
  testing: 'src/testing/index.ts',
};

const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const packages = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
// These are ESM only. A CommonJS consumer on Node 20.19 could require them, but jest in CommonJS mode cannot, and
// bundlers disagree about their default export: they are part of our CommonJS build.
const inlinedInCommonJS = ['p-memoize', 'p-throttle'];
const isOneOf = (names) => (id) => names.some((name) => id === name || id.startsWith(`${name}/`));
const external = isOneOf(packages);
const externalInCommonJS = isOneOf(packages.filter((name) => !inlinedInCommonJS.includes(name)));
/** Part of both builds, because only a little is used of what an installation would bring. */
const vendored = ['valibot'];
const builtin = (id) => id.startsWith('node:');

/** npm makes it executable when it installs; whoever runs it out of a checkout should not have to. */
const executable = {
  name: 'executable',
  writeBundle: ({ dir }) => chmodSync(`${dir}/cli.js`, 0o755),
};

/** A file for each, so that a bundler leaves it out whole where it is not used. */
const vendorOf = (id) => vendored.find((name) => id.includes(`/node_modules/${name}/`));
const isVendor = ({ name }) => vendored.includes(name);

const isOf = (rooms) => (id) => new RegExp(`[\\\\/]src[\\\\/](${rooms})[\\\\/]`).test(id);
const isTool = isOf('testing|cli');
const isWrapper = isOf('apis|presets|oauth');

/**
 * What users step into is the core of the ESM build, which stays as it is. Everything else is packed small: packages that we took in (their
 * licences stand in THIRD-PARTY-NOTICES.md), the test kit and the command line as far as it goes; and the CommonJS build and the wrappers of
 * APIs without white space, so that their names still tell in a stack trace.
 */
const minified = {
  name: 'minified',
  renderChunk: (code, chunk, { format }) => {
    const how =
      isVendor(chunk) || chunk.moduleIds.every(isTool)
        ? { minify: true }
        : format === 'cjs' || chunk.moduleIds.every(isWrapper)
          ? { minifyWhitespace: true }
          : undefined;
    return (
      how && transform(code, { ...how, target: 'es2022', legalComments: 'none', sourcemap: true })
    );
  },
};

const LONGEST_LINE = 800;

/**
 * Node prints the whole line of an uncaught error above its message, so packed code has short lines. They end between statements: esbuild's
 * `lineLimit` would also cut the names of chunks that rollup has yet to fill in.
 */
const shortLines = {
  name: 'short-lines',
  renderChunk(code) {
    if (code.split('\n').every(({ length }) => length <= LONGEST_LINE)) return undefined;
    const lines = new MagicString(code);
    let lineStart = 0;
    const breakUp = (node) => {
      const hasStatements = /^(Program|BlockStatement|ClassBody)$/.test(node.type);
      for (const child of Object.values(node).flat()) {
        if (typeof child?.type !== 'string') continue;
        if (hasStatements && child.end - lineStart > LONGEST_LINE) {
          lines.appendLeft(child.start, '\n');
          lineStart = child.start;
        }
        breakUp(child);
      }
    };
    breakUp(this.parse(code));
    return { code: lines.toString(), map: lines.generateMap({ hires: true }) };
  },
};

function chunkFileNames(extension) {
  return (chunk) =>
    isVendor(chunk) ? `vendor/[name].${extension}` : `chunks/[name]-[hash].${extension}`;
}

/** Each file costs Node about a millisecond to import: what is always imported together becomes one. */
function chunkOf(id) {
  const vendor = vendorOf(id.replaceAll('\\', '/'));
  if (vendor !== undefined) return vendor;
  const room =
    /[\\/]src[\\/](errors|concealment|token|platform|provider-definition|token-call|resource-call|sharing|token-source|axios)[\\/]/.exec(
      id,
    )?.[1];
  // An entry point of its own.
  if (room === undefined || id.endsWith('bearer-adapter.ts')) return null;
  // Only what a shared store needs: the entry points of the stores bring it.
  if (room === 'sharing') return 'sharing';
  return [
    'errors',
    'concealment',
    'token',
    'platform',
    'provider-definition',
    'token-call',
    'token-source',
    'resource-call',
  ].includes(room)
    ? 'token'
    : 'core';
}

/** Half of all our types. They name none that differ between the two builds of axios, so those of CommonJS do for both. */
const sharedTypes = ['exotel', 'truecaller'];

const typesOfCommonJS = {
  name: 'types-of-commonjs',
  generateBundle() {
    for (const name of sharedTypes)
      this.emitFile({
        type: 'asset',
        fileName: `${name}.d.ts`,
        source: `export * from './${name}.cjs';\n`,
      });
  },
};

function without(entries, names) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}

export default [
  {
    // Nobody imports the command line: it needs neither CommonJS nor types.
    input: { ...input, cli: 'src/cli/bin.ts' },
    external: (id) => builtin(id) || external(id),
    plugins: [
      sandboxPage(),
      resolve(),
      esbuild({ target: 'es2022' }),
      minified,
      shortLines,
      executable,
    ],
    output: {
      dir: 'dist',
      format: 'es',
      sourcemap: 'hidden',
      chunkFileNames: chunkFileNames('js'),
      manualChunks: chunkOf,
    },
  },
  {
    input,
    external: (id) => builtin(id) || externalInCommonJS(id),
    plugins: [sandboxPage(), resolve(), esbuild({ target: 'es2022' }), minified, shortLines],
    output: {
      dir: 'dist',
      format: 'cjs',
      sourcemap: 'hidden',
      entryFileNames: '[name].cjs',
      chunkFileNames: chunkFileNames('cjs'),
      manualChunks: vendorOf,
      interop: 'auto',
    },
  },
  {
    input: without(input, sharedTypes),
    external: (id) => builtin(id) || external(id),
    plugins: [dts({ respectExternal: true }), typesOfCommonJS],
    output: {
      dir: 'dist',
      format: 'es',
      entryFileNames: '[name].d.ts',
      chunkFileNames: 'chunks/[name]-[hash].d.ts',
    },
  },
  {
    input,
    external: (id) => builtin(id) || external(id),
    plugins: [dts({ respectExternal: true })],
    output: {
      dir: 'dist',
      format: 'cjs',
      entryFileNames: '[name].d.cts',
      chunkFileNames: 'chunks/[name]-[hash].d.cts',
    },
  },
];
