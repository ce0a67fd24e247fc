import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { anchorsOf, linksOf, pages, proseOf, ROOT, targetOf, textOf } from './pages.js';

/*
 * Links of the README and of every page under docs/, but for those to other hosts: nothing here reaches out. VitePress
 * finds dead links between pages too, but neither anchors, nor images, nor links that leave docs/.
 */

describe.each(pages)('%s', (page) => {
  const links = linksOf(page).map(({ href }) => ({ href, ...targetOf(page, href) }));

  test('links to nothing that is not there', () => {
    const dead = links.filter(({ file }) => !existsSync(join(ROOT, file)));
    expect(dead.map(({ href }) => href)).toEqual([]);
  });

  test('links to headings that are there', () => {
    const dead = links.filter(
      ({ file, anchor }) =>
        anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor),
    );
    expect(dead.map(({ href }) => href)).toEqual([]);
  });
});

const questions = pages.filter(
  (page) =>
    /^docs\/(?:[^/]+|providers\/[^/]+|migrating\/[^/]+)\.md$/.test(page) &&
    page !== 'docs/index.md',
);

test.each(questions)('%s has one heading of the first level, and it comes first', (page) => {
  expect(proseOf(page).match(/^# .+$/gm)).toHaveLength(1);
  expect(textOf(page).trimStart()).toMatch(/^# /);
});
