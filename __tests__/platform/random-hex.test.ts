import { expect, it } from '@jest/globals';

import { randomHex } from '../../src/platform/random-hex.js';

it('random names are 32 hexadecimal digits, and no two are the same', () => {
  const names = Array.from({ length: 100 }, randomHex);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(names).size).toBe(100);
});
