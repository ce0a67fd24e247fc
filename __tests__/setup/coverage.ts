import type { BuildOptions } from 'esbuild';

/** Where `npm run test:coverage` looks for what ran outside of jest, in processes and in the browser. */
export const coverageFolder = process.env['COVERAGE_FOLDER'];

/** For a process that a test starts: Node writes down what of it ran, when it ends by itself. */
export const coverageEnv: Readonly<Record<string, string>> =
  coverageFolder === undefined ? {} : { NODE_V8_COVERAGE: coverageFolder };

/** For its bundle: what is left out of a bundle would count as run. */
export const coverageBuild: Pick<BuildOptions, 'sourcemap' | 'treeShaking'> =
  coverageFolder === undefined ? {} : { sourcemap: 'inline', treeShaking: false };
