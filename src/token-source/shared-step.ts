import type { StoreOutcome } from '../store/guarded-store.js';
import type { BeginAnswer } from '../store/token-store.js';

/** What a flight does after it has asked the shared store. */
export type SharedStep =
  | { readonly kind: 'adopt'; readonly answer: Extract<BeginAnswer, { kind: 'token' }> }
  | { readonly kind: 'cool'; readonly answer: Extract<BeginAnswer, { kind: 'cooling' }> }
  | { readonly kind: 'lead'; readonly answer: Extract<BeginAnswer, { kind: 'lead' }> }
  /** Another process is at it: ask again after that long. */
  | { readonly kind: 'wait'; readonly pauseMs: number }
  /** Ask again at once. */
  | { readonly kind: 'ask-again' }
  /** Mint without the lease: the store is away, or whoever holds the lease is. */
  | { readonly kind: 'mint-alone' }
  /** Mint nothing: another mint would kill the token that the holder of the lease may still bring. */
  | { readonly kind: 'give-up' };

export interface SharedSituation {
  /** How long this flight has waited for another process. */
  readonly waitedMs: number;
  /** How long it waits at most. */
  readonly waitLimitMs: number;
  /** How often it has asked in vain. */
  readonly polls: number;
  /** A new token kills the last one. */
  readonly singleActiveToken: boolean;
  /** The token that the store offers drew a 401 here: the store cannot be written to. */
  readonly isUseless: boolean;
  /** In [0, 1). */
  readonly random: number;
}

const FIRST_POLL_MS = 50;
const POLL_GROWTH = 1.5;
const LONGEST_POLL_MS = 500;

/** Decides what follows from the answer of the store, or from its silence. Pure. */
export function nextStep(
  outcome: StoreOutcome<BeginAnswer>,
  situation: SharedSituation,
): SharedStep {
  switch (outcome.kind) {
    case 'skipped':
      return { kind: 'mint-alone' };
    case 'failed':
      // One lost answer does not mean that the store is down; the guard says so after a few, and then it is skipped.
      return situation.singleActiveToken ? { kind: 'ask-again' } : { kind: 'mint-alone' };
    case 'done':
      return stepAfter(outcome.value, situation);
  }
}

function stepAfter(answer: BeginAnswer, situation: SharedSituation): SharedStep {
  switch (answer.kind) {
    case 'token':
      return situation.isUseless ? { kind: 'mint-alone' } : { kind: 'adopt', answer };
    case 'cooling':
      return { kind: 'cool', answer };
    case 'lead':
      return { kind: 'lead', answer };
    case 'held':
      if (situation.waitedMs < situation.waitLimitMs)
        return { kind: 'wait', pauseMs: pollPauseMs(situation) };
      return { kind: situation.singleActiveToken ? 'give-up' : 'mint-alone' };
  }
}

/** 50 ms, then half as much again each time up to 500 ms, moved by up to a quarter so that processes do not ask in step. */
export function pollPauseMs({ polls, random }: { polls: number; random: number }): number {
  const pause = Math.min(FIRST_POLL_MS * POLL_GROWTH ** polls, LONGEST_POLL_MS);
  return pause * (0.75 + 0.5 * random);
}
