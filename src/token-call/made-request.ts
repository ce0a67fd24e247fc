import { requestUnavailable } from '../provider-definition/credentials.js';
import { isPromise, type TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { checkedRequest, type TokenRequest } from '../provider-definition/token-request.js';
import type { TokenParams } from '../token/token-params.js';
import { within } from '../platform/waiting.js';

/**
 * The token request that the provider definition makes of these credentials and parameters; a promise of it is bounded by `signal`.
 *
 * Throws what `tokenRequest` throws, a `TokenAcquisitionError` if its promise rejects or outlasts the signal, and a
 * `MisconfigurationError` that quotes no value if what it returns is not a token request.
 */
export async function madeRequest(
  provider: TokenEndpointProvider,
  credentials: object,
  params: TokenParams,
  signal: AbortSignal,
): Promise<TokenRequest> {
  const request = provider.tokenRequest(credentials, params);
  if (!isPromise(request)) return checkedRequest(provider.name, request);
  const made = Promise.resolve(request).catch((cause: unknown) => {
    throw requestUnavailable(provider.name, 'rejected. See the cause.', cause);
  });
  const outcome = await within(made, { signal });
  if (outcome.kind === 'done') return checkedRequest(provider.name, outcome.value);
  throw requestUnavailable(
    provider.name,
    'did not answer in time. Make it answer within flightTimeoutMs.',
  );
}
