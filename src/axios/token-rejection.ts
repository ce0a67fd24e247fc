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

/** What adapters leave of the request that was answered: Node's ClientRequest, or an XMLHttpRequest. */
interface SentRequest {
  readonly getHeader?: (name: string) => unknown;
  readonly res?: { readonly responseUrl?: unknown };
  readonly responseURL?: unknown;
}

/**
 * Whether the request that was answered still carried `authorization`, as far as the adapter tells. A redirect to another
 * origin takes the header off for good, even if a further one leads back; so do credentials in the URL.
 */
export function arrivedWith(authorization: string, { request }: AxiosResponse): boolean {
  const sent = (request ?? {}) as SentRequest;
  return typeof sent.getHeader !== 'function' || sent.getHeader('authorization') === authorization;
}

/** The URL that answered after redirects, where the adapter tells it. */
export function answeringURL({ request }: AxiosResponse): string | undefined {
  const { res, responseURL } = (request ?? {}) as SentRequest;
  const url = res?.responseUrl ?? responseURL;
  // One that is no absolute URL comes from no adapter of axios: axios-mock-adapter puts the path there that was asked for.
  return typeof url === 'string' && URL.canParse(url) ? url : undefined;
}
