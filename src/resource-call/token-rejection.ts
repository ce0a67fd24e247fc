import { isPromise } from '../errors/option-rules.js';
import { headerOf } from '../concealment/any-object.js';
import {
  type Provider,
  type ResourceRequest,
  type ResourceResponse,
} from '../provider-definition/define-provider.js';
import { warnOnce } from './warn-once.js';

/** Errors of RFC 6750 and RFC 9449 that a new token does not fix. */
const NOT_THE_TOKENS_FAULT = /\berror\s*=\s*"?(insufficient_scope|invalid_request|\w+_dpop_\w+)\b/i;

/**
 * Whether an answer means that the token was rejected: status 401, unless the challenge names another cause.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-9
 */
export function isStandardRejection({
  status,
  headers,
}: Pick<ResourceResponse, 'status' | 'headers'>): boolean {
  if (status !== 401) return false;
  const challenge = headerOf(headers, 'www-authenticate');
  return ![challenge]
    .flat()
    .some((one) => typeof one === 'string' && NOT_THE_TOKENS_FAULT.test(one));
}

/**
 * Whether an answer means that the token was rejected, by the provider's `isTokenRejection` or the standard. Never throws.
 *
 * @param seen - what `isTokenRejection` is given
 */
export function rejectsToken(
  { name, isTokenRejection }: Provider,
  answer: Pick<ResourceResponse, 'status' | 'headers'>,
  seen: () => readonly [ResourceResponse, ResourceRequest],
): boolean {
  if (isTokenRejection === undefined) return isStandardRejection(answer);
  try {
    const verdict: unknown = isTokenRejection(...seen());
    if (!isPromise(verdict)) return Boolean(verdict);
    // A promise is always truthy. Taken as "yes" it would resend a POST that was answered 200.
    verdict.then(undefined, () => undefined);
    warnOnce(
      `${name}: isTokenRejection returned a promise, which counts as "no": 401s are not healed. Make it synchronous.`,
    );
    return false;
  } catch {
    return isStandardRejection(answer);
  }
}
