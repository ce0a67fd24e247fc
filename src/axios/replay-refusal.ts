import { isObject } from '../concealment/any-object.js';

/** Why a 401 reached the caller without a replay. */
export type ReplayRefusal =
  /** The request said `{ bearer: { replay: false } }`. */
  | 'opted-out'
  /** The body could be read once only, and has been. */
  | 'body-consumed'
  /** The request was sent again already, and rejected again. */
  | 'already-replayed'
  /** 401s have forced as many token calls as they may for now: the last tokens that they brought were rejected too. */
  | 'forced-mints-spent'
  /** The token endpoint is cooling down, so no other token can be fetched. */
  | 'endpoint-cooling'
  /** No other token could be fetched: the error's `cause` says why. */
  | 'no-other-token'
  /** Your `onReplay` threw: the error's `cause` is what it threw. */
  | 'replay-hook-failed';

const refusals = new WeakMap<object, ReplayRefusal>();

/** Notes why a 401 was not replayed, on what its caller gets: the error or response, and its config. */
export function noteRefusal(because: ReplayRefusal, ...holders: readonly unknown[]): void {
  for (const holder of holders) {
    if (isObject(holder)) refusals.set(holder, because);
  }
}

/**
 * Tells why a 401 was not replayed; `undefined` if it was not up to us, or for anything but such a 401.
 *
 * Takes the error that axios threw, or the response where `validateStatus` accepts a 401.
 */
export function whyNotReplayed(errorOrResponse: unknown): ReplayRefusal | undefined {
  if (!isObject(errorOrResponse)) return undefined;
  const { config } = errorOrResponse as { config?: unknown };
  return refusals.get(errorOrResponse) ?? (isObject(config) ? refusals.get(config) : undefined);
}
