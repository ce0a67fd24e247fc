import type { BearerError } from '../errors/index.js';
import type { CoolDownCause, RefreshReason } from '../token/lifecycle.js';
import type { TokenCall } from '../token-call/token-call.js';

/**
 * What a token source tells whoever listens. No event holds a token, a secret or a client id, with one exception: what a
 * function of your own throws, a vault's client for instance, is the `cause` of the `error` of `refreshFailed`, as it came.
 */
export interface TokenSourceEvents {
  /** A new token is in hand. */
  refreshed: {
    readonly provider: string;
    readonly reason: RefreshReason;
    /** `endpoint`: minted by us; `store`: adopted from the shared store. */
    readonly from: 'endpoint' | 'store';
    readonly tookMs: number;
    /** Token calls that it took, failed ones included. */
    readonly attempts: number;
    /** Milliseconds until it expires; `undefined` if nobody knows. */
    readonly expiresInMs: number | undefined;
  };
  /** A refresh gave up. */
  refreshFailed: {
    readonly provider: string;
    readonly reason: RefreshReason;
    readonly error: BearerError;
    /** `error` where only you can help: the credentials, or something else on this side of the wire. Otherwise `warning`. */
    readonly severity: 'warning' | 'error';
    /** Milliseconds until the next attempt is allowed. */
    readonly nextAttemptInMs: number;
    /** Whether callers are still served with the token in hand, which has drawn no 401. */
    readonly stillServing: boolean;
  };
  /** One call of the token endpoint ended, whatever came of it; a refresh may take several. */
  tokenCalled: TokenCall & {
    readonly provider: string;
    /** Why the refresh was started; `undefined` if `clear()` has overtaken it. */
    readonly reason: RefreshReason | undefined;
  };
  /** The token endpoint is left alone for a while. */
  coolDownStarted: {
    readonly provider: string;
    readonly cause: CoolDownCause;
    readonly delayMs: number;
  };
  /** The token endpoint answered again. */
  coolDownEnded: { readonly provider: string };
  /** A 401 was passed on, because 401s have forced as many token calls as they may; the next one may after `delayMs`. */
  forcedMintsSpent: { readonly provider: string; readonly delayMs: number };
  /** A caller joined a refresh that was under way. */
  joined: { readonly provider: string; readonly reason: RefreshReason };
  /** The resource server rejected a token. */
  rejected: {
    readonly provider: string;
    /** What follows: a replay, a new token for others where the request cannot be sent again, or the 401 goes to the caller. */
    readonly consequence:
      'replay' | 'replacement' | 'already-replayed' | 'forced-mints-spent' | 'endpoint-cooling';
  };
  /** A request was sent once more with another token. */
  replayed: { readonly provider: string; readonly accepted: boolean };
  /** A 401 was not replayed. */
  replayRefused: { readonly provider: string; readonly because: string };
  /** An expired token was served because `maxStaleMs` allows it. */
  servedStale: { readonly provider: string };
  /** The shared store failed, told once an outage; or it holds a record that cannot be read. The source goes on without it. */
  storeFailed: { readonly provider: string; readonly error: BearerError };
  /** The shared store answers again. */
  storeRecovered: { readonly provider: string };
  /** Waited for another process that holds the refresh lease. */
  leaseAwaited: {
    readonly provider: string;
    readonly waitedMs: number;
    readonly outcome: 'token' | 'lead' | 'gave up';
  };
}

/** The name of an event of a token source. */
export type TokenSourceEventName = keyof TokenSourceEvents;

/** What `on` calls at each event of that name. */
export type TokenSourceListener<Name extends TokenSourceEventName> = (
  event: TokenSourceEvents[Name],
) => void;

/** Every listener of one token source. A listener that throws never harms a request, nor the next listener. */
export class Listeners {
  readonly #listeners = new Map<TokenSourceEventName, Set<TokenSourceListener<never>>>();

  add<Name extends TokenSourceEventName>(
    name: Name,
    listener: TokenSourceListener<Name>,
  ): () => void {
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

/** A fault of a listener surfaces as an uncaught error of its own, as it would from an EventTarget. */
function reportUncaught(error: unknown): void {
  setTimeout(() => {
    throw error;
  }, 0);
}
