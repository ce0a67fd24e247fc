import { isObject } from '../concealment/any-object.js';

/** Why a 401 was not replayed. */
export type ReplayRefusal =
  /** The request went to an origin other than the provider's, so it carried no token. */
  | 'foreign-origin'
  /** The request had your own `Authorization` header, or your own value where the token goes, so ours was not attached. */
  | 'own-authorization'
  /** The request has `{ bearer: { replay: false } }`. */
  | 'opted-out'
  /** The body can be read only once, and has been. */
  | 'body-consumed'
  /** The replay was rejected too. */
  | 'already-replayed'
  /** Refreshing on a 401 is paused: the last refreshed tokens were rejected too. */
  | 'forced-mints-spent'
  /** The token endpoint is cooling down, so no new token can be fetched. The error's `cause` says why. */
  | 'endpoint-cooling'
  /** No new token could be fetched. The error's `cause` says why. */
  | 'no-other-token'
  /** Your `onReplay` threw. Its error is the `cause`. */
  | 'replay-hook-failed';

/**
 * Whether only another token is missing. While the endpoint cools down there may be one too: from changed credentials, or from another
 * process. If not, asking fails at once and says why.
 */
export function lacksToken(because: ReplayRefusal): boolean {
  return because === 'no-other-token' || because === 'endpoint-cooling';
}

/** Noted when a request is sent without our token, before the answer comes. */
const NOTED_AHEAD: readonly (ReplayRefusal | undefined)[] = ['foreign-origin', 'own-authorization'];

const refusals = new WeakMap<object, ReplayRefusal>();

/** Remembers why a 401 was not replayed, for the error or response that the caller gets, and its config. */
export function noteRefusal(because: ReplayRefusal, ...holders: readonly unknown[]): void {
  for (const holder of holders) {
    if (isObject(holder)) refusals.set(holder, because);
  }
}

/**
 * Forgets that a request was sent without a token, for the answer to one that had one: if one bearer fetch sends through another, the
 * inner one takes the outer one's token for the caller's.
 */
export function forgetSentWithout(response: object): void {
  if (NOTED_AHEAD.includes(refusals.get(response))) refusals.delete(response);
}

/**
 * Returns why a 401 was not replayed; `undefined` for anything else, such as the 401 of a request with `{ bearer: false }`.
 *
 * @param errorOrResponse - the error that axios threw, or the response if `validateStatus` accepts a 401
 *
 * @example
 * ```ts
 * const because = await http.get('/things').catch(whyNotReplayed);
 * ```
 */
export function whyNotReplayed(errorOrResponse: unknown): ReplayRefusal | undefined {
  const { config, status } = Object(errorOrResponse) as { config: object; status?: unknown };
  const because = refusals.get(errorOrResponse as object) ?? refusals.get(config);
  return NOTED_AHEAD.includes(because) && status !== 401 ? undefined : because;
}
