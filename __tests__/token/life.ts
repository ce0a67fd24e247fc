import { AccessToken } from '../../src/token/access-token.js';
import { later, type Instant } from '../../src/token/instant.js';
import { forcedMintInMs, takeForcedMint } from '../../src/token/lifecycle/forced-mints.js';
import {
  decide,
  defaultPolicy,
  initialState,
  nextCallInMs,
  type Concern,
  type CoolDownCause,
  type EndpointGate,
  type Happening,
  type HeldToken,
  type LifecyclePolicy,
  type Notice,
  type RejectedSend,
  type RequestAnswer,
  type TokenState,
} from '../../src/token/lifecycle.js';
import { decideElsewhere } from '../../src/token/lifecycle/on-elsewhere.js';

export type State = TokenState<string>;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** When every test begins; the two clocks have nothing in common. */
export const START: Instant = { wallMs: 1_900_000_000_000, monoMs: 7_000_000 };

export const afterStart = (ms: number): Instant => later(START, ms);

export const policyWith = (changes: Partial<LifecyclePolicy>): LifecyclePolicy => ({
  ...defaultPolicy,
  ...changes,
});

/** The token T1 of 1,000 s, minted at the start: early from 900 s on, in its last moments from 950 s on. */
export function heldToken(changes: Partial<HeldToken> = {}): HeldToken {
  return {
    kind: 'held',
    token: new AccessToken({ value: 'T1' }),
    refreshAt: afterStart(900 * SECOND),
    mandatoryAt: afterStart(950 * SECOND),
    expiresAt: afterStart(1_000 * SECOND),
    earlyMs: 100 * SECOND,
    suspect: false,
    ...changes,
  };
}

/** The token T1 whose end nobody knows; it is revalidated from 900 s on. */
export const undatedToken = (): HeldToken => ({
  kind: 'held',
  token: new AccessToken({ value: 'T1' }),
  refreshAt: afterStart(900 * SECOND),
  earlyMs: 90 * SECOND,
  suspect: false,
});

/** A moment in each phase of `heldToken()`. */
export const moment = {
  fresh: afterStart(10 * SECOND),
  early: afterStart(920 * SECOND),
  last: afterStart(970 * SECOND),
  expired: afterStart(1_000 * SECOND),
} as const;

export const stateWith = (changes: Partial<State> = {}): State =>
  deepFrozen({ ...initialState<string>(), ...changes });

/** A gate that stays closed for 5 s more. */
export const coolingAt = (
  now: Instant,
  cause: CoolDownCause = 'transient',
): EndpointGate<string> => {
  const known = { failedAt: now, failures: 1, failure: 'what went wrong' };
  return cause === 'credentials'
    ? { rejected: { ...known, until: later(now, 5 * SECOND) } }
    : { trouble: { ...known, cause, delayMs: 5 * SECOND, random: 0.5 } };
};

/** An answer to a request in a few words. */
export function inWords(answer: RequestAnswer<string>): string {
  switch (answer.kind) {
    case 'serve': {
      const refresh = answer.refresh === undefined ? '' : `, refresh (${answer.refresh.reason})`;
      return `serve ${answer.token.value}${answer.stale ? ' stale' : ''}${refresh}`;
    }
    case 'wait':
      return `wait (${answer.flight.reason})`;
    case 'fail':
      return `fail (${answer.because.kind})`;
  }
}

interface MintOptions {
  readonly lifetimeMs?: number | undefined;
  readonly tookMs?: number;
  readonly random?: number;
}

/**
 * One life in virtual time, without timers: the test says what happens and when. Every state is frozen, so a decision
 * that wrote to its input would throw.
 */
export class Life {
  state: State = stateWith();
  now: Instant = START;
  mints = 0;
  readonly notices: Notice[] = [];
  readonly policy: LifecyclePolicy;

  constructor(changes: Partial<LifecyclePolicy> = {}) {
    this.policy = policyWith(changes);
  }

  pass(ms: number): this {
    this.now = later(this.now, ms);
    return this;
  }

  /** Sets both clocks to a moment counted from the start. */
  at(ms: number): this {
    this.now = afterStart(ms);
    return this;
  }

  happens<Kind extends Happening<string>['kind']>(
    happening: Extract<Happening<string>, { kind: Kind }>,
  ) {
    const decision = decide<string, Kind>(
      this.state,
      this.now,
      happening,
      this.policy,
      decideElsewhere,
    );
    this.state = deepFrozen(decision.state);
    this.notices.push(...decision.notices);
    return decision.answer;
  }

  request(not?: string): RequestAnswer<string> {
    return this.happens({ kind: 'requested', not });
  }

  reject(value: string, on: RejectedSend = 'first-send') {
    return this.happens({ kind: 'rejected', value, on });
  }

  /** The flight under way brings a token, `tookMs` after it was sent; of an hour unless said otherwise. */
  brings(value: string, options: MintOptions = {}) {
    const { tookMs = 0, random = 0 } = options;
    const lifetimeMs = 'lifetimeMs' in options ? options.lifetimeMs : HOUR;
    const sentAt = this.now;
    this.pass(tookMs);
    this.mints += 1;
    return this.happens({
      kind: 'minted',
      flightId: this.flightId,
      token: new AccessToken({ value }),
      sentAt,
      lifetimeMs,
      tookMs,
      random,
    });
  }

  /** A request that finds no token starts a flight, which brings one. */
  obtains(value: string, options: MintOptions = {}) {
    this.request();
    return this.brings(value, options);
  }

  fails(
    cause: CoolDownCause | 'local' | 'not-called',
    more: { retryAfterMs?: number; random?: number; concerns?: Concern } = {},
  ) {
    return this.happens({
      kind: 'mint-failed',
      flightId: this.flightId,
      failure: `${cause} failure`,
      cause,
      concerns: more.concerns ?? 'account',
      retryAfterMs: more.retryAfterMs,
      random: more.random ?? 0.5,
    });
  }

  get flightId(): number {
    return this.state.flight?.id ?? -1;
  }

  get held(): HeldToken {
    if (this.state.slot.kind === 'empty') throw new Error('This test expects a token in hand.');
    return this.state.slot;
  }

  /** Milliseconds until the endpoint gate opens, whatever the limit of token calls. */
  get coolDownMs(): number {
    return nextCallInMs(this.state, this.now, { ...this.policy, tokenBudget: undefined });
  }

  /** The T-numbered token in hand draws a 401 and is replaced by `value`; as reported for the request that was refused. */
  heals(value: string, on: RejectedSend = 'first-send') {
    const answer = this.reject(this.held.token.value, on);
    if (answer.kind === 'replay') {
      this.request();
      this.brings(value);
    }
    return answer;
  }

  /** Milliseconds until a 401 may force a mint. */
  get forcedMintInMs(): number {
    return forcedMintInMs(this.state.forcedMints, this.now, this.policy);
  }

  /** How many mints 401s may force now, one right after the other. */
  get forcedMintsLeft(): number {
    let { forcedMints } = this.state;
    let left = 0;
    for (; forcedMintInMs(forcedMints, this.now, this.policy) === 0; left += 1)
      forcedMints = takeForcedMint(forcedMints, this.now, 0, this.policy);
    return left;
  }
}

/** A life with a token in hand already: `heldToken()`, at the moment when it was minted. */
export function holding(changes: object = {}, policy: Partial<LifecyclePolicy> = {}): Life {
  const life = new Life(policy);
  life.state = stateWith({ slot: heldToken(changes) });
  return life;
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}
