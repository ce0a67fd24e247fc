import { afterAll } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** Starts servers on loopback, each with its origin; they end with the test file. */
export function useServers(): (answer: RequestListener) => Promise<string> {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  return async (answer) => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
}
