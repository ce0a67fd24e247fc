/*
 * Builds the page of `sandbox --ui` into three texts: the front end in one script, its style, and the document that
 * holds them. They travel inside the package, so that a consumer needs no Preact.
 */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const PAGE = resolve(import.meta.dirname, '../src/testing/sandbox-ui/page');

export async function buildSandboxPage() {
  const { outputFiles } = await bundle();
  const [script, style] = ['.js', '.css'].map(
    (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text,
  );
  return { html: await readFile(`${PAGE}/index.html`, 'utf8'), script, style };
}

/** The files that the page is built from, ours and those of the bundled packages. */
export async function sourcesOfSandboxPage() {
  const { metafile } = await bundle();
  return Object.keys(metafile.inputs).map((file) => resolve(file));
}

function bundle() {
  return build({
    entryPoints: [`${PAGE}/main.tsx`, `${PAGE}/page.css`],
    tsconfig: `${PAGE}/tsconfig.json`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    legalComments: 'none',
    outdir: 'nowhere',
    write: false,
    metafile: true,
  });
}

const BUILT_PAGE = /[\\/]sandbox-ui[\\/]built-page\.ts$/;

const FINISHED_PAGE = 'finished-sandbox-page';

/** For rollup, which makes the package: the texts go into one file, compressed, which both module formats import. */
export function sandboxPage() {
  return {
    name: 'sandbox-page',
    outputOptions: (options) => ({
      ...options,
      paths: { ...options.paths, [FINISHED_PAGE]: './sandbox-page.cjs' },
      // As `require`: jest in CommonJS mode knows no `import()`.
      dynamicImportInCjs: false,
    }),
    resolveId: (id) => (id === FINISHED_PAGE ? { id, external: true } : null),
    load: (id) =>
      BUILT_PAGE.test(id)
        ? `export const builtPage = async () => (await import('${FINISHED_PAGE}')).default;`
        : null,
    async generateBundle() {
      const page = JSON.stringify(await buildSandboxPage());
      this.emitFile({
        type: 'asset',
        fileName: 'chunks/sandbox-page.cjs',
        source:
          `module.exports = JSON.parse(require('node:zlib').brotliDecompressSync(` +
          `Buffer.from('${brotliCompressSync(page).toString('base64')}', 'base64')));\n`,
      });
    },
  };
}

/** For esbuild, which bundles the examples: with the texts, the bundle needs no esbuild of its own. */
export const sandboxPageForEsbuild = {
  name: 'sandbox-page',
  setup(bundle) {
    bundle.onLoad({ filter: BUILT_PAGE }, async () => {
      const page = JSON.stringify(await buildSandboxPage());
      return { contents: `export const builtPage = () => Promise.resolve(${page});` };
    });
  },
};
