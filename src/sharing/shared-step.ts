import type { StoreOutcome } from './guarded-store.js';
import type { BeginAnswer } from './token-store.js';
import { jittered } from '../token/back-off.js';

/** What a flight does after it has asked the shared store. */
export type SharedStep =
  | { readonly kind: 'adopt'; readonly answer: Extract<BeginAnswer, { kind: 'token' }> }
  | { readonly kind: 'cool'; readonly answer: Extract<BeginAnswer, { kind: 'cooling' }> }
  | { readonly kind: 'lead'; readonly answer: Extract<BeginAnswer, { kind: 'lead' }> }
  /** Ask again after that long. Callers do not wait where the token in hand will do. */
  | {
      readonly kind: 'wait';
      readonly for: 'lease-holder' | 'store';
      readonly pauseMs: number;
      /** When a flight without waiting callers looks again. */
      readonly lookAgainInMs: number;
    }
  /** Mint without the lease: the store is away, or the holder of the lease is. */
  | { readonly kind: 'mint-alone' }
  /** Mint nothing: another mint would kill the token that others have or may still bring. */
  | { readonly kind: 'give-up'; readonly missing: 'lease-holder' | 'store' };

export interface SharedSituation {
  /** How long this flight has waited. */
  readonly waitedMs: number;
  /** How long it waits at most. */
  readonly waitLimitMs: number;
  /** How often it has asked in vain. */
  readonly polls: number;
  /** A new token kills the last one. */
  readonly singleActiveToken: boolean;
  /** The token that the store offers drew a 401 here: the store cannot be written to. */
  readonly isUseless: boolean;
  /** The token in hand lives and drew no 401. */
  readonly handServes: boolean;
  /** How long the store has not answered. */
  readonly storeAwayMs: number;
  /** How long the store is left alone before the next probe. */
  readonly storePausedMs: number;
  /** How long until this process may mint without the store; counts only with one active token. */
  readonly mintAloneInMs: number;
  /** In [0, 1). */
  readonly random: number;
}

const FIRST_POLL_MS = 50;
const POLL_GROWTH = 1.5;
const LONGEST_POLL_MS = 500;
/** Waiting flights come back that soon after the end of a lease that was not renewed. */
const AFTER_LEASE_MS = 50;
/** A flight that leaves the work to another process looks again after that long. */
const STAND_DOWN_MS = 2_000;
/** Where a new token kills the last one, the store is probed about that often. */
export const PROBE_MS = 1_000;
/** So long does a process do without the store before it mints a token that may kill those of others. */
const STORE_AWAY_MS = 10_000;

/** Decides what follows from the answer of the store, or from its silence. Pure. */
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
    // So that processes do not come back in step.
    lookAgainInMs: jittered(Math.min(leaseMs, STAND_DOWN_MS), random),
  };
}

/** The store is away, and a token minted without it would kill those of the other processes. */
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

/** 50 ms, then half as much again each time up to 500 ms, moved by up to a quarter so that processes do not ask in step. */
export function pollPauseMs({ polls, random }: { polls: number; random: number }): number {
  const pause = Math.min(FIRST_POLL_MS * POLL_GROWTH ** polls, LONGEST_POLL_MS);
  return pause * (0.75 + 0.5 * random);
}
