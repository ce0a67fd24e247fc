import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { later } from '../../src/token/instant.js';
import { noForcedMints } from '../../src/token/lifecycle/forced-mints.js';
import type { Landing } from '../../src/token-source/flights.js';
import { tell } from '../setup/figures.js';
import { withoutStacks } from './explore.js';
import { Violation, type Invariant } from './invariants.js';
import {
  realDecide,
  realServableToken,
  type AnyHappening,
  type AnyState,
  type Bug,
} from './observed-source.js';
import { setting, steps } from './steps.js';
import { World } from './world.js';

/* The simulation is worth as much as the bugs it finds: each of these is seeded on purpose, and must be found. */

const found: string[] = [];

afterAll(() => tell(found));

/** Decides as always, but on what `bend` makes of the facts. */
function bent(bend: (state: AnyState, happening: AnyHappening) => [AnyState, AnyHappening]): Bug {
  return {
    decide: (state, now, happening, policy) => {
      const [bentState, bentHappening] = bend(state, happening);
      return realDecide(bentState, now, bentHappening, policy);
    },
  };
}

const asIfOpen = (state: AnyState): AnyState => ({
  ...state,
  endpoint: {},
  account: { ...state.account, endpoint: {} },
});

/** Token calls that nothing can end. */
const unstoppable: NonNullable<Bug['sendTokenRequest']> = (send) => (request) =>
  send(request, { signal: new AbortController().signal });

/** Token calls that `clear()` does not end; they end 5 s later at the latest. */
const deafToClear: NonNullable<Bug['sendTokenRequest']> =
  (send, world) =>
  (request, { signal }) => {
    const own = new AbortController();
    let cancel = (): void => undefined;
    signal.addEventListener('abort', () => {
      if (world.isClearing) cancel = world.clock.schedule(() => own.abort(), 5_000);
      else own.abort();
    });
    return send(request, { signal: own.signal }).finally(() => cancel());
  };

/** Repeats a call by itself after a pause, which the end of the call ends, unless that is due to `close()`. */
const pauseDeafToClose: NonNullable<Bug['sendTokenRequest']> =
  (send, world) =>
  async (request, { signal }) => {
    const outcome = await send(request, { signal });
    if (outcome.kind === 'no-answer' || outcome.answer.status < 500) return outcome;
    await new Promise<void>((resolve) => {
      const cancel = world.clock.schedule(resolve, 1_000);
      signal.addEventListener('abort', () => {
        if (world.isClosed) return;
        cancel();
        resolve();
      });
    });
    return outcome;
  };

interface SeededBug {
  readonly name: string;
  readonly bug: Bug;
  readonly caughtBy: readonly Invariant[];
  /** Of the runs; 3 unless these would find it late only. */
  readonly seed?: number;
}

const bugs: readonly SeededBug[] = [
  {
    name: 'a 401 is not compared by value',
    bug: bent((state, happening) => {
      const value = state.slot.kind === 'held' ? state.slot.token.value : '';
      return [state, happening.kind === 'rejected' ? { ...happening, value } : happening];
    }),
    caughtBy: ['a late 401 doubts no other token'],
  },
  {
    name: 'an old flight overwrites a newer token',
    bug: {
      decide: (state, now, happening, policy) => {
        if (happening.kind !== 'minted' || happening.flightId === state.flight?.id)
          return realDecide(state, now, happening, policy);
        const asIfCurrent = {
          ...state,
          flight: { id: happening.flightId, reason: 'cold' },
        } as const;
        const decision = realDecide(asIfCurrent, now, happening, policy);
        const { flight } = state;
        return flight === undefined
          ? decision
          : { ...decision, state: { ...decision.state, flight } };
      },
      // By itself the bug could not show, because clear() also ends the old call.
      sendTokenRequest: deafToClear,
    },
    caughtBy: ['no token from before clear() is served after it'],
  },
  {
    name: 'a failed flight is cached',
    bug: {
      memoize: (fn) => {
        const start = fn as (...args: unknown[]) => Promise<Landing>;
        let known: Promise<Landing> | undefined;
        return (...args: unknown[]) => {
          known ??= start(...args);
          void known.then(({ kind }) => {
            if (kind === 'token') known = undefined;
          });
          return known;
        };
      },
    },
    caughtBy: [
      'a flight ends in time',
      'a caller fails only if no usable token existed and none could be had',
      'the source recovers once its surroundings have',
    ],
  },
  {
    name: 'the jitter has no bound',
    bug: {
      decide: (state, now, happening, policy) => {
        const decision = realDecide(state, now, happening, policy);
        const { slot } = decision.state;
        if (happening.kind !== 'minted' || slot.kind === 'empty') return decision;
        if (slot.expiresAt === undefined || slot.token !== happening.token) return decision;
        const refreshAt = later(slot.expiresAt, -slot.earlyMs * (1 - happening.random));
        const bentState = { ...decision.state, slot: { ...slot, refreshAt } };
        return { ...decision, state: bentState };
      },
    },
    caughtBy: ['a refresh starts in the early window, and before the last moments'],
  },
  {
    name: 'concurrent callers do not share a flight',
    bug: { memoize: (fn) => fn },
    caughtBy: ['at most one flight for each key'],
  },
  {
    name: 'the endpoint gate is forgotten',
    bug: bent((state, happening) => [
      ['requested', 'token-call'].includes(happening.kind) ? asIfOpen(state) : state,
      happening,
    ]),
    caughtBy: ['no token call while the endpoint gate cools'],
  },
  {
    name: 'a cool-down is no longer than the one before',
    bug: bent((state, happening) => [
      happening.kind === 'mint-failed' ? asIfOpen(state) : state,
      happening,
    ]),
    caughtBy: ['a cool-down lasts as long as the table says'],
  },
  {
    name: 'a time-out makes rejected credentials forgotten',
    bug: {
      decide: (state, now, happening, policy) => {
        const decision = realDecide(state, now, happening, policy);
        if (happening.kind !== 'mint-failed' || happening.cause !== 'transient') return decision;
        const { account } = decision.state;
        if (account.endpoint.rejected === undefined) return decision;
        const endpoint = { ...account.endpoint };
        delete endpoint.rejected;
        return { ...decision, state: { ...decision.state, account: { ...account, endpoint } } };
      },
    },
    caughtBy: ['rejected credentials stay rejected'],
  },
  {
    name: 'the cool-down of an account is known to one of its tokens only',
    bug: bent((state, happening) => [
      happening.kind === 'token-call' ? asIfOpen(state) : state,
      happening,
    ]),
    caughtBy: ['no token call while the endpoint gate cools'],
  },
  {
    name: 'a cool-down takes no heed of how short the early window is',
    bug: {
      decide: (state, now, happening, policy) => {
        const { slot } = state;
        if (happening.kind !== 'mint-failed' || slot.kind === 'empty')
          return realDecide(state, now, happening, policy);
        const asIfLong = { ...state, slot: { ...slot, earlyMs: Infinity } };
        const decision = realDecide(asIfLong, now, happening, policy);
        if (decision.state.slot.kind === 'empty') return decision;
        const { earlyMs } = slot;
        const bentState = { ...decision.state, slot: { ...decision.state.slot, earlyMs } };
        return { ...decision, state: bentState };
      },
    },
    caughtBy: ['a cool-down lasts as long as the table says'],
  },
  {
    name: 'the attempts of a flight are not counted',
    bug: { options: { maxAttempts: 1_000 } },
    caughtBy: ['a flight makes three token calls at most'],
  },
  {
    name: 'clear() forgets the token budget',
    bug: {
      decide: (state, now, happening, policy) => {
        const decision = realDecide(state, now, happening, policy);
        return happening.kind === 'cleared'
          ? {
              ...decision,
              state: {
                ...decision.state,
                account: { ...decision.state.account, tokenCallsAt: [] },
              },
            }
          : decision;
      },
    },
    caughtBy: ['the token budget is kept'],
  },
  {
    name: '401s force as many mints as they like',
    bug: bent((state, happening) => [
      happening.kind === 'rejected' ? { ...state, forcedMints: noForcedMints } : state,
      happening,
    ]),
    caughtBy: ['401s force no more mints than the budget has'],
  },
  {
    name: 'a forced mint comes back even if its replay is rejected',
    bug: {
      decide: (state, now, happening, policy) => {
        const decision = realDecide(state, now, happening, policy);
        const { flight } = state;
        if (happening.kind !== 'minted' || flight === undefined) return decision;
        const back = { kind: 'replay-accepted', forcedMint: flight.id } as const;
        return { ...decision, state: realDecide(decision.state, now, back, policy).state };
      },
    },
    caughtBy: ['401s force no more mints than the budget has'],
  },
  {
    name: 'the endpoint may insist on a token as often as it likes',
    bug: {
      decide: (state, now, happening, policy) => {
        const decision = realDecide(state, now, happening, policy);
        const { forcedMints } = state;
        return happening.kind === 'minted'
          ? { ...decision, state: { ...decision.state, forcedMints } }
          : decision;
      },
    },
    seed: 30,
    caughtBy: ['401s force no more mints than the budget has'],
  },
  {
    name: 'an accepted replay gives nothing back',
    bug: {
      decide: (state, now, happening, policy) =>
        happening.kind === 'replay-accepted'
          ? { state, answer: undefined, notices: [] }
          : realDecide(state, now, happening, policy),
    },
    caughtBy: ['a 401 is passed on only where the budget is spent'],
  },
  {
    name: 'an expired token is served when the refresh fails',
    bug: {
      servableToken: ({ slot }, _now, not) =>
        slot.kind === 'held' && slot.token.value !== not
          ? { token: slot.token, stale: false }
          : undefined,
    },
    caughtBy: ['an expired token is served only as maxStale allows'],
  },
  {
    name: 'a suspect token is served as stale',
    bug: {
      servableToken: (state, now, not, policy) =>
        state.slot.kind === 'held'
          ? realServableToken(
              { ...state, slot: { ...state.slot, suspect: false } },
              now,
              not,
              policy,
            )
          : undefined,
    },
    caughtBy: ['a suspect token is never served as stale'],
  },
  {
    name: 'a suspect token is served as stale while the endpoint cools',
    bug: {
      decide: (state, now, happening, policy) => {
        const { slot } = state;
        if (happening.kind !== 'requested' || slot.kind === 'empty' || !slot.suspect)
          return realDecide(state, now, happening, policy);
        const trusted = { ...state, slot: { ...slot, suspect: false } };
        const decision = realDecide(trusted, now, happening, policy);
        const { kind, stale } = decision.answer as { kind: string; stale?: boolean };
        return kind === 'serve' && stale === true
          ? { ...decision, state }
          : realDecide(state, now, happening, policy);
      },
    },
    seed: 6,
    caughtBy: ['a suspect token is never served as stale'],
  },
  {
    name: 'the token in hand is not served when the refresh fails',
    bug: { servableToken: () => undefined },
    caughtBy: ['a caller fails only if no usable token existed and none could be had'],
  },
  {
    name: 'a caller refused with a suspect token hears that there is no other',
    bug: {
      decide: (state, now, happening, policy) => {
        const { slot } = state;
        const isRefused =
          happening.kind === 'requested' &&
          slot.kind === 'held' &&
          slot.suspect &&
          slot.token.value === happening.not;
        return isRefused
          ? {
              state,
              answer: { kind: 'fail', because: { kind: 'same-token' }, retryInMs: 0 },
              notices: [],
            }
          : realDecide(state, now, happening, policy);
      },
    },
    caughtBy: ['a caller fails only if no usable token existed and none could be had'],
  },
  {
    name: 'a token call is never given up',
    bug: { sendTokenRequest: unstoppable },
    caughtBy: ['a flight ends in time', 'nothing is left after close()'],
  },
  {
    name: 'close() does not end a pause between two attempts',
    bug: { sendTokenRequest: pauseDeafToClose },
    seed: 20,
    caughtBy: ['nothing is left after close()'],
  },
];

test.each(bugs)(
  'finds the bug: $name',
  async ({ name, bug, caughtBy, seed = 3 }) => {
    const details = await withoutStacks(() =>
      fc.check(
        fc.asyncProperty(fc.scheduler(), setting, steps, async (scheduler, given, todo) => {
          const world = new World(scheduler, given, bug);
          for (const step of todo) await world.take(step);
          await world.finish();
        }),
        { seed, numRuns: 5_000, endOnFailure: true },
      ),
    );
    expect(details.failed).toBe(true);
    expect(details.errorInstance).toBeInstanceOf(Violation);
    const { invariant } = details.errorInstance as Violation;
    found.push(`${name}: found in run ${details.numRuns} by "${invariant}"`);
    expect(caughtBy).toContain(invariant);
  },
  120_000,
);
