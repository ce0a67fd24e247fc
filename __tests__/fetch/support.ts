import {
  createBearerFetch,
  type BearerFetch,
  type BearerFetchOptions,
} from '../../src/fetch/index.js';
import type { OAuth2Sandbox, SandboxEcho } from '../../src/testing/index.js';
import { providerOf } from '../axios/support.js';

export { ALWAYS_401, ECHO, useOAuth2 } from '../axios/support.js';

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
