import { Axios, type InternalAxiosRequestConfig } from 'axios';

import { headerOf } from '../concealment/any-object.js';
import {
  isPromise,
  type Provider,
  type ResourceRequest,
} from '../provider-definition/define-provider.js';
import type { Answer } from './answer.js';
import { warnOnce } from './warn-once.js';

/** Errors of RFC 6750 that a new token does not fix. */
const NOT_THE_TOKENS_FAULT = /\berror\s*=\s*"?(insufficient_scope|invalid_request)\b/i;

/**
 * Whether an answer means that the token was rejected: status 401, unless the challenge names another cause.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function isStandardRejection({
  status,
  headers,
}: Pick<Answer, 'status' | 'headers'>): boolean {
  if (status !== 401) return false;
  const challenge = headerOf(headers, 'www-authenticate');
  return !(Array.isArray(challenge) ? challenge : [challenge]).some(
    (one) => typeof one === 'string' && NOT_THE_TOKENS_FAULT.test(one),
  );
}

/** Whether an answer means that the token was rejected, by the provider's `isTokenRejection` or the standard. Never throws. */
export function isRejection(
  { name, isTokenRejection }: Provider,
  answer: Answer,
  config: InternalAxiosRequestConfig,
): boolean {
  if (isTokenRejection === undefined) return isStandardRejection(answer);
  try {
    const verdict: unknown = isTokenRejection(answer.response ?? answer, requestOf(config));
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

function requestOf(config: InternalAxiosRequestConfig): ResourceRequest {
  return { method: (config.method ?? 'get').toUpperCase(), url: new Axios({}).getUri(config) };
}
