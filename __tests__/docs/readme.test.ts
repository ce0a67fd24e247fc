import { describe, expect, test } from '@jest/globals';

import { figuresOfNoCommand, textOf } from './pages.js';

const readme = textOf('README.md');
const section = (heading: string) =>
  readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

/** The cells of each row of the tables in a text. A link to a scenario is its name there, as the README has its own words for it. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .replaceAll(/^\| \[[^\]]*\]\([^)]*(#[^)]*)\)/g, '| $1')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .split('|')
        .slice(1, -1),
    )
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('the README', () => {
  test('is at most 250 lines long', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  test('says why, how to install it and the smallest program, in this order, before anything else', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(0, 8)).toEqual([
      'Why',
      'Install',
      'The smallest program',
      'An existing instance',
      'Your own login function',
      'What happens when a token expires',
      'What happens on a 401',
      'Providers',
    ]);
  });

  test('compares three ways by what docs/comparison.md found', () => {
    const [peers = [], ...compared] = rowsOf(textOf('docs/comparison.md'));
    const [shown = [], ...rows] = rowsOf(section('Why'));
    const columns = shown.map((peer) => peers.indexOf(peer));
    expect(columns).not.toContain(-1);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows)
      expect(compared.map((cells) => columns.map((at) => cells[at]))).toContainEqual(row);
  });

  test('takes each figure of its five reasons from a page that a command wrote', () => {
    const reasons = section('Why').split('\n- ').slice(1);
    expect(reasons).toHaveLength(5);
    const figures = reasons
      .flatMap((reason) => [...reason.matchAll(/\*\*([^*]+)\*\*/g)].map(([, figure]) => figure!))
      .filter((figure) => /^\d/.test(figure));
    expect(figures.length).toBeGreaterThan(9);
    expect(figuresOfNoCommand(figures)).toEqual([]);
  });
});
