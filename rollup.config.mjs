import resolve from '@rollup/plugin-node-resolve';
import { transform } from 'esbuild';
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

/** Node prints the whole line above an error that nobody caught. */
const LINE_LIMIT = 200;

/**
 * What users step into is the core of the ESM build, which stays as it is. Everything else is packed small: packages that we took in (their
 * licences stand in THIRD-PARTY-NOTICES.md), the test kit and the command line as far as it goes; and the CommonJS build and the wrappers of
 * APIs without white space, so that their names still tell in a stack trace.
 */
const minified = {
  name: 'minified',
  // The maps stay those of the code before: they are not published, and only tell a test what the build has taken in.
  async generateBundle({ format }, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const how =
        isVendor(chunk) || chunk.moduleIds.every(isTool)
          ? { minify: true }
          : format === 'cjs' || chunk.moduleIds.every(isWrapper)
            ? { minifyWhitespace: true }
            : undefined;
      if (how === undefined) continue;
      const options = { ...how, target: 'es2022', legalComments: 'none' };
      const { code } = await transform(chunk.code, options);
      chunk.code = inLines(code, this.parse(code));
    }
  },
};

/** Begins a new line before a statement that would end beyond the limit of its line. */
function inLines(code, program) {
  const statements = [];
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node.body)) statements.push(...node.body);
    Object.values(node).forEach(visit);
  };
  visit(program);
  let lineStart = 0;
  const lines = [];
  for (const { start, end } of statements.sort((a, b) => a.start - b.start)) {
    if (end - lineStart <= LINE_LIMIT || start === lineStart) continue;
    lines.push(code.slice(lineStart, start));
    lineStart = start;
  }
  return [...lines, code.slice(lineStart)].join('\n');
}

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

/**
 * Each declaration file once more for CommonJS, whose compiler then reads axios's own types for CommonJS. Half of all our types name none that
 * differ between the two: of those ESM has one line that leads to the file for CommonJS, so that the package holds them once.
 */
const typesOfCommonJS = {
  name: 'types-of-commonjs',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle);
    const isShared = ({ name, isEntry }) => isEntry && ['exotel', 'truecaller'].includes(name);
    const kept = new Set();
    const keep = (file) => {
      if (kept.has(file) || bundle[file] === undefined) return;
      kept.add(file);
      bundle[file].imports.forEach(keep);
    };
    for (const chunk of chunks) if (chunk.isEntry && !isShared(chunk)) keep(chunk.fileName);
    for (const chunk of chunks) {
      this.emitFile({
        type: 'asset',
        fileName: chunk.fileName.replace(/\.ts$/, '.cts'),
        source: chunk.code.replaceAll(/(['"]\.{1,2}\/[^'"]+)\.js(?=['"])/g, '$1.cjs'),
      });
      if (isShared(chunk)) chunk.code = `export * from './${chunk.name}.cjs';\n`;
      else if (!kept.has(chunk.fileName)) delete bundle[chunk.fileName];
    }
  },
};

export default [
  {
    // Nobody imports the command line: it needs neither CommonJS nor types.
    input: { ...input, cli: 'src/cli/bin.ts' },
    external: (id) => builtin(id) || external(id),
    plugins: [sandboxPage(), resolve(), esbuild({ target: 'es2022' }), minified, executable],
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
    plugins: [sandboxPage(), resolve(), esbuild({ target: 'es2022' }), minified],
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
    input,
    external: (id) => builtin(id) || external(id),
    plugins: [dts({ respectExternal: true }), typesOfCommonJS],
    output: {
      dir: 'dist',
      format: 'es',
      entryFileNames: '[name].d.ts',
      chunkFileNames: 'chunks/[name]-[hash].d.ts',
    },
  },
];
