import xterm from '@xterm/headless';
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** `script` of util-linux, which brings a pseudo-terminal. Those of BSD and macOS take other options. */
export const hasPseudoTerminal = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout,
);

/** What is left on a screen. */
export interface Screen {
  readonly lines: readonly string[];
  /** Lines that the terminal itself had to break. */
  readonly broken: readonly string[];
  /** All that was written, with its control codes. */
  readonly written: string;
}

/** Runs a command in a pseudo-terminal until it ends. */
export async function onTerminal(
  command: readonly string[],
  { columns, env = {} }: { readonly columns: number; readonly env?: Record<string, string> },
): Promise<Screen> {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const child = spawn(
    'script',
    ['-qec', `stty cols ${columns} rows 40; exec ${quoted}`, '/dev/null'],
    { env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env } },
  );
  child.stdin.end();
  const written = await text(child.stdout);
  return { ...(await drawn(written, columns)), written };
}

async function drawn(written: string, columns: number): Promise<Omit<Screen, 'written'>> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: 40,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  await new Promise<void>((done) => terminal.write(written, done));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, at) => active.getLine(at));
  const lines = rows.map((row) => row?.translateToString(true) ?? '');
  terminal.dispose();
  return {
    lines: lines.slice(0, lines.findLastIndex((line) => line !== '') + 1),
    broken: lines.filter((_, at) => rows[at]?.isWrapped),
  };
}
