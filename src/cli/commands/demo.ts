import { runDemo } from '../demo/run-demo.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** Runs the demo; it fails if anything that the library promises did not hold. */
export async function demo(): Promise<ExitCode> {
  return (await runDemo()) ? EXIT.ok : EXIT.failed;
}
