import { TokenAcquisitionError } from '../errors/index.js';
import type { GuardedStore, StoreOutcome } from '../store/guarded-store.js';
import type {
  BeginAnswer,
  BeginRequest,
  CommitAnswer,
  CommitRequest,
  StoredRecord,
  TokenStoreSlot,
} from '../store/token-store.js';
import { jittered } from '../token/back-off.js';
import { later, msUntil, type Instant } from '../token/instant.js';
import type { LifecyclePolicy } from '../token/lifecycle.js';
import { randomHex } from '../token/random-hex.js';
import { adopted, type Adopted } from './adoption.js';
import type { Clock } from './clock.js';
import type { Minted } from './mint.js';
import { MintFailure } from './mint-failure.js';
import { CoolingElsewhere, failureToShare, LedMintFailure } from './shared-failure.js';
import { nextStep, type SharedStep } from './shared-step.js';

/** What all shared tokens of one source have in common. */
export interface SharedContext {
  readonly provider: string;
  readonly store: GuardedStore;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly now: () => Instant;
  readonly policy: LifecyclePolicy;
  /** Bound of one mint with all its attempts, in milliseconds. */
  readonly flightTimeoutMs: number;
  readonly leaseAwaited: (event: {
    readonly waitedMs: number;
    readonly outcome: 'token' | 'lead' | 'gave up';
  }) => void;
}

export type Acquired =
  /** Minted here. Without a fence it is not in the store, or not yet. */
  | { readonly from: 'endpoint'; readonly minted: Minted; readonly fence: number | undefined }
  | ({ readonly from: 'store'; readonly fence: number } & Adopted)
  /** Another process is at it, and the token in hand does meanwhile. */
  | { readonly from: 'hand' };

/** The token that this process holds. */
export interface HeldHere {
  readonly value: string;
  readonly scope: string | undefined;
  /** It drew a 401. */
  readonly rejected: boolean;
  /** Until it expires; `undefined` if nobody knows. */
  readonly remainingMs: number | undefined;
}

/** One refresh, as far as sharing needs to know it. */
export interface SharedFlight {
  /** Whether anybody still wants the outcome. */
  isWanted(): boolean;
  held(): HeldHere | undefined;
  /** Whether a token drew a 401 here. */
  wasRejected(value: string): boolean;
  /** Ends the flight if the token in hand does meanwhile; tells whether it did. */
  standDown(retryInMs: number): boolean;
  mint(): Promise<Minted>;
  commit(request: CommitRequest): Promise<CommitAnswer>;
  /** Waits that long, or until a hint comes or nobody wants the outcome any more. */
  pause(ms: number): Promise<void>;
  /** A token that was minted without the lease has reached the store after all. */
  committed(fence: number): void;
}

/** A token that lives no longer is not worth adopting. */
const LEAST_LIFE_MS = 1_000;
/** A flight that leaves the work to another process looks again after that long. */
const STAND_DOWN_MS = 2_000;
/** A waiting flight outlasts the lease by that much. */
const PATIENCE_MS = 2_000;

/**
 * Finds a token in the store; or mints one under the refresh lease, or without it where the store is away.
 *
 * The lease is there for economy and nothing else: whatever happens to the store, or to whoever holds the lease, the
 * flight ends in a token if the token endpoint gives one.
 *
 * @throws {@link MintFailure} if the mint fails
 * @throws {@link CoolingElsewhere} if another process was refused a moment ago
 * @throws {@link TokenAcquisitionError} if the holder of the lease brings nothing and a second mint would do harm
 */
export async function acquireShared(
  slot: TokenStoreSlot,
  flight: SharedFlight,
  context: SharedContext,
): Promise<Acquired> {
  const settled = await negotiate(slot, flight, context);
  if (settled === 'stand down') return { from: 'hand' };
  try {
    return await finish(settled, flight, context);
  } catch (failure) {
    if (!hasRunOut(settled, context)) throw failure;
    // Paused for so long that the lease ran out: another process may have the token, or be at it.
    const again = await negotiate(slot, flight, context);
    return again === 'stand down' ? { from: 'hand' } : finish(again, flight, context);
  }
}

/** How the question who mints was settled, and what came of it so far. */
interface Settlement {
  readonly step: Exclude<SharedStep, { kind: 'wait' | 'ask-again' }>;
  readonly lease: Lease;
  /** Before the store was asked. */
  readonly sentAt: Instant;
}

/** Asks the store until it is clear who mints. */
async function negotiate(
  slot: TokenStoreSlot,
  flight: SharedFlight,
  context: SharedContext,
): Promise<Settlement | 'stand down'> {
  const lease = new Lease(slot, flight, context);
  const startedAt = context.clock.monotonic();

  for (let polls = 0; ; polls += 1) {
    if (!flight.isWanted()) throw lease.abandoned();
    const sentAt = context.now();
    const outcome = await lease.begin(flight.held());
    if (!flight.isWanted()) throw lease.abandoned();
    const answer = outcome.kind === 'done' ? outcome.value : undefined;
    if (answer?.kind === 'held' && flight.standDown(standDownMs(answer.remainingMs, context))) {
      lease.releaseIfLate();
      return 'stand down';
    }

    const waitedMs = polls === 0 ? 0 : context.clock.monotonic() - startedAt;
    const step = nextStep(outcome, {
      waitedMs,
      waitLimitMs: lease.lengthMs + PATIENCE_MS,
      polls,
      singleActiveToken: context.policy.singleActiveToken,
      isUseless: answer?.kind === 'token' && flight.wasRejected(answer.token.value),
      random: context.random(),
    });
    if (step.kind === 'wait') await flight.pause(step.pauseMs);
    if (step.kind === 'wait' || step.kind === 'ask-again') continue;
    if (waitedMs > 0) context.leaseAwaited({ waitedMs, outcome: outcomeOf(step) });
    // Asked for the lease before, in vain as it seemed, and does not need it now.
    if (step.kind !== 'lead' && step.kind !== 'mint-alone') lease.releaseIfLate();
    return { step, lease, sentAt };
  }
}

/** Whether we led, and for longer than the lease lasts. */
function hasRunOut({ step, lease, sentAt }: Settlement, { now }: SharedContext): boolean {
  return step.kind === 'lead' && now().monoMs - sentAt.monoMs > lease.lengthMs;
}

/** Longer than the longest mint, so that no heartbeat is needed: a stalled event loop would stop that as well. */
export function leaseMsFor(flightTimeoutMs: number): number {
  return flightTimeoutMs + Math.max(1_000, flightTimeoutMs / 2);
}

/** So that processes do not come back in step. */
function standDownMs(leaseMs: number, { random }: SharedContext): number {
  return jittered(Math.min(leaseMs, STAND_DOWN_MS), random());
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
      return mintAlone(lease, flight);
    case 'give-up':
      throw gaveUp(context.provider);
    case 'cool': {
      const { failure, remainingMs, fallback } = step.answer;
      throw new CoolingElsewhere(failure, remainingMs, fallback && adopted(fallback, sentAt));
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
  try {
    minted = await flight.mint();
  } catch (failure) {
    if (!(failure instanceof MintFailure) || !flight.isWanted()) {
      lease.release();
      throw failure;
    }
    lease.fail(failureToShare(failure, failures, policy));
    throw new LedMintFailure(failure, failures);
  }
  if (!flight.isWanted()) throw lease.abandoned();

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
async function mintAlone(lease: Lease, flight: SharedFlight): Promise<Acquired> {
  let minted: Minted;
  try {
    minted = await flight.mint();
  } catch (failure) {
    lease.releaseIfLate();
    throw failure;
  }
  if (!flight.isWanted()) throw lease.abandoned();
  void lease.commit(minted, undefined).then((outcome) => {
    lease.releaseIfLate();
    if (outcome.kind === 'done' && outcome.value.kind === 'committed')
      flight.committed(outcome.value.fence);
  });
  return { from: 'endpoint', minted, fence: undefined };
}

/** The refresh lease as one flight asks for it; it must go back on every path. */
class Lease {
  readonly lengthMs: number;
  readonly #slot: TokenStoreSlot;
  readonly #flight: SharedFlight;
  readonly #context: SharedContext;
  /** With a value that two processes share, one would free the other's lease. */
  readonly #owner = randomHex();
  #mayBeHeld = false;
  /** Answers that came too late, or may still come. */
  readonly #late: Promise<BeginAnswer>[] = [];

  constructor(slot: TokenStoreSlot, flight: SharedFlight, context: SharedContext) {
    this.lengthMs = leaseMsFor(context.flightTimeoutMs);
    this.#slot = slot;
    this.#flight = flight;
    this.#context = context;
  }

  async begin(held: HeldHere | undefined): Promise<StoreOutcome<BeginAnswer>> {
    // An early refresh wants a token that lives longer than the one in hand; otherwise any that lives will do.
    const atLeastMs = held === undefined || held.rejected ? 0 : (held.remainingMs ?? 0);
    const request: BeginRequest = {
      owner: this.#owner,
      leaseMs: this.lengthMs,
      inHand: held && { value: held.value, rejected: held.rejected },
      minRemainingMs: Math.max(LEAST_LIFE_MS, atLeastMs),
    };
    const outcome = await this.#context.store.run('begin', () => this.#slot.begin(request));
    this.#mayBeHeld = outcome.kind === 'done' && outcome.value.kind === 'lead';
    if (outcome.kind === 'failed') this.#late.push(outcome.late);
    return outcome;
  }

  commit(
    { token, sentAt, lifetimeMs }: Minted,
    fence: number | undefined,
  ): Promise<StoreOutcome<CommitAnswer>> {
    const { store, now, policy } = this.#context;
    return store.run('commit', () =>
      this.#flight.commit({
        owner: this.#owner,
        fence,
        token: { value: token.value, scope: token.scope, undated: lifetimeMs === undefined },
        remainingMs: msUntil(later(sentAt, lifetimeMs ?? policy.revalidateMs), now()),
      }),
    );
  }

  /** In the background: those who wait for us shall know, but our own callers need not wait for that. */
  fail(shared: ReturnType<typeof failureToShare>): void {
    void this.#context.store.run('fail', () => this.#slot.fail({ owner: this.#owner, ...shared }));
  }

  release(): void {
    void this.#context.store.run('release', () => this.#slot.release(this.#owner));
  }

  /** A lease that was granted when nobody waited for the answer any more would stall the others until it runs out. */
  releaseIfLate(): void {
    for (const late of this.#late) {
      late
        .then((answer) => (answer.kind === 'lead' ? this.#slot.release(this.#owner) : undefined))
        .catch(() => undefined);
    }
  }

  /** `clear()` or `close()` came first. */
  abandoned(): Error {
    if (this.#mayBeHeld) this.release();
    this.releaseIfLate();
    return new Error('nobody wants this token any more');
  }
}

function gaveUp(provider: string): TokenAcquisitionError {
  return new TokenAcquisitionError(
    'ERR_TOKEN_LEASE_HELD',
    `${provider}: another process holds the refresh lease and brings no token. A second mint would kill its token, ` +
      'so none was made; the next request tries again.',
    { provider, phase: 'token request', retryable: true },
  );
}

function adoption(record: StoredRecord, sentAt: Instant): Acquired {
  return { from: 'store', fence: record.fence, ...adopted(record, sentAt) };
}
