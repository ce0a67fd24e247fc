import { describe, expect, it } from '@jest/globals';

import type { Instant } from '../../src/token/instant.js';
import { noForcedMints, type ForcedMints } from '../../src/token/lifecycle/forced-mints.js';
import {
  coolingAt,
  heldToken,
  holding,
  HOUR,
  inWords,
  Life,
  MINUTE,
  moment,
  SECOND,
  stateWith,
} from './life.js';

const PASSED = {
  replayed: { kind: 'pass', because: 'already-replayed' },
  spent: { kind: 'pass', because: 'forced-mints-spent' },
  cooling: { kind: 'pass', because: 'endpoint-cooling' },
} as const;

/** T1 draws a 401 and is replaced by T2, as a request that is healed goes through it. */
function healed(life = holding()): Life {
  life.reject('T1');
  life.request('T1');
  life.brings('T2', { lifetimeMs: 1_000 * SECOND });
  return life;
}

describe('behaviour 24: a 401 on the current token', () => {
  it.each(['fresh', 'early', 'last', 'expired'] as const)(
    'makes it suspect and the request worth a replay, also where it is %s',
    (phase) => {
      const life = holding();
      life.now = moment[phase];

      expect(life.reject('T1')).toEqual({ kind: 'replay', forcedMint: 1 });
      expect(life.held.suspect).toBe(true);
      expect(inWords(life.request())).toBe('wait (rejected)');
    },
  );
});

describe('behaviour 25: a 401 on the replay', () => {
  it('changes nothing, whether the token was minted for a 401 or not, is current or not', () => {
    for (const [life, value] of [
      [healed(), 'T2'],
      [healed(), 'T1'],
      [holding(), 'T1'],
      [new Life(), 'T1'],
    ] as const) {
      const before = life.state;
      expect(life.reject(value, 'replay')).toEqual(PASSED.replayed);
      expect(life.state).toBe(before);
    }
  });
});

describe('behaviour 26: a late 401 on a token that was replaced', () => {
  it('is worth a replay, and costs neither the current token nor a mint', () => {
    const life = healed();
    const before = life.state;

    expect(life.reject('T1')).toEqual({ kind: 'replay' });
    expect(life.state).toBe(before);
    expect(inWords(life.request('T1'))).toBe('serve T2');
  });

  it('is worth a replay also while the endpoint cools down, for another token is in hand', () => {
    const life = healed();
    life.state = stateWith({ ...life.state, endpoint: coolingAt(life.now) });

    expect(life.reject('T1')).toEqual({ kind: 'replay' });
  });

  it('is worth a replay also where the token was cleared', () => {
    const life = new Life();

    expect(life.reject('T1')).toEqual({ kind: 'replay' });
    expect(inWords(life.request('T1'))).toBe('wait (cold)');
  });

  it('goes to the caller where the token was cleared and none can be had', () => {
    const life = new Life();
    life.request();
    life.fails('transient');

    expect(life.reject('T1')).toEqual(PASSED.cooling);
  });
});

describe('behaviour 27: fifty 401s on one token', () => {
  it('cost one mint, however they are spread around it', () => {
    const life = holding();
    expect(life.reject('T1')).toEqual({ kind: 'replay', forcedMint: 1 });
    for (let i = 0; i < 24; i += 1) {
      expect(life.reject('T1')).toEqual({ kind: 'replay' });
      expect(inWords(life.request('T1'))).toBe('wait (rejected)');
    }
    life.brings('T2');
    for (let i = 0; i < 25; i += 1) {
      expect(life.reject('T1')).toEqual({ kind: 'replay' });
      expect(inWords(life.request('T1'))).toBe('serve T2');
    }

    expect(life.state.nextFlightId).toBe(2);
  });
});

describe('behaviour 29: a 401 while the endpoint gate cools down', () => {
  const cooling = () => {
    const life = holding();
    life.state = stateWith({ ...life.state, endpoint: coolingAt(life.now) });
    return life;
  };

  it('goes to the caller at once, and marks the token', () => {
    const life = cooling();

    expect(life.reject('T1')).toEqual(PASSED.cooling);
    expect(life.held.suspect).toBe(true);
  });

  it('leaves the token in use for the others', () => {
    const life = cooling();
    life.reject('T1');

    expect(inWords(life.request())).toBe('serve T1');
  });

  it('has the token replaced as soon as the gate opens', () => {
    const life = cooling();
    life.reject('T1');
    life.pass(life.coolDownMs);

    expect(inWords(life.request())).toBe('wait (rejected)');
  });

  it('keeps the token marked when the flight that should replace it fails', () => {
    const life = holding();
    life.reject('T1');
    life.request('T1');
    life.fails('transient');

    expect(life.held.suspect).toBe(true);
    expect(inWords(life.request())).toBe('serve T1');
    expect(inWords(life.request('T1'))).toBe('fail (cooling)');
  });
});

describe('behaviour 28: a 401 while a refresh is under way', () => {
  const refreshing = (life = holding()) => {
    life.now = moment.early;
    life.request();
    return life;
  };

  it('joins it, and forces nothing: from then on callers wait for what it brings', () => {
    const life = refreshing();

    expect(life.reject('T1')).toEqual({ kind: 'replay' });
    expect(inWords(life.request())).toBe('wait (early)');
    expect(life.forcedMintsLeft).toBe(6);
    life.brings('T2');
    expect(inWords(life.request('T1'))).toBe('serve T2');
  });

  it('joins it also where no forced mint is left', () => {
    const life = holding();
    life.state = stateWith({ ...life.state, forcedMints: spentAt(moment.early) });
    refreshing(life);

    expect(life.reject('T1')).toEqual({ kind: 'replay' });
  });
});

/** Nothing is left, as after an answer with the same token. */
const spentAt = ({ monoMs }: Instant): ForcedMints => ({
  ...noForcedMints,
  fullAt: monoMs + 6 * MINUTE,
});

describe('the budget of forced mints', () => {
  /** As many deaths in a row as 401s may force mints for, and none of the replays accepted. */
  const exhausted = () => {
    const life = holding({ expiresAt: undefined, mandatoryAt: undefined });
    for (let n = 2; n <= 7; n += 1) expect(life.heals(`T${n}`).kind).toBe('replay');
    return life;
  };

  it('allows six in a row: a token that becomes invalid twice is healed twice immediately', () => {
    const life = exhausted();

    expect(life.mints).toBe(6);
    expect(life.forcedMintsLeft).toBe(0);
    expect(life.forcedMintInMs).toBe(MINUTE);
  });

  it('once spent lets a 401 pass to its caller, sets no flag, mints nothing, and keeps the token in use', () => {
    const life = exhausted();

    expect(life.heals('T8')).toEqual(PASSED.spent);
    expect(life.held.suspect).toBe(false);
    expect(inWords(life.request())).toBe('serve T7');
  });

  it('reports that it is spent when a 401 first notices, and when the next mint is possible', () => {
    const life = exhausted();
    expect(life.notices).toEqual([]);
    life.pass(20 * SECOND).reject('T7');
    life.reject('T7');

    expect(life.notices).toEqual([{ kind: 'forcedMintsSpent', delayMs: 40 * SECOND }]);
    life.pass(40 * SECOND).heals('T8');
    life.reject('T8');
    expect(life.notices.at(-1)).toEqual({ kind: 'forcedMintsSpent', delayMs: MINUTE });
    expect(life.notices).toHaveLength(2);
  });

  it('gets one back each minute, by the monotonic clock alone', () => {
    const life = exhausted();
    life.now = { ...life.now, wallMs: life.now.wallMs + HOUR };
    expect(life.forcedMintsLeft).toBe(0);
    life.pass(MINUTE - 1);
    expect(life.forcedMintsLeft).toBe(0);
    life.pass(1);
    expect(life.forcedMintsLeft).toBe(1);
    life.pass(4 * MINUTE);
    expect(life.forcedMintsLeft).toBe(5);
    life.pass(HOUR);
    expect(life.forcedMintsLeft).toBe(6);
  });

  it('gets one back, once, if the replay of the request that forced it is accepted', () => {
    const life = holding();
    life.heals('T2');
    const answer = life.heals('T3');

    expect(answer).toEqual({ kind: 'replay', forcedMint: 2 });
    expect(life.forcedMintsLeft).toBe(4);
    life.happens({ kind: 'replay-accepted', forcedMint: 2 });
    life.happens({ kind: 'replay-accepted', forcedMint: 2 });
    expect(life.forcedMintsLeft).toBe(5);
  });

  it('gets none back twice: by itself after a minute, and then by a late replay', () => {
    const life = holding();
    life.heals('T2');
    life.pass(MINUTE).heals('T3');
    life.happens({ kind: 'replay-accepted', forcedMint: 1 });

    expect(life.forcedMintsLeft).toBe(5);
  });

  it('ignores an accepted replay whose 401 forced none, or that began before clear()', () => {
    const life = holding();
    life.heals('T2');
    life.happens({ kind: 'cleared' });
    const before = life.state;
    life.happens({ kind: 'replay-accepted', forcedMint: 1 });

    expect(life.state).toEqual(before);
  });

  it('behaviour 53: allows no more than 30 in any minute, though each replay is accepted', () => {
    const life = holding({ expiresAt: undefined, mandatoryAt: undefined });
    const mintedAt: number[] = [];
    for (let ms = 0; ms < 5 * MINUTE; ms += 100) {
      life.at(ms);
      const answer = life.heals(`T${ms}`);
      if (answer.kind === 'pass') continue;
      mintedAt.push(ms);
      life.happens({ kind: 'replay-accepted', forcedMint: answer.forcedMint! });
    }

    expect(mintedAt.length).toBe(5 * 30);
    for (const from of mintedAt)
      expect(mintedAt.filter((at) => at >= from && at < from + MINUTE).length).toBeLessThanOrEqual(
        30,
      );
  });

  it('counts one of a minute from when its token came', () => {
    const life = holding({ expiresAt: undefined, mandatoryAt: undefined });
    life.reject('T1', 'only-send');
    life.pass(MINUTE - SECOND).request();
    life.brings('T2');

    expect(life.state.forcedMints.recent).toMatchObject([{ mintedAt: life.now.monoMs }]);
  });

  it.each([
    ['fails', (life: Life) => life.fails('transient')],
    [
      'finds that another process was refused',
      (life: Life) => life.happens(refusedElsewhere(life)),
    ],
    ['fails on our side', (life: Life) => life.fails('local')],
  ])('loses nothing to a flight that %s', (_, ends) => {
    const life = holding();
    life.reject('T1');
    life.request('T1');
    ends(life);

    expect(life.held.suspect).toBe(true);
    expect(life.forcedMintsLeft).toBe(6);
  });

  it('loses nothing to 401s in a cool-down, which is what keeps these mints apart', () => {
    const life = holding();
    life.state = stateWith({ ...life.state, endpoint: coolingAt(life.now) });
    life.reject('T1');
    life.pass(5 * SECOND).request();
    life.brings('T2');

    expect(life.forcedMintsLeft).toBe(6);
  });

  it('spent, lets 401s in a cool-down set no flag either', () => {
    const life = holding();
    const forcedMints = spentAt(life.now);
    life.state = stateWith({ ...life.state, endpoint: coolingAt(life.now), forcedMints });

    expect(life.reject('T1')).toEqual(PASSED.spent);
    expect(life.held.suspect).toBe(false);
  });

  it('pays for a 401 that has to wait for the limit of token calls', () => {
    const life = new Life({ tokenBudget: { calls: 1, windowMs: MINUTE } });
    life.happens({ kind: 'token-call' });
    life.state = stateWith({ ...life.state, slot: heldToken() });

    expect(life.reject('T1')).toEqual(PASSED.cooling);
    expect(life.held.suspect).toBe(true);
    expect(life.forcedMintsLeft).toBe(5);
  });

  it('pays for a request that cannot be sent again as for any other', () => {
    const life = holding();

    expect(life.reject('T1', 'only-send').kind).toBe('replay');
    expect(life.held.suspect).toBe(true);
    expect(life.forcedMintsLeft).toBe(5);
  });

  it('spent, does not keep a refresh from happening that is due to expiry', () => {
    const life = holding();
    life.state = stateWith({ ...life.state, forcedMints: spentAt(moment.early) });

    life.now = moment.early;
    expect(inWords(life.request())).toBe('serve T1, refresh (early)');
  });

  function refusedElsewhere(life: Life) {
    return {
      kind: 'cooling-elsewhere',
      flightId: life.flightId,
      failure: 'refused elsewhere',
      cause: 'transient',
      concerns: 'request',
      delayMs: SECOND,
      failures: 1,
      random: 0,
    } as const;
  }
});
