import { expect, test } from '@jest/globals';

import { textOf } from './pages.js';

test('each figure of the home page is one that a command wrote', () => {
  const written = textOf('docs/benchmarks.md') + textOf('docs/comparison.md');
  const figures = [...textOf('docs/index.md').matchAll(/\*\*(\d[^*]*)\*\*/g)].map(([, it]) => it!);
  expect(figures.length).toBeGreaterThan(9);
  const words = (figure: string) => new RegExp(`(?<![\\d.,])${figure}(?!\\d|,\\d)`);
  expect(figures.filter((figure) => !words(figure).test(written))).toEqual([]);
});
