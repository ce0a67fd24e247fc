import type { StoreOutcome } from './guarded-store.js';
import type { BeginAnswer } from './token-store.js';
import { jittered } from '../token/back-off.js';

/** What a flight does after it has asked the shared store. */
export type SharedStep =
  | { readonly kind: 'adopt'; readonly answer: Extract<BeginAnswer, { kind: 'token' }> }
  | { readonly kind: 'cool'; readonly answer: Extract<BeginAnswer, { kind: 'cooling' }> }
  | { readonly kind: 'lead'; readonly answer: Extract<BeginAnswer, { kind: 'lead' }> }
  /** Ask again after a pause. Callers do not wait if the current token will do. */
  | {
      readonly kind: 'wait';
      readonly for: 'lease-holder' | 'store';
      readonly pauseMs: number;
      /** When a flight without waiting callers looks again. */
      readonly lookAgainInMs: number;
    }
  /** Mint without the lease, because the store or the holder of the lease does not answer. */
  | { readonly kind: 'mint-alone' }
  /** Mint nothing: a new token would invalidate one that others have or are about to fetch. */
  | { readonly kind: 'give-up'; readonly missing: 'lease-holder' | 'store' };

export interface SharedSituation {
  /** How long this flight has waited. */
  readonly waitedMs: number;
  /** The longest that it waits. */
  readonly waitLimitMs: number;
  /** How often it has asked without success. */
  readonly polls: number;
  /** Whether a new token invalidates the previous one. */
  readonly singleActiveToken: boolean;
  /** Whether the token in the store drew a 401 here, so that the store cannot be written to. */
  readonly isUseless: boolean;
  /** Whether the current token is unexpired and drew no 401. */
  readonly handServes: boolean;
  /** How long the store has not answered. */
  readonly storeAwayMs: number;
  /** How long the store is left alone before the next probe. */
  readonly storePausedMs: number;
  /** How long until this process may mint without the store; used only with `singleActiveToken`. */
  readonly mintAloneInMs: number;
  /** In [0, 1). */
  readonly random: number;
}

const FIRST_POLL_MS = 50;
const POLL_GROWTH = 1.5;
const LONGEST_POLL_MS = 500;
/** How soon waiting flights ask again after the end of a lease that was not renewed. */
const AFTER_LEASE_MS = 50;
/** When a flight that leaves the work to another process looks again. */
const STAND_DOWN_MS = 2_000;
/** How often the store is probed if a new token invalidates the previous one. */
export const PROBE_MS = 1_000;
/** How long a process waits for the store before it mints a token that may invalidate the others'. */
const STORE_AWAY_MS = 10_000;

/** Decides what to do after an answer from the store, or without one. Pure. */
export function nextStep(
  outcome: StoreOutcome<BeginAnswer>,
  situation: SharedSituation,
): SharedStep {
  if (outcome.kind === 'done') return stepAfter(outcome.value, situation);
  return situation.singleActiveToken ? stepWithoutStore(situation) : { kind: 'mint-alone' };
}

function stepAfter(answer: BeginAnswer, situation: SharedSituation): SharedStep {
  switch (answer.kind) {
    case 'token':
      if (!situation.isUseless) return { kind: 'adopt', answer };
      return situation.singleActiveToken && situation.mintAloneInMs > 0
        ? waitForStore(situation)
        : { kind: 'mint-alone' };
    case 'cooling':
      return { kind: 'cool', answer };
    case 'lead':
      return { kind: 'lead', answer };
    case 'held':
      return stepWhileHeld(answer.remainingMs, situation);
  }
}

function stepWhileHeld(leaseMs: number, situation: SharedSituation): SharedStep {
  const { waitedMs, waitLimitMs, singleActiveToken, random } = situation;
  if (waitedMs >= waitLimitMs)
    return singleActiveToken
      ? { kind: 'give-up', missing: 'lease-holder' }
      : { kind: 'mint-alone' };
  return {
    kind: 'wait',
    for: 'lease-holder',
    pauseMs: Math.min(pollPauseMs(situation), leaseMs + AFTER_LEASE_MS * random),
    // Random, so that processes do not ask at the same time.
    lookAgainInMs: jittered(Math.min(leaseMs, STAND_DOWN_MS), random),
  };
}

/** The store is away, and a token minted without it would invalidate those of the other processes. */
function stepWithoutStore(situation: SharedSituation): SharedStep {
  const { handServes, storeAwayMs, mintAloneInMs } = situation;
  const mayMint = storeAwayMs >= STORE_AWAY_MS && mintAloneInMs <= 0;
  return mayMint && !handServes ? { kind: 'mint-alone' } : waitForStore(situation);
}

function waitForStore(situation: SharedSituation): SharedStep {
  const { waitedMs, waitLimitMs, storePausedMs, random } = situation;
  if (waitedMs >= waitLimitMs) return { kind: 'give-up', missing: 'store' };
  return {
    kind: 'wait',
    for: 'store',
    pauseMs: Math.max(storePausedMs, pollPauseMs(situation)),
    lookAgainInMs: jittered(Math.max(storePausedMs, PROBE_MS), random),
  };
}

/** 50 ms, then 1.5 times as much each time up to 500 ms, and up to a quarter more or less so that processes do not ask at the same time. */
export function pollPauseMs({ polls, random }: { polls: number; random: number }): number {
  const pause = Math.min(FIRST_POLL_MS * POLL_GROWTH ** polls, LONGEST_POLL_MS);
  return pause * (0.75 + 0.5 * random);
}
