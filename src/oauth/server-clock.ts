import type { TokenRequestContext } from '../provider-definition/token-request.js';
import type { TokenResponse } from '../provider-definition/token-response.js';

/** A smaller difference may come from the header, which is cut to the second, and from network latency. */
const LEAST_OFFSET_MS = 2_000;

/**
 * How far a server's clock is ahead of ours in milliseconds, by its `Date` header (RFC 9110, section 6.6.1); `undefined` if it is
 * missing or not a date. The header is cut to the second, so a time taken from it is never in the server's future.
 */
export function clockOffsetMs(date: string | undefined, nowMs: number): number | undefined {
  const offset = Date.parse(date ?? '') - nowMs;
  if (Number.isNaN(offset)) return undefined;
  return Math.abs(offset) < LEAST_OFFSET_MS ? 0 : offset;
}

/** Whether an assertion was made by a clock that turned out to be wrong. */
export function wasSkewed(usedOffsetMs: number, learntOffsetMs: number): boolean {
  return Math.abs(learntOffsetMs - usedOffsetMs) >= LEAST_OFFSET_MS;
}

/** How far the server's clock is ahead, learnt from its answers, and by which clock each token call was made. */
export function createServerClock() {
  let offsetMs = 0;
  const calls = new WeakMap<object, { readonly offsetMs: number; readonly now: () => number }>();
  return {
    /** How far it is ahead, as far as known. */
    offsetMs: () => offsetMs,
    serverNow(call: object, { now }: TokenRequestContext): number {
      calls.set(call, { offsetMs, now });
      return now() + offsetMs;
    },
    /** Returns whether the call was made with a wrong clock. */
    learn(call: object, { headers }: TokenResponse): boolean {
      const made = calls.get(call);
      if (made === undefined) return false;
      const learnt = clockOffsetMs(headers['date'], made.now());
      if (learnt === undefined) return false;
      offsetMs = learnt;
      return wasSkewed(made.offsetMs, learnt);
    },
  };
}
