import { isPromise } from '../errors/option-rules.js';
import { checkedRequest, type TokenRequest } from '../provider-definition/token-request.js';
import { inTime } from './in-time.js';
import { earlierCalls, type Making } from './earlier-calls.js';
import type { Failed } from './token-call-failure.js';

export type RequestResult = { readonly kind: 'made'; readonly request: TokenRequest } | Failed;

/**
 * The token request that the definition makes from these credentials and parameters, until `signal` aborts; or the failure of a
 * call that it needs first.
 *
 * Throws what `tokenRequest` throws, a `TokenAcquisitionError` if its promise rejects or outlasts the signal, and a
 * `MisconfigurationError` without any value if it returns anything but a token request.
 */
export async function madeRequest(making: Making): Promise<RequestResult> {
  const { provider, credentials, params, signal } = making;
  const earlier = earlierCalls(making);
  const made = (request: TokenRequest): RequestResult => ({
    kind: 'made',
    request: checkedRequest(provider.name, request),
  });
  const request = provider.tokenRequest(credentials, params, earlier.context);
  if (!isPromise(request)) return made(request);
  const settled = Promise.resolve(request).then(made, (thrown: unknown) => {
    const failure = earlier.failureIn(thrown);
    if (failure !== undefined) return failure;
    throw thrown;
  });
  return inTime(provider.name, 'could not build the token request: tokenRequest', settled, signal);
}
