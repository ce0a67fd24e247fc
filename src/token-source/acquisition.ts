import type { BearerError } from '../errors/index.js';
import { perCallFields, type Provider } from '../grants/define-provider.js';
import { certainlyIssuedNothing } from '../grants/token-failure.js';
import { absoluteURL } from '../grants/token-request.js';
import { later, type Instant } from '../token/instant.js';
import type { Answers, Flight, Happening, TokenState } from '../token/lifecycle.js';
import type { TokenParams } from '../token/token-params.js';
import { boundedSignal } from './bounded-signal.js';
import type { Credentials } from './credentials.js';
import { tokenIdentity } from './identity.js';
import { madeRequest } from './made-request.js';
import { mint, type Minted } from './mint.js';
import { CallRefused } from './refusal.js';
import type { Acquired } from './shared-acquisition.js';
import { CoolingElsewhere } from './shared-failure.js';
import type { SharedToken } from './shared-token.js';
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

/**
 * Mints a token; or finds one, where it is shared with other processes.
 *
 * Throws what `mint` and `SharedToken.acquire` throw, and a misconfiguration error if no credentials can be had.
 */
export async function acquire(
  wanted: TokenWanted,
  flight: Flight,
  signal: AbortSignal,
): Promise<Acquired> {
  const { source, params, credentials, shared } = wanted;
  if (shared === undefined) {
    const minted = await inTime(source, signal, (bounded, deadline) =>
      mintWith((asking) => credentials.ask(asking), wanted, bounded, deadline),
    );
    return { from: 'endpoint', minted, fence: undefined };
  }
  const { provider, options } = source;
  const { cacheIdentity } = options;
  // The credentials are part of what a token is shared under, so they come first.
  const { given, request } = await inTime(source, signal, async (bounded) => {
    const asked = await credentials.ask(bounded);
    return { given: asked, request: await madeRequest(provider, asked, params, bounded) };
  });
  const ask = firstThen(given, credentials, provider);
  const flightId = flight.id;
  try {
    return await shared.acquire({
      identity: tokenIdentity({ provider, credentials: given, params, request, cacheIdentity }),
      signal,
      isWanted: () => wanted.state.flight?.id === flightId,
      standDown: (retryInMs) =>
        wanted.decide({ kind: 'refreshing-elsewhere', flightId, retryInMs }).kind === 'stand-down',
      mint: () =>
        inTime(source, signal, (bounded, deadline) => mintWith(ask, wanted, bounded, deadline)),
    });
  } catch (failure) {
    if (failure instanceof CoolingElsewhere)
      wanted.useAccount(given, absoluteURL(request.url, provider.baseURL));
    throw failure;
  }
}

/** Bounds a part of a flight in time. Waiting for another process is bounded by the lease instead. */
async function inTime<T>(
  source: SourceContext,
  flight: AbortSignal,
  work: (signal: AbortSignal, deadline: Instant) => Promise<T>,
): Promise<T> {
  const { clock, flightTimeoutMs } = source.options;
  const bounded = boundedSignal(flight, flightTimeoutMs, clock);
  try {
    return await work(bounded.signal, later(source.now(), flightTimeoutMs));
  } finally {
    bounded.release();
  }
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

async function mintWith(
  ask: Ask,
  wanted: TokenWanted,
  signal: AbortSignal,
  deadline: Instant,
): Promise<Minted> {
  const { source, params } = wanted;
  const { provider, options } = source;
  return mint({
    provider,
    askCredentials: () => ask(signal),
    params,
    options,
    signal,
    deadline,
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
