import type { ExitCode } from './exit-codes.js';

/** Ends a command with a message for the user and an exit code. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
