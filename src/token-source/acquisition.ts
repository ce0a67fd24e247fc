import type { BearerError } from '../errors/index.js';
import { certainlyIssuedNothing } from '../token-call/token-failure.js';
import { later } from '../token/instant.js';
import type { Answers, Flight, Happening, TokenState } from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import type { WorkLife } from '../platform/joint-work.js';
import { boundedSignal } from '../platform/waiting.js';
import type { Credentials } from './credentials.js';
import { madeRequest } from '../token-call/made-request.js';
import { mint, type MintContext, type MintResult } from '../token-call/mint.js';
import {
  failed,
  isLocal,
  orLocalFailure,
  type TokenCallFailure,
} from '../token-call/token-call-failure.js';
import { refusal } from './refusal.js';
import type { Acquired } from '../sharing/acquired.js';
import type { SharedToken } from '../sharing/shared-token.js';
import type { SourceContext } from './source-context.js';

/** The token that a flight is for. */
export interface TokenWanted {
  readonly source: SourceContext;
  readonly params: TokenParams;
  readonly credentials: Credentials;
  /** Set if the token is shared with other processes. */
  readonly shared: SharedToken | undefined;
  readonly state: TokenState<BearerError>;
  /** Makes it a token of this account. */
  useAccount(credentials: object, url: string): void;
  /** Drops its account if that has nothing to remember. */
  dropAccount(): void;
  decide<Kind extends Happening<BearerError>['kind']>(
    happening: Extract<Happening<BearerError>, { kind: Kind }>,
  ): Answers<BearerError>[Kind];
}

/** How often a flight starts again because this process stood still. */
const MOST_FRESH_STARTS = 3;
/** How long a running call has to answer after a stall, in milliseconds: its connection may be dead. */
const GRACE_MS = 1_000;

/**
 * Mints a token, or finds one in the shared store. A call that gets no answer while this process stands still
 * says nothing about the token endpoint: it is repeated at once, with its full time limit.
 */
export async function acquire(
  wanted: TokenWanted,
  flight: Flight,
  life: WorkLife,
): Promise<Acquired> {
  for (let freshStarts = 0; ; freshStarts += 1) {
    const { stalls } = life.pulse;
    // If this threw, the flight would stay open forever.
    const acquired = await orLocalFailure(wanted.source.provider.name, () =>
      acquireOnce(wanted, flight, life),
    );
    // Whether its credentials change decides whether rejected ones keep cooling down.
    if (acquired.kind === 'failed' && acquired.account !== undefined)
      wanted.useAccount(acquired.account.credentials, acquired.account.url);
    const isOurs = life.pulse.stalls > stalls && saysNothing(acquired);
    if (!isOurs || life.signal.aborted || freshStarts === MOST_FRESH_STARTS) return acquired;
  }
}

async function acquireOnce(wanted: TokenWanted, flight: Flight, life: WorkLife): Promise<Acquired> {
  const { source, credentials, shared } = wanted;
  if (shared === undefined) return mintWith((signal) => credentials.ask(signal), wanted, life);
  return shared.acquire(wanted, {
    flightId: flight.id,
    minRemainingMs: flight.minRemainingMs,
    signal: life.signal,
    makeRequest: madeRequest,
    inTime: (work) => inTime(source, life, work),
    mint: (ask) => mintWith(ask, wanted, life),
  });
}

type MintBounds = Pick<MintContext, 'signal' | 'deadline' | 'hasStoodStill'>;

/** Limits the time of a part of a flight. Waiting for another process is limited by the lease instead. */
async function inTime<T>(
  source: SourceContext,
  { signal, pulse }: WorkLife,
  work: (bounds: MintBounds) => Promise<T>,
): Promise<T> {
  const { clock, flightTimeoutMs } = source.options;
  const bounded = boundedSignal(signal, flightTimeoutMs, clock);
  const { stalls } = pulse;
  let cancelGrace: (() => void) | undefined;
  pulse.onStall(() => (cancelGrace ??= clock.schedule(() => bounded.abort(), GRACE_MS)));
  try {
    const deadline = later(source.now(), flightTimeoutMs);
    const hasStoodStill = () => pulse.stalls > stalls;
    return await work({ signal: bounded.signal, deadline, hasStoodStill });
  } finally {
    pulse.onStall(undefined);
    cancelGrace?.();
    bounded.release();
  }
}

/** Whether a refresh without a token says nothing about the token endpoint, given that this process stood still meanwhile. */
function saysNothing(acquired: Acquired): boolean {
  return acquired.kind === 'failed'
    ? saysNothingAboutEndpoint(acquired.failure)
    : acquired.kind === 'cooling-elsewhere';
}

/**
 * An answer counts however late it is read. Two exceptions: a token that expired while its answer lay in the socket, and a
 * 408, with which the server gave up waiting for us.
 */
function saysNothingAboutEndpoint(failure: TokenCallFailure): boolean {
  if (isLocal(failure)) return true;
  const { status, code, retryable } = failure.error;
  const isUseless = code === 'ERR_TOKEN_RESPONSE_MALFORMED' && !retryable;
  return failure.cause === 'transient' && (status === undefined || status === 408 || isUseless);
}

async function mintWith(
  askCredentials: MintContext['askCredentials'],
  wanted: TokenWanted,
  life: WorkLife,
): Promise<MintResult> {
  const { source, params } = wanted;
  const { provider, options } = source;
  return inTime(source, life, async (bounds) => {
    const result = await mint({
      provider,
      askCredentials,
      params,
      options,
      ...bounds,
      now: () => source.now(),
      beforeCall: ({ credentials, url }) => {
        wanted.useAccount(credentials, url);
        const answer = wanted.decide({ kind: 'token-call' });
        if (answer.kind === 'go') return answer;
        const error = refusal(provider.name, answer.because, answer.retryInMs);
        return failed({ error, cause: 'not-called', concerns: 'request' });
      },
      afterCall: (call, sentAt) => {
        // A short outage must not use up the provider's limit of token calls.
        const mayHaveIssued = !certainlyIssuedNothing(call.status, call.errorType);
        wanted.decide({ kind: 'token-call-ended', sentAt, mayHaveIssued });
        source.emit('tokenCalled', { reason: wanted.state.flight?.reason, ...call });
      },
    });
    if (result.kind === 'minted' || isLocal(result.failure)) return result;
    const stoodStill = bounds.hasStoodStill() && saysNothingAboutEndpoint(result.failure);
    return stoodStill ? failed({ ...result.failure, stoodStill }) : result;
  });
}
