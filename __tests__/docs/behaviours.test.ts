import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { filledPage, titlesOfBehaviours } from '../../scripts/behaviours-table.mjs';

const ROOT = join(import.meta.dirname, '../..');
const NUMBERS = Array.from({ length: 56 }, (_, index) => index + 1);

const page = readFileSync(join(ROOT, 'docs/behaviours.md'), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| *(\d+) *\|(.*)\|$/gm)].map(([, number, cells]) => [
    Number(number),
    cells!,
  ]),
);

/** The behaviours that the titles of a test file name. */
function namedIn(source: string): Set<number> {
  return new Set(
    [...source.matchAll(/['"`]behaviour (\d+): /g)].map(([, number]) => Number(number)),
  );
}

test('each of the 56 behaviours is named by the title of at least one test', () => {
  const named = new Set(
    readdirSync(join(ROOT, '__tests__'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => [...namedIn(readFileSync(join(ROOT, '__tests__', file), 'utf8'))]),
  );
  expect(NUMBERS.filter((number) => !named.has(number))).toEqual([]);
  expect([...named].filter((number) => !NUMBERS.includes(number))).toEqual([]);
});

test('the table lists all 56, each once', () => {
  expect([...rows.keys()]).toEqual(NUMBERS);
});

test.each(NUMBERS)('line %i of the table names test files that exist and name it', (number) => {
  const [, shownBy = ''] = rows.get(number)!.split('|');
  const names = shownBy.split('<br>').map((cell) => /^ ?`([\w/-]+)`: /.exec(cell)?.[1]);
  for (const name of names) {
    const file = join(ROOT, `__tests__/${name}.test.ts`);
    expect(existsSync(file)).toBe(true);
    expect(namedIn(readFileSync(file, 'utf8')).has(number)).toBe(true);
  }
});

test('the table names every test that shows a behaviour, as node scripts/behaviours-table.mjs writes it', () => {
  expect(page).toBe(filledPage(page, titlesOfBehaviours()));
});
