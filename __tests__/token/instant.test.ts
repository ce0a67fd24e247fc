import { describe, expect, it } from '@jest/globals';

import { isPast, later, msUntil } from '../../src/token/instant.js';

const now = { wallMs: 1_000, monoMs: 50 };

describe('a moment on two clocks', () => {
  it('lies equally far ahead on both', () => {
    expect(later(now, 25)).toEqual({ wallMs: 1_025, monoMs: 75 });
  });

  it('is as far away as the nearer clock says', () => {
    expect(msUntil({ wallMs: 1_010, monoMs: 90 }, now)).toBe(10);
    expect(msUntil({ wallMs: 1_100, monoMs: 52 }, now)).toBe(2);
    expect(msUntil({ wallMs: 900, monoMs: 90 }, now)).toBe(-100);
  });

  it.each([
    [{ wallMs: 1_001, monoMs: 51 }, false],
    [{ wallMs: 1_000, monoMs: 51 }, true],
    [{ wallMs: 1_001, monoMs: 50 }, true],
    [{ wallMs: 999, monoMs: 49 }, true],
  ])('is past once either clock has reached it: %j', (deadline, past) => {
    expect(isPast(deadline, now)).toBe(past);
  });
});
