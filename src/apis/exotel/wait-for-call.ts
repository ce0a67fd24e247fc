import * as v from 'valibot';
import { wholeNumber } from '../input-fields.js';
import { pause } from '../repeat.js';
import { validateInput } from '../validate-input.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelBasicOnlyOptions } from './exotel-options.js';
import { repeatRead } from './repeat-read.js';

/** How long to wait for a call. */
export interface ExotelWaitLimits {
  /** For the whole wait, in milliseconds. @defaultValue 3600000: an hour. Exotel lets a call last four */
  waitMs?: number | undefined;
  /**
   * For what is only known after the end, in milliseconds: the price and the duration of a Voice v1 call take two to five minutes,
   * according to the docs.
   * @defaultValue 300000
   */
  settleMs?: number | undefined;
  /** Between two polls while the call is active, in milliseconds; three times as long after its end. @defaultValue 5000 */
  pollMs?: number | undefined;
}

/** The outcome of the wait for a call. */
export interface ExotelWaited<Call> {
  /** As last seen. */
  call: Call;
  /**
   * `settled`: it has ended, and everything is known. `ended`: it has ended, but not everything was known within
   * `settleMs`. `running`: `waitMs` passed before its end.
   */
  state: ExotelWaitState;
}

/** The state of a call. */
export type ExotelWaitState = 'running' | 'ended' | 'settled';

const limitsSchema = v.strictObject({
  waitMs: v.optional(wholeNumber(0), 3_600_000),
  settleMs: v.optional(wholeNumber(0), 300_000),
  pollMs: v.optional(wholeNumber(1), 5_000),
});

/** A failed poll is repeated this often before its error is thrown. */
const RETRIES = 5;

/** A poll that hangs would make the whole wait endless: axios has no time-out by default. */
const LONGEST_LOOK_MS = 60_000;

/**
 * Polls a call until it has ended and settled. The first poll is sent at once; `signal` ends the wait.
 * @internal
 */
export async function waitForCall<Call, Options extends ExotelBasicOnlyOptions>(
  client: ExotelClient,
  read: (options: Options) => Promise<Call>,
  judge: (call: Call) => ExotelWaitState,
  limits: ExotelWaitLimits,
  { operation, options }: { operation: string; options: Options | undefined },
): Promise<ExotelWaited<Call>> {
  const { waitMs, settleMs, pollMs } = validateInput(limitsSchema, limits, {
    api: 'exotel',
    operation,
  });
  const signal = options?.signal;
  const timeout = client.timeoutOf(options) || LONGEST_LOOK_MS;
  // Unchanged, except for the time-out.
  const look = () => read({ ...options, timeout } as Options);
  const deadline = performance.now() + waitMs;
  let settleBy = Infinity;
  for (;;) {
    const call = await repeatRead(look, { retries: RETRIES, signal });
    const state = judge(call);
    if (state === 'settled') return { call, state };
    const now = performance.now();
    if (state === 'ended') settleBy = Math.min(settleBy, now + settleMs);
    const leftMs = Math.min(deadline, settleBy) - now;
    if (leftMs <= 0) return { call, state };
    await pause(Math.min(state === 'ended' ? pollMs * 3 : pollMs, leftMs), signal);
  }
}
