import type { AccessToken } from '../access-token.js';
import type { Instant } from '../instant.js';
import type { CoolDownCause, Flight, TokenState } from './state.js';

/** What a failed token call is about. */
export type Concern = 'account' | 'request';

/** A token and its lifetime. */
export interface NewToken {
  readonly token: AccessToken;
  /** The lifetime counts from here. */
  readonly sentAt: Instant;
  /** Absent if unknown. */
  readonly lifetimeMs?: number | undefined;
}

/** An event in the life of a token. `random` values are in [0, 1). */
export type Happening<Failure> = OwnHappening<Failure> | ElsewhereHappening<Failure>;

/** What happens to a token in this process. */
type OwnHappening<Failure> =
  /** A caller wants a token: not the rejected token `not`, and preferably with at least `minRemainingMs` left. */
  | {
      readonly kind: 'requested';
      readonly not?: string | undefined;
      readonly minRemainingMs?: number | undefined;
    }
  /** The resource server answered 401 to this token. */
  | {
      readonly kind: 'rejected';
      readonly value: string;
      readonly on: RejectedSend;
    }
  /** The replay of the request whose 401 forced a mint was accepted. */
  | { readonly kind: 'replay-accepted'; readonly forcedMint: number }
  /** A token call is about to go out. */
  | { readonly kind: 'token-call' }
  /** A token call has ended. If it certainly issued no token, it does not count towards the budget. */
  | {
      readonly kind: 'token-call-ended';
      readonly sentAt: Instant;
      readonly mayHaveIssued: boolean;
    }
  | {
      readonly kind: 'minted';
      readonly flightId: number;
      readonly token: AccessToken;
      /** When the token call was sent. The lifetime counts from here. */
      readonly sentAt: Instant;
      /** Absent if unknown. */
      readonly lifetimeMs?: number | undefined;
      /** How long the token call took; absent if the token came from the shared store. */
      readonly tookMs?: number | undefined;
      readonly random: number;
    }
  | {
      readonly kind: 'mint-failed';
      readonly flightId: number;
      readonly failure: Failure;
      /**
       * `local`: the failure is on our side, for instance a vault, so the endpoint needs no cool-down.
       * `not-called`: the account turned out to be cooling down once the credentials were known.
       */
      readonly cause: CoolDownCause | 'local' | 'not-called';
      /** The token endpoint with its credentials, or only the request for this token. */
      readonly concerns: Concern;
      readonly retryAfterMs?: number | undefined;
      /** How many times in a row the credentials were rejected in other processes before. */
      readonly failuresElsewhere?: number | undefined;
      readonly random: number;
    }
  /** The running flight will never land. */
  | { readonly kind: 'flight-lost' }
  | { readonly kind: 'credentials-changed' }
  | { readonly kind: 'cleared' };

/** What the shared store reports about other processes. */
export type ElsewhereHappening<Failure> =
  /** Another process is refreshing this token, or may be, because the shared store is down. */
  | {
      readonly kind: 'refreshing-elsewhere';
      readonly flightId: number;
      readonly retryInMs: number;
      /** No process can refresh now, so the token in hand is used until it expires. */
      readonly untilExpiry?: boolean | undefined;
    }
  /** Another process was refused recently, and all processes leave the endpoint alone for a while. */
  | {
      readonly kind: 'cooling-elsewhere';
      readonly flightId: number;
      readonly failure: Failure;
      readonly cause: CoolDownCause;
      readonly concerns: Concern;
      readonly delayMs: number;
      /** How many failures in a row, in all processes. */
      readonly failures: number;
      /** A token that drew a 401 somewhere but has not expired: better than none. */
      readonly fallback?: NewToken | undefined;
      readonly random: number;
    }
  /** A newer token was found in the shared store, outside of a flight. */
  | ({ readonly kind: 'found' } & NewToken & { readonly random: number });

/** Which send of a request drew a 401: the first, the replay, or the only possible one. */
export type RejectedSend = 'first-send' | 'replay' | 'only-send';

export type RequestAnswer<Failure> =
  | {
      readonly kind: 'serve';
      readonly token: AccessToken;
      readonly stale: boolean;
      readonly refresh?: Flight;
    }
  | { readonly kind: 'wait'; readonly flight: Flight }
  | { readonly kind: 'fail'; readonly because: RefusalCause<Failure>; readonly retryInMs: number };

export type RefusalCause<Failure> =
  | { readonly kind: 'cooling'; readonly cause: CoolDownCause; readonly failure: Failure }
  | { readonly kind: 'budget-spent' }
  /** The only available token is the rejected one. */
  | { readonly kind: 'same-token' };

/** Why the token endpoint may not be called, and for how many milliseconds. */
export interface Closed<Failure> {
  readonly because: Exclude<RefusalCause<Failure>, { kind: 'same-token' }>;
  readonly retryInMs: number;
}

/** Whether to replay a rejected request; if not, why the 401 goes to its caller. */
export type RejectionAnswer =
  | {
      readonly kind: 'replay';
      /** The id of the mint that this 401 forces. It is given back if the replay of this request is accepted. */
      readonly forcedMint?: number;
    }
  | {
      readonly kind: 'pass';
      readonly because: 'already-replayed' | 'forced-mints-spent' | 'endpoint-cooling';
    };

export type FlightAnswer =
  { readonly kind: 'accepted' } | { readonly kind: 'refused' } | { readonly kind: 'superseded' };

export type ElsewhereAnswer =
  /** The flight ends: the token in hand is good enough meanwhile. */
  | { readonly kind: 'stand-down' }
  /** Callers need a new token: wait for the other process. */
  | { readonly kind: 'wait' };

export type CallAnswer<Failure> =
  | { readonly kind: 'go'; readonly sentAt: Instant }
  | ({ readonly kind: 'closed' } & Closed<Failure>);

/** The answer to each kind of event. */
export interface Answers<Failure> {
  requested: RequestAnswer<Failure>;
  rejected: RejectionAnswer;
  'replay-accepted': undefined;
  'token-call': CallAnswer<Failure>;
  'token-call-ended': undefined;
  minted: FlightAnswer;
  'mint-failed': FlightAnswer;
  'refreshing-elsewhere': ElsewhereAnswer;
  'cooling-elsewhere': FlightAnswer;
  found: FlightAnswer;
  'flight-lost': undefined;
  'credentials-changed': undefined;
  cleared: undefined;
}

/** Something to report to listeners: an event of the token source, in whole milliseconds. */
export type Notice =
  | { readonly kind: 'coolDownStarted'; readonly cause: CoolDownCause; readonly delayMs: number }
  | { readonly kind: 'coolDownEnded' }
  | { readonly kind: 'forcedMintsSpent'; readonly delayMs: number };

export interface Decision<Failure, Answer> {
  readonly state: TokenState<Failure>;
  readonly answer: Answer;
  readonly notices: readonly Notice[];
}

export function decided<Failure, Answer>(
  state: TokenState<Failure>,
  answer: Answer,
): Decision<Failure, Answer> {
  return { state, answer, notices: [] };
}
