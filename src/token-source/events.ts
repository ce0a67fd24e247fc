import { refuseUnknownOptions } from '../errors/check-options.js';
import type { BearerError } from '../errors/index.js';
import type { CoolDownCause, RefreshReason } from '../token/lifecycle.js';
import type { TokenCall } from '../token-call/token-call.js';

/**
 * The events of a token source. No event holds a token, a secret or a client id, with one exception: what your own function
 * throws, for instance a vault's client, is the `cause` of the `error` of `refreshFailed`, unchanged.
 */
export interface TokenSourceEvents {
  /** There is a new token. */
  refreshed: {
    readonly provider: string;
    readonly reason: RefreshReason;
    /** `endpoint`: fetched by this process; `store`: adopted from the shared store. */
    readonly from: 'endpoint' | 'store';
    readonly tookMs: number;
    /** The number of token calls, failed ones included. */
    readonly attempts: number;
    /** Milliseconds until it expires; `undefined` if unknown. */
    readonly expiresInMs: number | undefined;
  };
  /** A refresh gave up. */
  refreshFailed: {
    readonly provider: string;
    readonly reason: RefreshReason;
    readonly error: BearerError;
    /** `error` if only you can fix it: the credentials, or something else on your side. Otherwise `warning`. */
    readonly severity: 'warning' | 'error';
    /** Milliseconds until the next attempt is allowed. */
    readonly nextAttemptInMs: number;
    /** Whether callers still get the current token, which has drawn no 401. */
    readonly stillServing: boolean;
  };
  /** A call of the token endpoint ended, with any outcome. A refresh may take several. */
  tokenCalled: TokenCall & {
    readonly provider: string;
    /** Why the refresh was started; `undefined` if `clear()` was called meanwhile. */
    readonly reason: RefreshReason | undefined;
  };
  /** The token endpoint will be left alone for `delayMs`. */
  coolDownStarted: {
    readonly provider: string;
    readonly cause: CoolDownCause;
    readonly delayMs: number;
  };
  /** The token endpoint works again. */
  coolDownEnded: { readonly provider: string };
  /** Refreshing on a 401 is paused: the last refreshed tokens were rejected too. The next 401 can refresh after `delayMs`. */
  forcedMintsSpent: { readonly provider: string; readonly delayMs: number };
  /** A caller joined a running refresh. */
  joined: { readonly provider: string; readonly reason: RefreshReason };
  /** The resource server rejected a token. */
  rejected: {
    readonly provider: string;
    /** What follows: a replay, a new token for other requests (if this one cannot be sent again), or why the 401 goes to the caller. */
    readonly consequence:
      'replay' | 'replacement' | 'already-replayed' | 'forced-mints-spent' | 'endpoint-cooling';
  };
  /** A request was sent once more with a new token. */
  replayed: { readonly provider: string; readonly accepted: boolean };
  /** A 401 was not replayed. */
  replayRefused: { readonly provider: string; readonly because: string };
  /** An expired token was used because `maxStaleMs` allows it. */
  servedStale: { readonly provider: string };
  /** The shared store failed, emitted once per outage; or it holds an unreadable record. The source continues without it. */
  storeFailed: { readonly provider: string; readonly error: BearerError };
  /** The shared store works again. */
  storeRecovered: { readonly provider: string };
  /** This process waited for another one that holds the refresh lease. */
  leaseAwaited: {
    readonly provider: string;
    readonly waitedMs: number;
    readonly outcome: 'token' | 'lead' | 'gave up';
  };
}

/** The name of an event of a token source. */
export type TokenSourceEventName = keyof TokenSourceEvents;

const EVENT_NAMES = Object.keys({
  refreshed: true,
  refreshFailed: true,
  tokenCalled: true,
  coolDownStarted: true,
  coolDownEnded: true,
  forcedMintsSpent: true,
  joined: true,
  rejected: true,
  replayed: true,
  replayRefused: true,
  servedStale: true,
  storeFailed: true,
  storeRecovered: true,
  leaseAwaited: true,
} satisfies Record<TokenSourceEventName, true>);

/** A listener for one event. */
export type TokenSourceListener<Name extends TokenSourceEventName> = (
  event: TokenSourceEvents[Name],
) => void;

/** The listeners of one token source. A listener that throws affects neither requests nor other listeners. */
export class Listeners {
  readonly #listeners = new Map<TokenSourceEventName, Set<TokenSourceListener<never>>>();

  add<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
    refuseUnknownOptions({ [name]: true }, EVENT_NAMES, { of: 'a token source', kind: 'event' });
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit<Name extends TokenSourceEventName>(name: Name, event: TokenSourceEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as TokenSourceListener<Name>)(event);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** An error in a listener surfaces as an uncaught error, as with an EventTarget. */
function reportUncaught(error: unknown): void {
  setTimeout(() => {
    throw error;
  }, 0);
}
