/*
 * What can happen to a provider's token and requests, as reported to the sandbox's page. Nothing in here is a token, a
 * secret or a client id.
 */
/** How far the current token is into its life; `none` before the first one. */
export type Phase = 'none' | 'fresh' | 'early' | 'last' | 'suspect' | 'expired';

/** Faults that happen once, at once. */
export const MOMENTARY_FAULTS = ['revoke', 'expire'] as const;
export type MomentaryFault = (typeof MOMENTARY_FAULTS)[number];

/** Faults that last until they are switched off. The first four are the token endpoint's. */
export const LASTING_FAULTS = ['slow', 'fail', 'hang', 'rate-limit', 'one-active-token'] as const;
export type LastingFault = (typeof LASTING_FAULTS)[number];

export const BURST_REQUESTS = 50;
export const MOST_REQUESTS_PER_SECOND = 200;

/** What may be shown of a token. */
export interface TokenFacts {
  /** Counts from 1 in each lane. */
  readonly serial: number;
  /** The first 24 bits of its SHA-256, in hex: enough to tell two tokens apart, but not to recover one. */
  readonly fingerprint: string;
  readonly lifetimeMs: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface Counters {
  readonly requests: number;
  /** Token calls of the page's own client. */
  readonly tokenCalls: number;
  readonly healed: number;
  readonly replays: number;
  readonly waits: number;
  readonly joins: number;
  /** Requests that ended in an error for their caller. */
  readonly failures: number;
}

/** Something that happened to many requests at almost the same time, reported once. */
export interface Crowd {
  readonly count: number;
}

/** What can happen in a lane. Durations are milliseconds, instants epoch milliseconds. */
export type Event =
  | {
      readonly kind: 'phase';
      readonly phase: Phase;
      readonly token?: TokenFacts | undefined;
    }
  | { readonly kind: 'calling' }
  | {
      readonly kind: 'called';
      readonly tookMs: number;
      readonly attempt: number;
      readonly reason?: string | undefined;
      readonly status?: number | undefined;
      /** Absent if a token came. */
      readonly errorType?: string | undefined;
    }
  | {
      readonly kind: 'refreshed';
      readonly reason: string;
      readonly serial: number;
      readonly tookMs: number;
      readonly attempts: number;
    }
  | {
      readonly kind: 'refresh-failed';
      readonly reason: string;
      readonly code: string;
      readonly nextAttemptInMs: number;
      readonly stillServing: boolean;
    }
  | { readonly kind: 'cool-down'; readonly cause: string; readonly delayMs: number }
  | { readonly kind: 'cool-down-ended' }
  | { readonly kind: 'forced-mints-spent'; readonly delayMs: number }
  | ({ readonly kind: 'joined' } & Crowd)
  | ({ readonly kind: 'rejected'; readonly consequence: string } & Crowd)
  | ({ readonly kind: 'waited'; readonly longestMs: number } & Crowd)
  | ({ readonly kind: 'replayed'; readonly accepted: boolean } & Crowd)
  | ({ readonly kind: 'failed'; readonly code: string } & Crowd)
  | { readonly kind: 'pressed'; readonly fault: MomentaryFault | 'burst' }
  | {
      readonly kind: 'switched';
      /** The one that was switched; absent if all were switched off. */
      readonly fault?: LastingFault | undefined;
      readonly on: readonly LastingFault[];
    }
  | {
      readonly kind: 'traffic';
      readonly ok: number;
      readonly failed: number;
      readonly counters: Counters;
    };

/** Reports what happened in one lane, and when. */
export type Tell = (event: Event, at: number) => void;

export type Happening = Event & {
  /** Counts up over all lanes. */
  readonly id: number;
  readonly lane: string;
  readonly at: number;
};

export type HappeningOf<Kind extends Event['kind']> = Extract<Happening, { kind: Kind }>;
