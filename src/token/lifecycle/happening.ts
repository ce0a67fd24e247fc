import type { AccessToken } from '../access-token.js';
import type { Instant } from '../instant.js';
import type { CoolDownCause, Flight, TokenState } from './state.js';

/** What a failed token call speaks about. */
export type Concern = 'account' | 'request';

/** A token, and what is known of its life. */
export interface NewToken {
  readonly token: AccessToken;
  /** The life counts from here. */
  readonly sentAt: Instant;
  /** Absent: nobody knows. */
  readonly lifetimeMs?: number | undefined;
}

/** What happened. `random` values lie in [0, 1). */
export type Happening<Failure> =
  /** A caller wants a token; `not` is the one that it was refused with, `minRemainingMs` how long it should live at least. */
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
  /** A token call is over. If it issued no token for certain it costs nothing of the budget. */
  | {
      readonly kind: 'token-call-ended';
      readonly sentAt: Instant;
      readonly mayHaveIssued: boolean;
    }
  | {
      readonly kind: 'minted';
      readonly flightId: number;
      readonly token: AccessToken;
      /** When the token call was sent: the life counts from here. */
      readonly sentAt: Instant;
      /** Absent: nobody knows. */
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
       * `local`: the fault is on our side of the wire, a vault for instance; nothing needs protection from us.
       * `not-called`: the account is left alone, as was found once the credentials were known.
       */
      readonly cause: CoolDownCause | 'local' | 'not-called';
      /** What it speaks about: the token endpoint and the credentials, or the request for this token alone. */
      readonly concerns: Concern;
      readonly retryAfterMs?: number | undefined;
      /** How many failures in a row other processes had before this one, where credentials were rejected. */
      readonly failuresElsewhere?: number | undefined;
      readonly random: number;
    }
  /** Another process is refreshing this token just now, or may be: the shared store is away. */
  | {
      readonly kind: 'refreshing-elsewhere';
      readonly flightId: number;
      readonly retryInMs: number;
      /** No process can refresh now: the token in hand serves to the end of its life. */
      readonly untilExpiry?: boolean | undefined;
    }
  /** Another process was refused a moment ago, and all leave the endpoint alone for a while. */
  | {
      readonly kind: 'cooling-elsewhere';
      readonly flightId: number;
      readonly failure: Failure;
      readonly cause: CoolDownCause;
      readonly concerns: Concern;
      readonly delayMs: number;
      /** How many failures came in a row, wherever. */
      readonly failures: number;
      /** A token that drew a 401 somewhere but lives: better than none. */
      readonly fallback?: NewToken | undefined;
      readonly random: number;
    }
  /** A newer token was found in the shared store, outside any flight. */
  | ({ readonly kind: 'found' } & NewToken & { readonly random: number })
  /** The flight under way will never land. */
  | { readonly kind: 'flight-lost' }
  | { readonly kind: 'credentials-changed' }
  | { readonly kind: 'cleared' };

/** Which send of a request drew a 401: its first, its replay, or the only one that there can be. */
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
  /** The only token to be had is the one that was refused. */
  | { readonly kind: 'same-token' };

/** Why the token endpoint may not be called, and for how many milliseconds. */
export interface Closed<Failure> {
  readonly because: Exclude<RefusalCause<Failure>, { kind: 'same-token' }>;
  readonly retryInMs: number;
}

/** Whether a rejected request is worth sending again; if not, why the 401 goes to its caller. */
export type RejectionAnswer =
  | {
      readonly kind: 'replay';
      /** The mint that this very 401 forces. It is given back if the replay of this request is accepted. */
      readonly forcedMint?: number;
    }
  | {
      readonly kind: 'pass';
      readonly because: 'already-replayed' | 'forced-mints-spent' | 'endpoint-cooling';
    };

export type FlightAnswer =
  { readonly kind: 'accepted' } | { readonly kind: 'refused' } | { readonly kind: 'superseded' };

export type ElsewhereAnswer =
  /** The flight is over: the token in hand does meanwhile. */
  | { readonly kind: 'stand-down' }
  /** Callers need the replacement: wait for the other process. */
  | { readonly kind: 'wait' };

export type CallAnswer<Failure> =
  | { readonly kind: 'go'; readonly sentAt: Instant }
  | ({ readonly kind: 'closed' } & Closed<Failure>);

/** What is answered to each kind of happening. */
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

/** Something worth telling whoever watches. */
export type Notice =
  | { readonly kind: 'cooling-down'; readonly cause: CoolDownCause; readonly delayMs: number }
  | { readonly kind: 'cool-down-ended' }
  /** A 401 was passed on, since 401s have forced as many mints as they may: the next one is possible after `delayMs`. */
  | { readonly kind: 'forced-mints-spent'; readonly delayMs: number };

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
