import { once } from 'node:events';

import {
  startSandbox,
  startSandboxUi,
  type Sandbox,
  type SandboxServerName,
} from '../../testing/index.js';
import { CommandError } from '../command-error.js';
import { EXIT } from '../exit-codes.js';
import { PROVIDER_NAMES, type ProviderName } from '../provider-names.js';
import { environmentOf } from '../sandbox-environment.js';
import { print, tell } from '../terminal.js';

export interface SandboxCommandOptions {
  /** The port of the first server; the others follow. 0 picks free ports. */
  readonly port: number;
  readonly only?: readonly ProviderName[];
  /** Serves a page that shows the life of each token, with buttons to break things. */
  readonly ui?: boolean;
}

/** The two servers that are not providers come last, so that the providers keep their ports. */
const SERVERS: readonly SandboxServerName[] = [
  ...PROVIDER_NAMES,
  'exotelWrongRegion',
  'truecallerWebhook',
];

/** Serves the providers on loopback until interrupted, and prints the environment variables that point a program at them. */
export async function sandbox(options: SandboxCommandOptions): Promise<void> {
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const only = options.only ?? PROVIDER_NAMES;
  // It may run for hours, and its logs are not read.
  const settings = { only, ports: portsFrom(options.port), maxLogEntries: 1_000 };
  const running = await startSandbox(settings).catch(explainPort);
  const ui = options.ui === true ? await startUi(running, options.port) : undefined;
  for (const line of environmentLines(running, only)) print(line);
  if (only.includes('exotel')) tell(`Exotel's wrong region: ${running.exotel.wrongRegionUrl}`);
  if (ui !== undefined) {
    tell(`Live view of the tokens: ${ui.url}`);
    tell(
      'While this page runs, tokens live about 40 s and a token call takes 0.8 s, for your program too.',
    );
  }
  tell(
    'Paste these lines into another terminal, or save them to a file. Ctrl-C stops the sandbox.',
  );
  await interrupted;
  await ui?.close();
  await running.close();
}

/** The page gets the port after those of the servers. */
async function startUi(sandbox: Sandbox, first: number) {
  const port = first === 0 ? 0 : first + SERVERS.length;
  try {
    return await startSandboxUi({ sandbox, port });
  } catch (error) {
    await sandbox.close(); // Otherwise it would keep the process alive.
    return explainPort(error);
  }
}

function portsFrom(first: number): Partial<Record<SandboxServerName, number>> {
  if (first === 0) return {};
  return Object.fromEntries(SERVERS.map((server, index) => [server, first + index]));
}

function environmentLines(running: Sandbox, only: readonly ProviderName[]): string[] {
  return only.flatMap((name) =>
    Object.entries(environmentOf(running[name])).map(
      ([variable, value]) => `export ${variable}=${quoted(value)}`,
    ),
  );
}

/** Quoted so that shells and env-file parsers both read it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

function explainPort(error: unknown): never {
  const { code, port } = error as { code?: string; port?: number };
  if (code !== 'EADDRINUSE') throw error;
  throw new CommandError(
    EXIT.failed,
    `Port ${port} is in use, perhaps by another sandbox. Choose another with --port <first>, or let --port 0 pick free ports.`,
  );
}
