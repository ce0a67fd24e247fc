import { runDemo } from '../demo/run-demo.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** Runs the demo. It fails if the library broke one of its promises. */
export async function demo(): Promise<ExitCode> {
  return (await runDemo()) ? EXIT.ok : EXIT.failed;
}
