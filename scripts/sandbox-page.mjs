/*
 * Builds the page of `sandbox --ui` into three texts: the front end in one script, its style, and the document that
 * holds them. They travel inside the package, so that a consumer needs neither Preact nor a path to files.
 */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../src/testing/sandbox-ui/page');

export async function buildSandboxPage() {
  const { outputFiles } = await bundle();
  const [script, style] = ['.js', '.css'].map(
    (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text,
  );
  return { html: await readFile(`${PAGE}/index.html`, 'utf8'), script, style };
}

/** The files that the page was made of, ours and those of the packages it has taken in. */
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

/** The module that holds the finished texts, in the place of the one that builds the page on the spot. */
async function finishedPage() {
  const page = JSON.stringify(await buildSandboxPage());
  return `const page = ${page};\nexport const builtPage = () => Promise.resolve(page);\n`;
}

/** For rollup, which makes the package. */
export function sandboxPage() {
  return {
    name: 'sandbox-page',
    load: (id) => (BUILT_PAGE.test(id) ? finishedPage() : null),
  };
}

/** For esbuild, which bundles the examples: with the texts, the bundle needs no esbuild of its own. */
export const sandboxPageForEsbuild = {
  name: 'sandbox-page',
  setup(bundle) {
    bundle.onLoad({ filter: BUILT_PAGE }, async () => ({ contents: await finishedPage() }));
  },
};
