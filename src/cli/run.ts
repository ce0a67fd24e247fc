import { Command, CommanderError } from 'commander';
import { createRequire } from 'node:module';

import { CommandError } from './command-error.js';
import { addCommands } from './commands.js';
import { credentialArgument, WHERE_CREDENTIALS_GO } from './credential-argument.js';
import { EXIT, EXIT_CODES, EXIT_OF_ERROR, type ExitCode } from './exit-codes.js';
import { colorsFor, columns, helpWidth, tell, wrapped } from './terminal.js';

/** Runs one command line and returns the exit code. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const leaked = credentialArgument(args);
  if (leaked !== undefined) {
    complain(`${leaked} looks like a credential.\n${WHERE_CREDENTIALS_GO}`);
    return EXIT.usage;
  }
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram();
  addCommands(program, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has already printed its message. --help and --version end up here too, and are not failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = failureOf(error);
    complain(failure.message);
    return failure.exitCode;
  }
}

/** The exit code and message for an error that ended a command. The message holds no secrets. */
function failureOf(error: unknown): { exitCode: ExitCode; message: string } {
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (!(error instanceof Error)) return { exitCode: EXIT.failed, message: String(error) };
  const codes: Readonly<Partial<Record<string, ExitCode>>> = EXIT_OF_ERROR;
  const exitCode = 'code' in error ? codes[String(error.code)] : undefined;
  return { exitCode: exitCode ?? EXIT.failed, message: error.message };
}

function complain(message: string): void {
  tell(`${colorsFor(process.stderr).red('axios-bearer:')} ${message}`);
}

function createProgram(): Command {
  // By package name, so that it is found wherever the bundler puts this file.
  const { version } = createRequire(import.meta.url)('axios-bearer/package.json') as {
    version: string;
  };
  const codes = columns(EXIT_CODES.map(([code, meaning]) => [`  ${code}`, meaning]));
  return new Command('axios-bearer')
    .description(
      'Bearer tokens for Exotel, Truecaller, 360Learning, SingleView, Udara360 and OAuth 2.0.',
    )
    .version(version)
    .showHelpAfterError('Add --help for the options and examples.')
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
      writeOut: (text) => process.stdout.write(wrapped(text, helpWidth(process.stdout))),
      writeErr: (text) => process.stderr.write(wrapped(text, helpWidth(process.stderr))),
      outputError: (text, write) => write(withoutValue(text)),
    })
    .addHelpText('after', `\nExit codes:\n${codes.join('\n')}`);
}

/** For an unknown option, commander would repeat the value too. */
function withoutValue(error: string): string {
  return error.replace(/'(--[^'=]+)=[^]*'/, "'$1'");
}
