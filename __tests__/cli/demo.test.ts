import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { DEMO_PICTURE, demoPicture, textOfPicture } from '../../scripts/terminal-picture.js';
import { leftOut } from '../setup/left-out.js';
import { buildCli, type BuiltCli, type Outcome } from './cli-process.js';
import { hasPseudoTerminal, onTerminal, type Screen } from './pseudo-terminal.js';

/* The demo itself, in a log and on terminals of three widths, all at the same time: it keeps its promises on a busy machine too. */

const WIDTHS = [60, 80, 200] as const;
const LONGEST_MS = 240_000;

let cli: BuiltCli;
let log: Outcome;
const screens = new Map<number, Screen>();
beforeAll(async () => {
  cli = await buildCli();
  const command = [process.execPath, cli.file, 'demo'];
  const watch = async (columns: number) => {
    if (hasPseudoTerminal) screens.set(columns, await onTerminal(command, { columns }));
  };
  [log] = await Promise.all([cli.run(['demo']), ...WIDTHS.map(watch)]);
}, LONGEST_MS);
afterAll(() => cli.remove());

/** The words, without what differs from run to run (figures, verdicts) or belongs to one width only. */
function words(text: string): string {
  return stripVTControlCharacters(text)
    .replace('answered over time', '')
    .replaceAll(/[▁-█]/g, '')
    .replaceAll(/\d[\d,.]*/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe('the demo in a log', () => {
  test('keeps every promise, and prints no control code', () => {
    const all = log.stderr + log.stdout;
    expect([log.code, stripVTControlCharacters(all)]).toEqual([0, all]);
    expect(log.stdout).toMatch(/All 5 promises kept, in \d+\.\d s\.\n$/);
  });

  test('has whole milliseconds, and says whose delays are part of them', () => {
    const figures = /^exotel .*$/m.exec(log.stdout)?.[0];
    expect(figures).toMatch(/^exotel( +\d+){7} {2}[▁-█ ]+$/);
    expect(words(log.stdout)).toContain('The delays of the servers are part of them');
  });
});

if (!hasPseudoTerminal) {
  leftOut(
    'the demo on a terminal',
    'script of util-linux is not on PATH',
    'AXIOS_BEARER_REQUIRE_TERMINAL',
  );
}

(hasPseudoTerminal ? describe : describe.skip)('the demo on a terminal', () => {
  test.each(WIDTHS)('of %i columns leaves at most 60 lines, none of them broken', (columns) => {
    const { lines, broken } = screens.get(columns)!;
    expect(broken).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  test.each(WIDTHS)('of %i columns shows the words of the log up to the verdicts', (columns) => {
    const upToVerdicts = (text: string) => words(text).split(/ (?:kept|BROKEN) /)[0];
    const { lines } = screens.get(columns)!;
    expect(upToVerdicts(lines.join('\n'))).toBe(upToVerdicts(log.stderr + log.stdout));
  });

  test('redraws one line for each provider, which the final table replaces', () => {
    const { lines, written } = screens.get(80)!;
    const count = (text: string, within: string) => within.split(text).length - 1;
    expect(count('udara360', written)).toBeGreaterThan(10);
    expect(lines.filter((line) => line.startsWith('udara360'))).toHaveLength(1);
  });

  test('shows how many requests were answered over time where there is room for it', () => {
    const bars = (columns: number) =>
      screens.get(columns)!.lines.filter((line) => /[▁-█]{3}/.test(line)).length;
    expect(WIDTHS.map(bars)).toEqual([0, 5, 5]);
  });
});

describe('the picture of the demo', () => {
  const picture = readFileSync(resolve(import.meta.dirname, '../..', DEMO_PICTURE), 'utf8');

  test('shows what the demo prints, apart from the figures; npm run demo:picture draws it anew', () => {
    expect(words(textOfPicture(picture))).toBe(
      words(`$ npx axios-bearer demo\n${log.stderr}${log.stdout}`),
    );
  });

  test('is drawn from the output of a run, and small', () => {
    const output = log.stderr + log.stdout;
    expect(textOfPicture(demoPicture(output))).toContain(output.trimEnd());
    expect(picture.length).toBeLessThan(25_000);
  });
});
