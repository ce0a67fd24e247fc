import { describe, expect, it } from '@jest/globals';

import type { Instant } from '../../src/token/instant.js';
import { noForcedMints, type ForcedMints } from '../../src/token/lifecycle/forced-mints.js';
import {
  afterStart,
  coolingAt,
  heldToken,
  HOUR,
  inWords,
  Life,
  MINUTE,
  moment,
  SECOND,
  stateWith,
} from './life.js';

const holding = (changes = {}) => {
  const life = new Life();
  life.state = stateWith({ slot: heldToken(changes) });
  return life;
};

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

  it('is healed by a new token, which is not suspected', () => {
    const life = healed();

    expect(inWords(life.request('T1'))).toBe('serve T2');
    expect(life.held.suspect).toBe(false);
  });
});

describe('behaviour 25: a 401 on the replay', () => {
  it('goes to the caller, while the new token is kept and served to others', () => {
    const life = healed();

    expect(life.reject('T2', 'replay')).toEqual(PASSED.replayed);
    expect(life.held.suspect).toBe(false);
    expect(inWords(life.request())).toBe('serve T2');
    expect(life.mints).toBe(1);
  });

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

/**
 * An API path that always answers 401, asked every 20 ms by callers who do all they may, and beside each of them a
 * healthy caller. Every answer takes `latencyMs`, every mint `mintMs`, and that to a replay `replayMs`; it may never come.
 */
function alwaysRefused(
  forMs: number,
  {
    latencyMs = 30,
    mintMs = 50,
    replayMs = latencyMs,
    sameString = false,
  }: { latencyMs?: number; mintMs?: number; replayMs?: number; sameString?: boolean } = {},
) {
  const life = new Life();
  const agenda: { at: number; deed: () => void }[] = [];
  const mintedAt: number[] = [];
  const healthyWaits: number[] = [];
  let landing: number | undefined;
  const nowMs = () => life.now.monoMs - afterStart(0).monoMs;
  const soon = (ms: number, deed: () => void) => agenda.push({ at: nowMs() + ms, deed });

  /** Calls `use` with a token as soon as there is one. */
  function withToken(not: string | undefined, use: (value: string) => void): void {
    const answer = life.request(not);
    if (answer.kind === 'serve') use(answer.token.value);
    if (answer.kind !== 'wait') return;
    if (landing === undefined) {
      landing = nowMs() + mintMs;
      soon(mintMs, () => {
        landing = undefined;
        mintedAt.push(nowMs());
        life.brings(sameString ? 'T' : `T${mintedAt.length}`);
      });
    }
    soon(landing - nowMs(), () => withToken(not, use));
  }

  function refusedCaller(): void {
    withToken(undefined, (first) =>
      soon(latencyMs, () => {
        if (life.reject(first).kind !== 'replay') return;
        withToken(first, (second) => {
          if (Number.isFinite(replayMs)) soon(replayMs, () => life.reject(second, 'replay'));
        });
      }),
    );
  }

  function healthyCaller(): void {
    const askedAt = nowMs();
    withToken(undefined, () => healthyWaits.push(nowMs() - askedAt));
  }

  /** Does what falls due up to a moment, the earliest first. */
  function until(at: number): void {
    for (;;) {
      agenda.sort((a, b) => a.at - b.at);
      const next = agenda[0];
      if (next === undefined || next.at > at) break;
      agenda.shift();
      life.at(next.at);
      next.deed();
    }
  }

  let asked = 0;
  for (let at = 0; at < forMs; at += 20) {
    until(at);
    life.at(at);
    asked += 1;
    refusedCaller();
    healthyCaller();
  }
  until(Number.POSITIVE_INFINITY);
  return { mintedAt, healthyWaits, asked };
}

describe('behaviour 30: a call that always answers 401 among calls that succeed', () => {
  const within = (mintedAt: number[], fromMs: number, toMs: number) =>
    mintedAt.filter((at) => at >= fromMs && at < toMs).length;

  it.each([
    ['answers come at once', { latencyMs: 0, mintMs: 0 }],
    ['answers and mints take their time', { latencyMs: 30, mintMs: 50 }],
    ['answers are slower than mints', { latencyMs: 300, mintMs: 20 }],
    ['mints are slower than answers', { latencyMs: 5, mintMs: 400 }],
  ])(
    'forces 7 mints in the first minute with the cold one, then at most 1 a minute, where %s',
    (_, pace) => {
      const { mintedAt } = alwaysRefused(4 * MINUTE, pace);

      expect(within(mintedAt, 0, MINUTE)).toBe(7);
      expect(within(mintedAt, MINUTE, 2 * MINUTE)).toBeLessThanOrEqual(1);
      expect(within(mintedAt, 2 * MINUTE, 3 * MINUTE)).toBeLessThanOrEqual(1);
      expect(within(mintedAt, 3 * MINUTE, 4 * MINUTE)).toBeLessThanOrEqual(1);
    },
  );

  it.each([
    ['all answers take their time', { latencyMs: 1_700 }],
    ['no replay is ever answered', { replayMs: Infinity }],
    ['answers to replays are slow', { replayMs: 1_500 }],
    ['the latest replays are answered when a further token is there', { replayMs: 2_500 }],
  ])('forces no more where %s', (_, pace) => {
    const { mintedAt, healthyWaits } = alwaysRefused(4 * MINUTE, pace);

    expect(within(mintedAt, 0, MINUTE)).toBeLessThanOrEqual(7);
    expect(within(mintedAt, MINUTE, 2 * MINUTE)).toBeLessThanOrEqual(1);
    expect(within(mintedAt, 2 * MINUTE, 3 * MINUTE)).toBeLessThanOrEqual(1);
    expect(within(mintedAt, 3 * MINUTE, 4 * MINUTE)).toBeLessThanOrEqual(1);
    expect(Math.max(...healthyWaits)).toBeLessThanOrEqual(50);
  });

  it('never fails the others, nor makes them wait longer than one flight', () => {
    const { healthyWaits, asked } = alwaysRefused(2 * MINUTE);

    expect(healthyWaits).toHaveLength(asked);
    expect(Math.max(...healthyWaits)).toBeLessThanOrEqual(50);
  });

  it('costs no more if the endpoint returns the same string again', () => {
    const { mintedAt, healthyWaits, asked } = alwaysRefused(2 * MINUTE, { sameString: true });

    expect(within(mintedAt, 0, MINUTE)).toBeLessThanOrEqual(7);
    expect(within(mintedAt, MINUTE, 2 * MINUTE)).toBeLessThanOrEqual(1);
    expect(healthyWaits).toHaveLength(asked);
  });
});
