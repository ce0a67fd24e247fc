import type { TokenRequestContext } from '../../src/provider-definition/token-request.js';
import type { TokenResponse } from '../../src/provider-definition/token-response.js';

/** An answer of a token endpoint, as a provider definition sees it. */
export function answer(
  status: number,
  body?: unknown,
  rest: Partial<TokenResponse> = {},
): TokenResponse {
  const text = body === undefined ? '' : JSON.stringify(body);
  return { status, headers: {}, setCookies: [], body, text, ...rest };
}

/** For a `tokenRequest` that sends nothing first. */
export const sendingNothing: TokenRequestContext = {
  send: () => Promise.reject(new Error('This test sends nothing.')),
  purpose: 'token call',
  signal: new AbortController().signal,
  now: Date.now,
};
