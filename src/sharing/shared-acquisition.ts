import { TokenAcquisitionError, type BearerErrorCode } from '../errors/index.js';
import type { BeginAnswer, StoredRecord } from './token-store.js';
import type { Instant } from '../token/instant.js';
import { adopted, type Adopted } from './adoption.js';
import { Lease } from './lease.js';
import type { Minted } from '../token-call/mint.js';
import { MintFailure } from '../token-call/mint-failure.js';
import { CoolingElsewhere, failureToShare, LedMintFailure } from './shared-failure.js';
import type { SharedContext, SharedFlight } from './shared-flight.js';
import { nextStep, type SharedStep } from './shared-step.js';

export type Acquired =
  /** Minted here. Without a fence it is not in the store, or not yet. */
  | { readonly from: 'endpoint'; readonly minted: Minted; readonly fence: number | undefined }
  | ({ readonly from: 'store'; readonly fence: number } & Adopted)
  /** Another process is at it, and the token in hand does meanwhile. */
  | { readonly from: 'hand' };

/** A flight waits for others, or for the store, for so long beyond the time that its own mint may take. */
const PATIENCE_MS = 7_000;

/**
 * Finds a token in the store; or mints one under the refresh lease, or without it where the store is away.
 *
 * The lease only saves token calls: even if the store or the holder of the lease fails, the
 * flight ends in a token if the token endpoint gives one.
 *
 * @throws {@link MintFailure} if the mint fails
 * @throws {@link CoolingElsewhere} if another process was refused a moment ago
 * @throws {@link TokenAcquisitionError} if a second mint would do harm, and the holder of the lease or the store stays away
 */
export async function acquireShared(
  flight: SharedFlight,
  context: SharedContext,
): Promise<Acquired> {
  const settled = await negotiate(flight, context);
  if (settled === 'stand down') return { from: 'hand' };
  try {
    return await finish(settled, flight, context);
  } catch (failure) {
    if (settled.step.kind !== 'lead' || !settled.lease.hasRunOut()) throw failure;
    // Paused for so long that the lease ran out: another process may have the token, or be at it.
    const again = await negotiate(flight, context);
    return again === 'stand down' ? { from: 'hand' } : finish(again, flight, context);
  }
}

/** How the question who mints was settled, and what came of it so far. */
interface Settlement {
  readonly step: Exclude<SharedStep, { kind: 'wait' }>;
  readonly lease: Lease;
  /** Before the store was asked. */
  readonly sentAt: Instant;
}

/** Asks the store until it is clear who mints. */
async function negotiate(
  flight: SharedFlight,
  context: SharedContext,
): Promise<Settlement | 'stand down'> {
  const { clock, store, policy, soloMints } = context;
  const lease = new Lease(flight, context);
  const startedAt = clock.monotonic();
  let silentSince: number | undefined;
  let hasWaitedForHolder = false;

  for (let polls = 0; ; polls += 1) {
    if (isOver(flight)) throw lease.abandoned();
    const sentAt = context.now();
    const held = flight.held();
    const outcome = await lease.begin(held);
    if (isOver(flight)) throw lease.abandoned();

    // This process stood still while the answer was on its way: another may hold the lease by now.
    if (outcome.kind === 'done' && outcome.value.kind === 'lead' && lease.hasRunOut()) continue;
    const now = clock.monotonic();
    const answer = outcome.kind === 'done' ? outcome.value : undefined;
    const isUseless = answer?.kind === 'token' && flight.wasRejected(answer.token.value);
    if (answer !== undefined && !isUseless) soloMints.storeIsBack();
    silentSince = answer === undefined ? (silentSince ?? sentAt.monoMs) : undefined;
    const waitedMs = polls === 0 ? 0 : now - startedAt;
    const step = nextStep(outcome, {
      waitedMs,
      waitLimitMs: context.flightTimeoutMs + PATIENCE_MS,
      polls,
      singleActiveToken: policy.singleActiveToken,
      isUseless,
      handServes: held !== undefined && !held.rejected && (held.remainingMs ?? Infinity) > 0,
      storeAwayMs: Math.max(store.awayForMs(), now - (silentSince ?? now)),
      storePausedMs: store.pausedForMs(),
      mintAloneInMs: soloMints.inMs(now),
      random: context.random(),
    });
    if (step.kind === 'wait') {
      const untilExpiry = step.for === 'store';
      if (flight.standDown({ retryInMs: step.lookAgainInMs, untilExpiry })) {
        lease.giveBack();
        return 'stand down';
      }
      hasWaitedForHolder ||= step.for === 'lease-holder';
      await flight.pause(step.pauseMs);
      continue;
    }
    if (hasWaitedForHolder) context.leaseAwaited({ waitedMs, outcome: outcomeOf(step) });
    // A question that seemed to be lost may have taken it.
    if (step.kind !== 'lead' && step.kind !== 'mint-alone') lease.giveBack();
    return { step, lease, sentAt };
  }
}

/** A function, since the compiler takes a signal that was not aborted a moment ago for one that never is. */
function isOver({ signal }: SharedFlight): boolean {
  return signal.aborted;
}

function outcomeOf({ kind }: SharedStep): 'token' | 'lead' | 'gave up' {
  return kind === 'adopt' ? 'token' : kind === 'lead' ? 'lead' : 'gave up';
}

async function finish(
  { step, lease, sentAt }: Settlement,
  flight: SharedFlight,
  context: SharedContext,
): Promise<Acquired> {
  switch (step.kind) {
    case 'adopt':
      return adoption(step.answer, sentAt);
    case 'lead':
      return lead(step.answer, lease, flight, context);
    case 'mint-alone':
      return mintAlone(lease, flight, context);
    case 'give-up':
      throw gaveUp(context.provider, step.missing);
    case 'cool': {
      const { failure, remainingMs, fallback } = step.answer;
      // One that was given up here for its 401 does not come back.
      const isOfUse = fallback !== undefined && !flight.wasRejected(fallback.token.value);
      throw new CoolingElsewhere(
        failure,
        remainingMs,
        isOfUse ? adopted(fallback, sentAt) : undefined,
      );
    }
  }
}

async function lead(
  { fence, failures }: Extract<BeginAnswer, { kind: 'lead' }>,
  lease: Lease,
  flight: SharedFlight,
  { now, policy }: SharedContext,
): Promise<Acquired> {
  let minted: Minted;
  const stopRenewing = lease.keepRenewing();
  try {
    minted = await flight.mint();
  } catch (failure) {
    if (!(failure instanceof MintFailure) || flight.signal.aborted) {
      lease.release();
      throw failure;
    }
    lease.fail(failureToShare(failure, failures, policy));
    throw new LedMintFailure(failure, failures);
  } finally {
    stopRenewing();
  }
  if (flight.signal.aborted) throw lease.abandoned();

  const sentAt = now();
  const outcome = await lease.commit(minted, fence);
  if (outcome.kind !== 'done') {
    lease.release();
    return { from: 'endpoint', minted, fence: undefined };
  }
  const { value } = outcome;
  if (value.kind === 'committed') return { from: 'endpoint', minted, fence };
  // What took the place of ours may have drawn a 401 already: then ours serves, and is written back.
  const { record } = value;
  return record === undefined || flight.wasRejected(record.token.value)
    ? { from: 'endpoint', minted, fence: undefined }
    : adoption(record, sentAt);
}

/** The token serves at once; the store is told when it can be, and nobody waits for that. */
async function mintAlone(
  lease: Lease,
  flight: SharedFlight,
  { soloMints, clock, random }: SharedContext,
): Promise<Acquired> {
  let minted: Minted;
  try {
    minted = await soloMints.run(() => flight.mint(), clock, random());
  } catch (failure) {
    lease.releaseIfLate();
    throw failure;
  }
  if (flight.signal.aborted) throw lease.abandoned();
  void lease.commit(minted, undefined).then(() => lease.releaseIfLate());
  return { from: 'endpoint', minted, fence: undefined };
}

function gaveUp(provider: string, missing: 'lease-holder' | 'store'): TokenAcquisitionError {
  const [code, problem] = {
    'lease-holder': [
      'ERR_TOKEN_LEASE_HELD',
      'another process holds the refresh lease and brings no token',
    ],
    store: ['ERR_TOKEN_STORE_FAILED', 'the shared store does not answer'],
  }[missing] as [BearerErrorCode, string];
  return new TokenAcquisitionError(
    code,
    `${provider}: ${problem}. A token call without it would kill the token of other processes, so none was made; ` +
      'the next request tries again.',
    { provider, phase: 'token request', retryable: true },
  );
}

function adoption(record: StoredRecord, sentAt: Instant): Acquired {
  return { from: 'store', fence: record.fence, ...adopted(record, sentAt) };
}
