import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { refreshWindows } from '../../src/token/refresh-windows.js';
import { propertyRuns } from '../setup/property-runs.js';
import { HOUR, Life, MINUTE, SECOND } from './life.js';

describe('the windows of a token', () => {
  it.each([
    ['24 h', 24 * HOUR, 15 * MINUTE, 60 * SECOND],
    ['2 h', 2 * HOUR, 12 * MINUTE, 60 * SECOND],
    ['1 h', HOUR, 6 * MINUTE, 60 * SECOND],
    ['10 min', 10 * MINUTE, 60 * SECOND, 30 * SECOND],
    ['5 min', 5 * MINUTE, 30 * SECOND, 15 * SECOND],
    ['60 s', 60 * SECOND, 6 * SECOND, 3 * SECOND],
    ['4 s', 4 * SECOND, 400, 200],
  ])('behaviour 12: of %s shrink with its life', (_, lifetimeMs, earlyMs, mandatoryMs) => {
    expect(refreshWindows(lifetimeMs)).toEqual({ earlyMs, mandatoryMs });
  });

  it('are twice as early as the last moments, where these were made longer', () => {
    expect(refreshWindows(HOUR, { mandatoryWindowMs: 10 * MINUTE }).earlyMs).toBe(20 * MINUTE);
  });

  it('leave room for four mints at an endpoint that is slow', () => {
    expect(refreshWindows(4 * SECOND, { slowestMintMs: 400 })).toEqual({
      earlyMs: 1_600,
      mandatoryMs: 200,
    });
  });

  it('take half the life at most, however slow the endpoint', () => {
    expect(refreshWindows(4 * SECOND, { slowestMintMs: HOUR }).earlyMs).toBe(2 * SECOND);
  });

  it('are as long as the options say', () => {
    const options = { earlyWindowMs: 90 * SECOND, mandatoryWindowMs: 10 * SECOND };

    expect(refreshWindows(HOUR, { ...options, slowestMintMs: MINUTE })).toEqual({
      earlyMs: 90 * SECOND,
      mandatoryMs: 10 * SECOND,
    });
  });

  it('keep the early one no shorter than the last moments, whatever the options say', () => {
    expect(refreshWindows(HOUR, { earlyWindowMs: 1, mandatoryWindowMs: MINUTE })).toEqual({
      earlyMs: MINUTE,
      mandatoryMs: MINUTE,
    });
  });

  it('are one where a new token kills the last one', () => {
    expect(
      refreshWindows(HOUR, { singleActiveToken: true, earlyWindowMs: HOUR, slowestMintMs: MINUTE }),
    ).toEqual({ earlyMs: MINUTE, mandatoryMs: MINUTE });
  });

  it('always hold 0 < mandatory ≤ early ≤ half the life', () => {
    const ms = fc.option(fc.integer({ min: 1, max: 48 * HOUR }), { nil: undefined });
    const life = fc.oneof(
      fc.integer({ min: 1, max: 365 * 24 * HOUR }),
      fc.double({ min: 0.001, max: 10_000, noNaN: true }),
    );
    fc.assert(
      fc.property(
        life,
        ms,
        ms,
        ms,
        fc.boolean(),
        (lifetimeMs, early, mandatory, slowest, single) => {
          const { earlyMs, mandatoryMs } = refreshWindows(lifetimeMs, {
            earlyWindowMs: early,
            mandatoryWindowMs: mandatory,
            slowestMintMs: slowest,
            singleActiveToken: single,
          });
          expect(mandatoryMs).toBeGreaterThan(0);
          expect(mandatoryMs).toBeLessThanOrEqual(earlyMs);
          expect(earlyMs).toBeLessThanOrEqual(lifetimeMs / 2);
        },
      ),
      propertyRuns(2_000),
    );
  });
});

it('behaviour 22: a refresh never begins before the early window, nor within the last moments', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 48 * HOUR }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (lifetimeMs, random) => {
        const life = new Life();
        const mintedAt = life.now.monoMs;
        life.obtains('T1', { lifetimeMs, random });
        const { earlyMs, refreshAt, mandatoryAt } = life.held;
        expect(refreshAt.monoMs - mintedAt).toBeGreaterThanOrEqual(lifetimeMs - earlyMs - 1e-6);
        expect(refreshAt.monoMs - mintedAt).toBeLessThanOrEqual(lifetimeMs - earlyMs / 2 + 1e-6);
        expect(refreshAt.monoMs).toBeLessThanOrEqual(mandatoryAt!.monoMs);
      },
    ),
  );
});
