import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { phaseOf, type RejectedSend } from '../../src/token/lifecycle.js';
import { forcedMintInMs } from '../../src/token/lifecycle/forced-mints.js';
import { propertyRuns } from '../setup/property-runs.js';
import { Life, MINUTE, SECOND } from './life.js';

type Deed =
  | { readonly deed: 'pass'; readonly ms: number }
  | { readonly deed: 'request'; readonly refused: boolean }
  | { readonly deed: 'mint'; readonly same: boolean; readonly lifetimeMs: number | undefined }
  | { readonly deed: 'fail'; readonly cause: 'transient' | 'server-set' | 'credentials' | 'local' }
  | { readonly deed: 'reject'; readonly age: number; readonly on: RejectedSend }
  | { readonly deed: 'accept' | 'clear' | 'new credentials' };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ deed: fc.constant('pass'), ms: fc.nat(40 * SECOND) }) },
  { weight: 6, arbitrary: fc.record({ deed: fc.constant('request'), refused: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('mint'),
      same: fc.boolean(),
      lifetimeMs: fc.option(fc.integer({ min: 1, max: 5 * MINUTE }), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('fail'),
      cause: fc.constantFrom('transient', 'server-set', 'credentials', 'local'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('reject'),
      age: fc.nat(2),
      on: fc.constantFrom('first-send', 'replay', 'only-send'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ deed: fc.constantFrom('accept', 'clear', 'new credentials') }),
  },
);

/** Plays one deed and checks what must hold for whatever was answered. */
function play(life: Life, values: string[], forced: number[], deed: Deed): void {
  const before = life.state;
  const current = before.slot.kind === 'held' ? before.slot.token.value : undefined;
  const suspectBefore = before.slot.kind === 'held' && before.slot.suspect;
  switch (deed.deed) {
    case 'pass':
      life.pass(deed.ms);
      return;
    case 'request': {
      const not = deed.refused ? current : undefined;
      const answer = life.request(not);
      if (answer.kind === 'serve') {
        expect(answer.token.value).toBe(current);
        expect(answer.token.value).not.toBe(not);
        expect(phaseOf(life.held, life.now) === 'expired').toBe(answer.stale);
        expect(answer.stale && life.held.suspect).toBe(false);
      }
      if (answer.kind === 'fail') expect(answer.retryInMs).toBeGreaterThanOrEqual(0);
      if (before.flight !== undefined) expect(life.state.flight).toBe(before.flight);
      else if (life.state.flight !== undefined) expect(life.coolDownMs).toBeLessThanOrEqual(0);
      return;
    }
    case 'mint': {
      if (before.flight === undefined) return;
      const value = deed.same && current !== undefined ? current : `T${values.length}`;
      if (value !== current) values.push(value);
      expect(life.brings(value, { lifetimeMs: deed.lifetimeMs })).toEqual({ kind: 'accepted' });
      expect(life.held.suspect).toBe(false);
      return;
    }
    case 'fail':
      if (before.flight === undefined) return;
      life.fails(deed.cause, { retryAfterMs: 10 * SECOND });
      expect(life.state.slot).toBe(before.slot);
      return;
    case 'reject': {
      const value = values.at(-1 - deed.age) ?? 'never seen';
      const answer = life.reject(value, deed.on);
      if (deed.on === 'replay') expect(answer.kind).toBe('pass');
      if (value !== current) expect(life.state.slot).toBe(before.slot);
      else if (deed.on === 'replay') expect(life.held.suspect).toBe(suspectBefore);
      if (
        forcedMintInMs(before.forcedMints, life.now, life.policy) > 0 &&
        before.flight === undefined
      )
        expect(life.state.slot).toBe(before.slot);
      if (answer.kind === 'replay' && answer.forcedMint !== undefined)
        forced.push(answer.forcedMint);
      expect(life.state.flight).toBe(before.flight);
      return;
    }
    case 'accept':
      life.happens({ kind: 'replay-accepted', forcedMint: forced.at(-1) ?? 0 });
      return;
    case 'clear':
      life.happens({ kind: 'cleared' });
      expect(life.state.slot.kind).toBe('empty');
      return;
    case 'new credentials':
      life.happens({ kind: 'credentials-changed' });
  }
}

describe('whatever happens in whatever order', () => {
  const expectInvariants = (maxStaleMs: number) =>
    fc.assert(
      fc.property(fc.array(deeds, { minLength: 30, maxLength: 120 }), (story) => {
        const life = new Life({ maxStaleMs });
        const values: string[] = [];
        const forced: number[] = [];
        for (const deed of story) play(life, values, forced, deed);
      }),
      propertyRuns(300),
    );

  it('no expired, refused or replaced token is served, no flight starts during a cool-down, and there is at most one', () => {
    expectInvariants(0);
  });

  it('an expired token is served only where maxStale allows it, and never one that drew a 401', () => {
    expectInvariants(MINUTE);
  });
});
