import { CommandError } from './command-error.js';
import { EXIT, EXIT_OF_ERROR, type ExitCode } from './exit-codes.js';

/** The exit code and message for an error that ended a command. The message holds no secrets. */
export function failureOf(error: unknown): { exitCode: ExitCode; message: string } {
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (!(error instanceof Error)) return { exitCode: EXIT.failed, message: String(error) };
  const codes: Readonly<Partial<Record<string, ExitCode>>> = EXIT_OF_ERROR;
  const exitCode = 'code' in error ? codes[String(error.code)] : undefined;
  return { exitCode: exitCode ?? EXIT.failed, message: error.message };
}
