/*
 * Runs an example:
 *
 *   node examples/run.mjs exotel-call
 */
import { pathToFileURL } from 'node:url';

import { bundleExamples, examples } from './bundle.mjs';

const name = process.argv[2] ?? '';
if (!examples.has(name)) {
  const commands = [...examples.keys()].map((known) => `  node examples/run.mjs ${known}`);
  console.error(`Which one?\n${commands.join('\n')}`);
  process.exit(2);
}
const bundled = await bundleExamples([name]);
await import(pathToFileURL(bundled.get(name)).href);
