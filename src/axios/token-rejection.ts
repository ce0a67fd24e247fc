import type { AxiosResponse } from 'axios';

import type { ResourceResponse } from '../grants/define-provider.js';

/** Errors of RFC 6750 that a new token does not cure. */
const NOT_THE_TOKENS_FAULT = /\berror\s*=\s*"?(insufficient_scope|invalid_request)\b/i;

/**
 * Whether a response says that the token was rejected: status 401, unless the challenge names another cause.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function isTokenRejection(response: AxiosResponse): boolean {
  if (response.status !== 401) return false;
  const challenge: unknown = response.headers['www-authenticate'];
  return typeof challenge !== 'string' || !NOT_THE_TOKENS_FAULT.test(challenge);
}

/** A provider's own classifier, made total: one that throws leaves the decision to the standard. */
export function rejectionTest(
  own: ((response: ResourceResponse) => boolean) | undefined,
): (response: AxiosResponse) => boolean {
  if (own === undefined) return isTokenRejection;
  return (response) => {
    try {
      return own(response);
    } catch {
      return isTokenRejection(response);
    }
  };
}

/** The URL that answered after redirects, where the adapter tells it. */
export function answeringURL(response: AxiosResponse): string | undefined {
  const request = response.request as
    { res?: { responseUrl?: unknown }; responseURL?: unknown } | undefined;
  const url = request?.res?.responseUrl ?? request?.responseURL;
  return typeof url === 'string' && url !== '' ? url : undefined;
}
