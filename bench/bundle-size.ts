import { build, type PluginBuild } from 'esbuild';
import { gzipSync } from 'node:zlib';

/** What an entry point adds to a bundle, in bytes, without axios. */
export interface BundleSize {
  readonly minified: number;
  readonly gzip: number;
  /** Without the packages that it depends on, whether installed with it or part of its build. */
  readonly ownGzip: number;
}

/** Bundles an entry point, a file or a package that `folder` has installed, as users do. */
export async function bundleSize(entry: string, folder: string): Promise<BundleSize> {
  const whole = await bundle(entry, folder, false);
  const own = await bundle(entry, folder, true);
  return {
    minified: whole.length,
    gzip: gzipSync(whole, { level: 9 }).length,
    ownGzip: gzipSync(own, { level: 9 }).length,
  };
}

async function bundle(entry: string, folder: string, isAlone: boolean): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The entry itself may be a package, which must not be left out with the others.
    external: ['axios'],
    plugins: isAlone ? [leaveOutPackagesOf(entry)] : [],
    logLevel: 'error',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

function leaveOutPackagesOf(entry: string) {
  return {
    name: 'own code only',
    setup(it: PluginBuild) {
      // Our build keeps the code of other packages in `vendor`.
      it.onResolve({ filter: /^[^./]|^\.\.?\/vendor\// }, ({ path, kind }) =>
        path === entry || kind === 'entry-point' ? undefined : { path, external: true },
      );
    },
  };
}
