/*
 * One refresh of a shared token, decided without a clock, a store or a network. Its state says what to do next, and
 * `shared-token.ts` does it; the outcome and the situation then give the next state.
 *
 * The lease only saves token calls: even if the store or the holder of the lease fails, a flight ends in a token if the token
 * endpoint gives one.
 */

import { TokenAcquisitionError, type BearerErrorCode } from '../errors/index.js';
import type { TokenPlacement } from '../provider-definition/token-placement.js';
import type { Minted, MintResult } from '../token-call/mint.js';
import { failed, isAboutEndpoint, type Failed } from '../token-call/token-call-failure.js';
import type { Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import type { Acquired } from './acquired.js';
import { adopted } from './adoption.js';
import type { StoreOutcome } from './guarded-store.js';
import type { HeldHere } from './refresh.js';
import type { LeaseAwaited } from './shared-context.js';
import { coolingElsewhere, failureToShare, type FailureToShare } from './shared-failure.js';
import { nextStep, type SharedSituation, type SharedStep } from './shared-step.js';
import type { BeginAnswer, CommitAnswer, StoredRecord } from './token-store.js';

export type SharedFlight = Asking | Waiting | Minting | Committing | Landed;

/** Ask the store for a token or the lease. */
export interface Asking {
  readonly kind: 'asking';
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** How often it has asked before. */
  readonly polls: number;
  /** Since when the store has not answered. */
  readonly silentSince: number | undefined;
  readonly hasWaitedForHolder: boolean;
  /** Whether a mint under a lease failed, and the lease ran out meanwhile. */
  readonly isSecondTry: boolean;
  /** What the other processes learn about that mint. */
  readonly tell?: FailureToShare | undefined;
}

/** Ask again after a pause; or end the flight if the current token will do. */
export interface Waiting {
  readonly kind: 'waiting';
  readonly step: Extract<SharedStep, { kind: 'wait' }>;
  readonly then: Asking;
}

/** Mint a token, with or without the lease. */
export interface Minting {
  readonly kind: 'minting';
  readonly lease: Extract<BeginAnswer, { kind: 'lead' }> | undefined;
  readonly isSecondTry: boolean;
  readonly awaited: LeaseAwaited | undefined;
}

/** Write the token to the store. */
export interface Committing {
  readonly kind: 'committing';
  readonly minted: Minted;
  readonly fence: number;
}

/** Return this, and give the lease back. */
export interface Landed {
  readonly kind: 'landed';
  readonly acquired: Acquired;
  readonly awaited?: LeaseAwaited | undefined;
  /** What the other processes learn about a failed mint. */
  readonly tell?: FailureToShare | undefined;
  /** Commit this in the background; the token is used at once. */
  readonly share?: Minted | undefined;
}

/** What a decision depends on besides the flight itself. */
export interface FlightSituation extends Omit<
  SharedSituation,
  'waitedMs' | 'polls' | 'isUseless' | 'handServes'
> {
  readonly now: Instant;
  /** `clear()` or `close()` came first. */
  readonly isOver: boolean;
  /** The lease ended before it was given back: another process may hold it now. */
  readonly hasLeaseRunOut: boolean;
  /** Tokens that drew a 401 here. */
  readonly rejected: readonly string[];
  readonly provider: string;
  readonly placement: TokenPlacement | undefined;
  readonly policy: LifecyclePolicy;
}

export function newFlight(startedAt: number): Asking {
  return {
    kind: 'asking',
    startedAt,
    polls: 0,
    silentSince: undefined,
    hasWaitedForHolder: false,
    isSecondTry: false,
  };
}

/** Whether the store offers a token that drew a 401 here, and so cannot be written to. */
export function isUseless(answer: BeginAnswer, rejected: readonly string[]): boolean {
  return answer.kind === 'token' && rejected.includes(answer.token.value);
}

export function afterAnswer(
  asking: Asking,
  outcome: StoreOutcome<BeginAnswer>,
  asked: { readonly sentAt: Instant; readonly held: HeldHere | undefined },
  situation: FlightSituation,
): SharedFlight {
  if (situation.isOver) return abandoned;
  const answer = outcome.kind === 'done' ? outcome.value : undefined;
  const again = { ...asking, polls: asking.polls + 1, tell: undefined };
  // This process stood still while the answer was on its way: another process may hold the lease by now.
  if (answer?.kind === 'lead' && situation.hasLeaseRunOut) return again;

  const now = situation.now.monoMs;
  const { held, sentAt } = asked;
  const silentSince = answer === undefined ? (asking.silentSince ?? sentAt.monoMs) : undefined;
  const waitedMs = asking.polls === 0 ? 0 : now - asking.startedAt;
  const step = nextStep(outcome, {
    ...situation,
    waitedMs,
    polls: asking.polls,
    isUseless: answer !== undefined && isUseless(answer, situation.rejected),
    handServes: held !== undefined && !held.rejected && (held.remainingMs ?? Infinity) > 0,
    storeAwayMs: Math.max(situation.storeAwayMs, now - (silentSince ?? now)),
  });
  const { isSecondTry, hasWaitedForHolder } = asking;
  if (step.kind === 'wait') {
    const isForHolder = hasWaitedForHolder || step.for === 'lease-holder';
    return {
      kind: 'waiting',
      step,
      then: { ...again, silentSince, hasWaitedForHolder: isForHolder },
    };
  }
  const awaited = hasWaitedForHolder ? { waitedMs, outcome: outcomeOf(step) } : undefined;
  switch (step.kind) {
    case 'lead':
      return { kind: 'minting', lease: step.answer, isSecondTry, awaited };
    case 'mint-alone':
      return { kind: 'minting', lease: undefined, isSecondTry, awaited };
    case 'adopt':
      return landed(adoption(step.answer, sentAt, situation), { awaited });
    case 'give-up':
      return landed(gaveUp(situation.provider, step.missing), { awaited });
    case 'cool': {
      const { fallback } = step.answer;
      // A token that drew a 401 here is not adopted again.
      const isOfUse = fallback !== undefined && !situation.rejected.includes(fallback.token.value);
      const found = isOfUse ? adopted(fallback, sentAt, situation.placement) : undefined;
      return landed(coolingElsewhere(situation.provider, step.answer, found), { awaited });
    }
  }
}

export function afterWait({ then }: Waiting, hasStoodDown: boolean, isOver: boolean): SharedFlight {
  if (hasStoodDown) return landed({ kind: 'stay' });
  return isOver ? abandoned : then;
}

export function afterMint(
  { lease, isSecondTry }: Minting,
  result: MintResult,
  { isOver, hasLeaseRunOut, now, policy }: FlightSituation,
): SharedFlight {
  if (isOver) return abandoned;
  if (result.kind === 'minted') {
    const { minted } = result;
    return lease === undefined
      ? landed({ kind: 'minted', minted, fence: undefined }, { share: minted })
      : { kind: 'committing', minted, fence: lease.fence };
  }
  const { failure } = result;
  if (lease === undefined) return landed(result);
  const tell = isAboutEndpoint(failure)
    ? failureToShare(failure, lease.failures, policy)
    : undefined;
  // This process stood still for so long that the lease ran out: another process may have a token, or be fetching one.
  if (hasLeaseRunOut && !isSecondTry) return { ...newFlight(now.monoMs), isSecondTry: true, tell };
  return landed({ ...result, failuresElsewhere: tell && lease.failures }, { tell });
}

export function afterCommit(
  { minted, fence }: Committing,
  outcome: StoreOutcome<CommitAnswer>,
  sentAt: Instant,
  situation: Pick<FlightSituation, 'rejected' | 'placement'>,
): Landed {
  if (outcome.kind !== 'done') return landed({ kind: 'minted', minted, fence: undefined });
  if (outcome.value.kind === 'committed') return landed({ kind: 'minted', minted, fence });
  // The newer token may have drawn a 401 here already: then ours is used, and written back.
  const { record } = outcome.value;
  return record === undefined || situation.rejected.includes(record.token.value)
    ? landed({ kind: 'minted', minted, fence: undefined })
    : landed(adoption(record, sentAt, situation));
}

function landed(acquired: Acquired, more: Omit<Landed, 'kind' | 'acquired'> = {}): Landed {
  return { kind: 'landed', acquired, ...more };
}

const abandoned = landed({ kind: 'abandoned' });

function adoption(
  record: StoredRecord,
  sentAt: Instant,
  { placement }: Pick<FlightSituation, 'placement'>,
): Acquired {
  return { kind: 'adopted', fence: record.fence, ...adopted(record, sentAt, placement) };
}

function outcomeOf({ kind }: SharedStep): LeaseAwaited['outcome'] {
  return kind === 'adopt' ? 'token' : kind === 'lead' ? 'lead' : 'gave up';
}

const MISSING = {
  'lease-holder': [
    'ERR_TOKEN_LEASE_HELD',
    'another process holds the refresh lease but has fetched no token',
  ],
  store: ['ERR_TOKEN_STORE_FAILED', 'the shared store does not answer'],
} as const satisfies Record<string, readonly [BearerErrorCode, string]>;

function gaveUp(provider: string, missing: keyof typeof MISSING): Failed {
  const [code, problem] = MISSING[missing];
  const error = new TokenAcquisitionError(
    code,
    `${provider}: ${problem}. A token call now could invalidate the token of other processes, so none was made. ` +
      'The next request tries again.',
    { provider, phase: 'token request', retryable: true },
  );
  return failed({ error, cause: 'local', concerns: 'request' });
}
