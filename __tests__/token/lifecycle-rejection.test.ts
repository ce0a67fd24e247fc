import { describe, expect, it } from '@jest/globals';

import {
  afterStart,
  coolingAt,
  heldToken,
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
  gateClosed: { kind: 'pass', because: 'rejection-gate-closed' },
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

      expect(life.reject('T1')).toEqual({ kind: 'replay' });
      expect(life.held.suspect).toBe(true);
      expect(inWords(life.request())).toBe('wait (rejected)');
    },
  );

  it('is healed by a new token, which nobody doubts', () => {
    const life = healed();

    expect(inWords(life.request('T1'))).toBe('serve T2');
    expect(life.held).toMatchObject({ suspect: false, forced: true });
  });

  it('puts the new token on trial for one second, and closes the rejection gate meanwhile, without a word', () => {
    const life = healed();

    expect(life.held.trial?.until.monoMs).toBe(life.now.monoMs + SECOND);
    expect(life.closedForMs).toBe(SECOND);
    expect(life.notices).toEqual([]);
  });

  it('ends the trial once a replay was accepted, and leaves the gate as it was', () => {
    const life = healed();
    life.happens({ kind: 'replayed', value: 'T2' });

    expect(life.held.trial).toBeUndefined();
    expect(life.held.forced).toBe(true);
    expect(life.state.rejection).toEqual({ closings: 0 });
    expect(life.reject('T2')).toEqual({ kind: 'replay' });
  });

  it.each([
    ['another token', healed(), 'T1'],
    ['a token that is not on trial', holding(), 'T1'],
    ['no token in hand', new Life(), 'T1'],
  ])('learns nothing from an accepted replay with %s', (_, life, value) => {
    const before = life.state;
    life.happens({ kind: 'replayed', value });

    expect(life.state).toBe(before);
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

  it('closes the rejection gate for a second', () => {
    const life = healed();
    life.reject('T2', 'replay');

    expect(life.closedForMs).toBe(SECOND);
    expect(life.notices).toEqual([{ kind: 'rejection-gate-closed', delayMs: SECOND }]);
  });

  it('closes it no further while it is closed', () => {
    const life = healed();
    life.reject('T2', 'replay');
    life.pass(500).reject('T2', 'replay');

    expect(life.closedForMs).toBe(500);
    expect(life.state.rejection.closings).toBe(1);
  });

  it('closes nothing if the token had not been minted for a 401', () => {
    const life = holding();

    expect(life.reject('T1', 'replay')).toEqual(PASSED.replayed);
    expect(life.state.rejection.closings).toBe(0);
    expect(life.held.suspect).toBe(false);
  });

  it('closes nothing if the token has been replaced since', () => {
    const life = healed();
    const before = life.state;

    expect(life.reject('T1', 'replay')).toEqual(PASSED.replayed);
    expect(life.state).toBe(before);
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
    for (let i = 0; i < 25; i += 1) {
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
  it('makes whatever that refresh brings a forced token', () => {
    const life = holding();
    life.now = moment.early;
    life.request();
    life.reject('T1');
    life.brings('T2');

    expect(life.held).toMatchObject({ forced: true, suspect: false });
    expect(inWords(life.request())).toBe('serve T2');
  });
});

describe('the rejection gate', () => {
  it('is not asked about a first 401: that is always acted on', () => {
    expect(holding().reject('T1')).toEqual({ kind: 'replay' });
  });

  it('while closed lets a 401 pass to the caller, sets no flag and mints nothing', () => {
    const life = healed();
    life.reject('T2', 'replay');
    life.pass(SECOND - 1);

    expect(life.reject('T2')).toEqual(PASSED.gateClosed);
    expect(life.held.suspect).toBe(false);
    expect(inWords(life.request())).toBe('serve T2');
  });

  it('acts on the next 401 once it is open', () => {
    const life = healed();
    life.reject('T2', 'replay');
    life.pass(SECOND);

    expect(life.reject('T2')).toEqual({ kind: 'replay' });
  });

  it('neither closes nor dooms a token on trial that draws a 401 on a first send: the answer to the replay decides', () => {
    const life = healed().pass(300);
    const before = life.state;

    expect(life.reject('T2')).toEqual({ kind: 'replay' });
    expect(inWords(life.request('T2'))).toBe('await the verdict on T2 for 700 ms');
    expect(inWords(life.request())).toBe('serve T2');
    expect(life.state).toBe(before);
  });

  it('lets those who waited for the verdict have their 401s if the replay was rejected, too', () => {
    const life = healed();
    life.reject('T2');
    life.reject('T2', 'replay');

    expect(life.reject('T2')).toEqual(PASSED.gateClosed);
    expect(inWords(life.request('T2'))).toBe('fail (not-at-fault)');
    expect(life.state.rejection.closings).toBe(1);
  });

  it.each([
    ['the replay was accepted', (life: Life) => life.happens({ kind: 'replayed', value: 'T2' })],
    ['the replay was not answered within a second', (life: Life) => life.pass(SECOND)],
  ])('acts on the 401s of those who waited for the verdict if %s', (_, ends) => {
    const life = healed();
    life.reject('T2');
    ends(life);

    expect(life.reject('T2')).toEqual({ kind: 'replay' });
    expect(life.held.suspect).toBe(true);
    expect(inWords(life.request('T2'))).toBe('wait (rejected)');
  });

  it('tells once that it is closed where no replay was answered in time, and only when that is felt', () => {
    const life = healed();
    life.pass(SECOND).reject('T2');
    life.request();
    life.brings('T3');
    const told = () => life.notices.splice(0);
    told();

    life.pass(1_200);
    expect(inWords(life.request())).toBe('serve T3');
    expect(told()).toEqual([]);
    expect(life.reject('T3')).toEqual(PASSED.gateClosed);
    expect(told()).toEqual([{ kind: 'rejection-gate-closed', delayMs: 800 }]);
    expect(life.reject('T3')).toEqual(PASSED.gateClosed);
    expect(told()).toEqual([]);

    life.happens({ kind: 'replayed', value: 'T3' });
    expect(life.reject('T3')).toEqual({ kind: 'replay' });
  });

  it('closes on a token on trial if the request can never be sent again: else no replay might ever tell', () => {
    const life = healed();

    expect(life.reject('T2', 'only-send')).toEqual(PASSED.gateClosed);
    expect(life.closedForMs).toBe(SECOND);
    expect(life.held.trial).toBeUndefined();
    expect(inWords(life.request())).toBe('serve T2');
  });

  describe('after forced tokens whose replays were never answered', () => {
    const replaced = (life: Life, refused: string, by: string) => {
      expect(life.reject(refused)).toEqual({ kind: 'replay' });
      life.request(refused);
      life.brings(by, { lifetimeMs: 1_000 * SECOND });
    };
    const unanswered = (life: Life, from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        life.pass(life.closedForMs);
        replaced(life, `T${n}`, `T${n + 1}`);
      }
    };

    it('stays closed twice as long for each', () => {
      const life = healed();
      unanswered(life, 2, 7);

      expect(life.closedForMs).toBe(32 * SECOND);
      expect(life.state.rejection.closings).toBe(6);
    });

    it('forgets them all once a replay is accepted: tokens die, and new ones cure it', () => {
      const life = healed();
      unanswered(life, 2, 7);
      life.happens({ kind: 'replayed', value: 'T7' });

      expect(life.state.rejection).toEqual({ closings: 0 });
      replaced(life, 'T7', 'T8');
      expect(life.closedForMs).toBe(SECOND);
    });

    it('remembers what a replay has spoken against', () => {
      const life = healed();
      life.reject('T2', 'replay');
      unanswered(life, 2, 4);
      life.reject('T4', 'replay');
      expect(life.state.rejection.closings).toBe(3);
      unanswered(life, 4, 6);
      life.happens({ kind: 'replayed', value: 'T6' });

      expect(life.state.rejection.closings).toBe(3);
    });
  });

  it.each<[string, (life: Life) => void]>([
    [
      'while the endpoint cooled',
      (life) => {
        life.state = { ...life.state, endpoint: coolingAt(life.now, 'transient') };
        expect(life.reject('T1')).toEqual(PASSED.cooling);
      },
    ],
    [
      'when the refresh failed',
      (life) => {
        life.reject('T1');
        life.request('T1');
        life.fails('transient');
      },
    ],
  ])('does not close for the successor of a token whose 401s were passed on %s', (_, passesOn) => {
    const life = holding();
    passesOn(life);
    life.pass(MINUTE);
    expect(inWords(life.request())).toBe('wait (rejected)');
    life.brings('T2', { lifetimeMs: 1_000 * SECOND });

    expect(life.held).toMatchObject({ suspect: false, forced: false });
    expect(life.held.trial).toBeUndefined();
    expect(life.closedForMs).toBe(0);
    expect(life.reject('T2')).toEqual({ kind: 'replay' });
  });

  it('closes where the endpoint insists on a token whose 401s were passed on', () => {
    const life = holding();
    life.state = { ...life.state, endpoint: coolingAt(life.now) };
    life.reject('T1');
    life.pass(MINUTE);
    life.request();
    life.brings('T1', { lifetimeMs: 900 * SECOND });

    expect(life.held).toMatchObject({ suspect: false, forced: false });
    expect(life.closedForMs).toBe(SECOND);
    expect(life.notices.at(-1)).toEqual({ kind: 'rejection-gate-closed', delayMs: SECOND });
  });

  it('is left as it is by a forced token that comes while it is closed', () => {
    const life = healed();
    life.happens({ kind: 'replayed', value: 'T2' });
    life.reject('T2');
    life.request('T2');
    life.reject('T2', 'replay');
    const before = life.state.rejection;
    life.brings('T3', { lifetimeMs: 1_000 * SECOND, tookMs: 300 });

    expect(before.closings).toBe(1);
    expect(life.state.rejection).toBe(before);
    expect(life.held.trial?.gateBefore).toBe(before);
  });

  it('closes all the same if another request drew a 401 since, which is sent again', () => {
    const life = holding();
    life.reject('T1');
    life.request('T1');
    life.fails('transient');
    life.pass(MINUTE);
    life.reject('T1');
    life.request('T1');
    life.brings('T2', { lifetimeMs: 1_000 * SECOND });

    expect(life.held.forced).toBe(true);
    expect(life.closedForMs).toBe(SECOND);
  });

  it('is not closed by the only send of a request with a token that is not on trial', () => {
    const life = holding();

    expect(life.reject('T1', 'only-send')).toEqual({ kind: 'replay' });
    expect(life.held.suspect).toBe(true);
    expect(life.state.rejection.closings).toBe(0);
  });

  it('does not keep a refresh from happening that is due to expiry', () => {
    const life = healed();
    life.reject('T2', 'replay');
    life.state = stateWith({ ...life.state, slot: heldToken() });
    life.state = stateWith({
      ...life.state,
      rejection: { ...life.state.rejection, closedUntil: moment.expired },
    });

    life.now = moment.early;
    expect(inWords(life.request())).toBe('serve T1, refresh (early)');
  });

  it('closes for twice as long each time, up to a minute', () => {
    const life = holding();
    const delays = Array.from({ length: 9 }, (_, round) => {
      refusedTwice(life, round);
      const delay = life.closedForMs;
      life.pass(delay);
      return delay / SECOND;
    });

    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('forgets its exponent five minutes after it last closed, and not before', () => {
    const closedFor = (restMs: number) => {
      const life = holding();
      for (let round = 0; round < 3; round += 1) {
        refusedTwice(life, round);
        life.pass(round === 2 ? restMs : life.closedForMs);
      }
      refusedTwice(life, 3);
      return life.closedForMs;
    };

    expect(closedFor(5 * MINUTE - 1)).toBe(8 * SECOND);
    expect(closedFor(5 * MINUTE)).toBe(SECOND);
  });

  /** A call that is refused whatever its token: on the first send, and again on the replay with the new one. */
  function refusedTwice(life: Life, round: number): void {
    const value = life.held.token.value;
    expect(life.reject(value)).toEqual({ kind: 'replay' });
    life.request(value);
    life.brings(`new-${round}`, { lifetimeMs: 1_000 * SECOND });
    life.reject(`new-${round}`, 'replay');
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
  const trials = new Set<() => void>();
  let landing: number | undefined;
  const nowMs = () => life.now.monoMs - afterStart(0).monoMs;
  const soon = (ms: number, deed: () => void) => agenda.push({ at: nowMs() + ms, deed });

  /** Calls `use` with a token as soon as there is one. */
  function withToken(not: string | undefined, use: (value: string) => void): void {
    const answer = life.request(not);
    if (answer.kind === 'serve') use(answer.token.value);
    if (answer.kind === 'await-verdict') awaitVerdict(answer, use);
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

  /** Reports the 401 anew once the token is no longer on trial. */
  function awaitVerdict(
    { refused, forMs }: { refused: string; forMs: number },
    use: (value: string) => void,
  ): void {
    const report = () => {
      if (trials.delete(report) && life.reject(refused).kind === 'replay') withToken(refused, use);
    };
    trials.add(report);
    soon(forMs, report);
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
      if (life.state.slot.kind === 'held' && life.state.slot.trial !== undefined) continue;
      for (const report of [...trials]) report();
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
    ['all answers take longer than a trial', { latencyMs: 1_700 }],
    ['no replay is ever answered', { replayMs: Infinity }],
    ['replays are answered after the trial', { replayMs: 1_500 }],
    ['the latest replays are answered when a further token is there', { replayMs: 2_500 }],
    ['answers to replays come just before the end of the trial', { replayMs: 990 }],
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
