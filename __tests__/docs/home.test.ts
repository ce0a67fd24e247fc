import { expect, test } from '@jest/globals';

import { figuresOfNoCommand, textOf } from './pages.js';

test('each figure of the home page is one that a command wrote', () => {
  const figures = [...textOf('docs/index.md').matchAll(/\*\*(\d[^*]*)\*\*/g)].map(([, it]) => it!);
  expect(figures.length).toBeGreaterThan(9);
  expect(figuresOfNoCommand(figures)).toEqual([]);
});
