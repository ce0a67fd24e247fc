import {
  createBearerFetch,
  type BearerFetch,
  type BearerFetchOptions,
} from '../../src/fetch/index.js';
import type { OAuth2Sandbox, SandboxEcho } from '../../src/testing/index.js';
import { providerOf } from '../axios/support.js';
import { useSandbox } from '../testing/use-sandbox.js';

export { ALWAYS_401, ECHO } from '../axios/support.js';

/** The sandbox's OAuth 2.0 server for a whole test file, as good as new before each test. */
export function useOAuth2(): OAuth2Sandbox {
  return useSandbox('oauth2');
}

export function fetchOf(server: OAuth2Sandbox, options: BearerFetchOptions = {}): BearerFetch {
  return createBearerFetch(providerOf(server), options);
}

/** A fetch whose token is dead, as its first request will learn. */
export async function fetchWithDeadToken(
  server: OAuth2Sandbox,
  options: BearerFetchOptions = {},
): Promise<BearerFetch> {
  const api = fetchOf(server, options);
  await api.source.getToken();
  server.revokeTokens();
  return api;
}

export async function echoOf(response: Response): Promise<SandboxEcho> {
  return (await response.json()) as SandboxEcho;
}
