import type { BearerError } from '../errors/index.js';
import { perCallFields } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import { certainlyIssuedNothing } from '../token-call/token-failure.js';
import { absoluteURL } from '../provider-definition/token-request.js';
import { later } from '../token/instant.js';
import type { Answers, Flight, Happening, TokenState } from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import { boundedSignal } from '../platform/bounded-signal.js';
import type { Credentials } from './credentials.js';
import { tokenIdentity } from '../sharing/identity.js';
import { madeRequest } from '../token-call/made-request.js';
import { mint, type MintContext, type Minted } from '../token-call/mint.js';
import { MintFailure } from '../token-call/mint-failure.js';
import type { Pulse } from '../platform/pulse.js';
import { CallRefused } from './refusal.js';
import type { Acquired } from '../sharing/shared-acquisition.js';
import { CoolingElsewhere } from '../sharing/shared-failure.js';
import type { SharedToken } from '../sharing/shared-token.js';
import type { SourceContext } from './source-context.js';

/** The token that a flight is for. */
export interface TokenWanted {
  readonly source: SourceContext;
  readonly params: TokenParams;
  readonly credentials: Credentials;
  /** Where the token is shared with other processes. */
  readonly shared: SharedToken | undefined;
  readonly state: TokenState<BearerError>;
  /** From here on it is a token of this account. */
  useAccount(credentials: object, url: string): void;
  decide<Kind extends Happening<BearerError>['kind']>(
    happening: Extract<Happening<BearerError>, { kind: Kind }>,
  ): Answers<BearerError>[Kind];
}

/** What a flight lives by. */
export interface FlightLife {
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly pulse: Pulse;
}

/** How often a flight starts anew because this process stood still. */
const MOST_FRESH_STARTS = 3;
/** After a stall a call that is under way has this long to bring its answer, in milliseconds: its connection may be dead. */
const GRACE_MS = 1_000;

/**
 * Mints a token; or finds one, where it is shared with other processes. A call that gets no answer while this
 * process stands still says nothing about the token endpoint: it is made again at once, with all its time.
 *
 * Throws what `mint` and `SharedToken.acquire` throw, and a misconfiguration error if no credentials can be had.
 */
export async function acquire(
  wanted: TokenWanted,
  flight: Flight,
  life: FlightLife,
): Promise<Acquired> {
  for (let freshStarts = 0; ; freshStarts += 1) {
    const { stalls } = life.pulse;
    try {
      return await acquireOnce(wanted, flight, life);
    } catch (thrown) {
      const failure = thrown instanceof StoodStill ? thrown.failure : thrown;
      const isOurs = life.pulse.stalls > stalls && saysNothing(failure);
      if (!isOurs || life.signal.aborted || freshStarts === MOST_FRESH_STARTS) throw failure;
    }
  }
}

async function acquireOnce(
  wanted: TokenWanted,
  flight: Flight,
  life: FlightLife,
): Promise<Acquired> {
  const { source, params, credentials, shared } = wanted;
  if (shared === undefined) {
    const minted = await inTime(source, life, (bounds) =>
      mintWith((asking) => credentials.ask(asking), wanted, bounds),
    );
    return { from: 'endpoint', minted, fence: undefined };
  }
  const { provider, options } = source;
  const { cacheIdentity } = options;
  // The credentials are part of what a token is shared under, so they come first.
  const { given, request } = await inTime(source, life, async ({ signal }) => {
    const asked = await credentials.ask(signal);
    const isEndpoint = provider.acquireToken === undefined;
    return {
      given: asked,
      request: isEndpoint ? await madeRequest(provider, asked, params, signal) : undefined,
    };
  });
  const ask = firstThen(given, credentials, provider);
  const flightId = flight.id;
  try {
    return await shared.acquire({
      identity: tokenIdentity({ provider, credentials: given, params, request, cacheIdentity }),
      signal: life.signal,
      minRemainingMs: flight.minRemainingMs,
      // Where somebody wants a longer life than that of the token in hand, another process is worth waiting for.
      standDown: (deferral) =>
        (flight.minRemainingMs === undefined || deferral.untilExpiry) &&
        wanted.decide({ kind: 'refreshing-elsewhere', flightId, ...deferral }).kind ===
          'stand-down',
      mint: () => inTime(source, life, (bounds) => mintWith(ask, wanted, bounds)),
    });
  } catch (failure) {
    if (failure instanceof CoolingElsewhere)
      wanted.useAccount(given, absoluteURL(request?.url ?? '', provider.baseURL));
    throw failure;
  }
}

type MintBounds = Pick<MintContext, 'signal' | 'deadline' | 'hasStoodStill'>;

/** Bounds a part of a flight in time. Waiting for another process is bounded by the lease instead. */
async function inTime<T>(
  source: SourceContext,
  { signal, pulse }: FlightLife,
  work: (bounds: MintBounds) => Promise<T>,
): Promise<T> {
  const { clock, flightTimeoutMs } = source.options;
  const bounded = boundedSignal(signal, flightTimeoutMs, clock);
  const { stalls } = pulse;
  const hasStoodStill = () => pulse.stalls > stalls;
  let cancelGrace: (() => void) | undefined;
  pulse.onStall(() => (cancelGrace ??= clock.schedule(() => bounded.abort(), GRACE_MS)));
  try {
    const deadline = later(source.now(), flightTimeoutMs);
    return await work({ signal: bounded.signal, deadline, hasStoodStill });
  } catch (failure) {
    // The failure goes no further than this: not to the shared store, for instance.
    throw hasStoodStill() && saysNothing(failure) ? new StoodStill(failure) : failure;
  } finally {
    pulse.onStall(undefined);
    cancelGrace?.();
    bounded.release();
  }
}

/** This process stood still while something failed. */
class StoodStill extends Error {
  constructor(readonly failure: unknown) {
    super('the process stood still');
  }
}

/**
 * An answer speaks for the endpoint however late it is read. But a token may have died while its answer lay in the socket, and
 * with 408 it is the server that ran out of patience with us.
 */
function saysNothing(failure: unknown): boolean {
  if (!(failure instanceof MintFailure)) return true;
  const { status, code, retryable } = failure.error;
  const isUseless = code === 'ERR_TOKEN_RESPONSE_MALFORMED' && !retryable;
  return failure.cause === 'transient' && (status === undefined || status === 408 || isUseless);
}

/** Asks for the credentials of one token call. */
type Ask = (signal: AbortSignal) => Promise<object>;

/** Those that were asked for a moment ago serve the first token call, unless a part of them is good for one moment only. */
function firstThen(given: object, credentials: Credentials, provider: Provider): Ask {
  let unused = perCallFields(provider).length === 0 ? given : undefined;
  return (signal) => {
    const first = unused;
    unused = undefined;
    return first === undefined ? credentials.ask(signal) : Promise.resolve(first);
  };
}

async function mintWith(ask: Ask, wanted: TokenWanted, bounds: MintBounds): Promise<Minted> {
  const { source, params } = wanted;
  const { provider, options } = source;
  return mint({
    provider,
    askCredentials: () => ask(bounds.signal),
    params,
    options,
    ...bounds,
    now: () => source.now(),
    beforeCall: ({ credentials, url }) => {
      wanted.useAccount(credentials, url);
      const answer = wanted.decide({ kind: 'token-call' });
      if (answer.kind === 'closed') throw new CallRefused(answer.because, answer.retryInMs);
      return answer.sentAt;
    },
    afterCall: (call, sentAt) => {
      // A short outage must not spend what the provider allows for half an hour.
      const mayHaveIssued = !certainlyIssuedNothing(call.status, call.errorType);
      wanted.decide({ kind: 'token-call-ended', sentAt, mayHaveIssued });
      source.emit('tokenCalled', { reason: wanted.state.flight?.reason, ...call });
    },
  });
}
