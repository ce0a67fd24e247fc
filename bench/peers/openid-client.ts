import * as client from 'openid-client';

import { bareFetch, onFetch } from './on-fetch.js';
import type { Peer, PeerSetup } from './peer.js';
import { fetchOf } from './wire.js';

function configurationOf({ baseURL, tokenUrl, clientId, clientSecret, wire }: PeerSetup) {
  const configuration = new client.Configuration(
    { issuer: baseURL, token_endpoint: tokenUrl },
    clientId,
    undefined,
    client.ClientSecretPost(clientSecret),
  );
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so for everything but loopback
  client.allowInsecureRequests(configuration);
  configuration[client.customFetch] = fetchOf(wire) as client.CustomFetch;
  // In seconds; the same for every peer's token call.
  configuration.timeout = 5;
  return configuration;
}

export const openidClient: Peer = {
  id: 'openid-client',
  name: 'openid-client',
  packages: ['openid-client'],
  entry: 'openid-client',
  use: '`clientCredentialsGrant` and `fetchProtectedResource`, as under [Client Credentials Grant](https://github.com/panva/openid-client#client-credentials-grant) in its README. It keeps no token, so a cache is made by hand: one promise, until the `expiresIn()` of its helpers is over. It has nothing for a 401.',
  transport: 'fetch',
  lacks: ['interceptors', 'form-data package', 'transformRequest'],
  create(setup) {
    const configuration = configurationOf(setup);
    let cached: Promise<string> | undefined;
    let isOver = () => false;
    const token = () => {
      if (cached !== undefined && !isOver()) return cached;
      isOver = () => false;
      const fresh = client.clientCredentialsGrant(configuration).then(
        (tokens) => {
          isOver = () => (tokens.expiresIn() ?? Infinity) <= 0;
          return tokens.access_token;
        },
        (error: unknown) => {
          cached = undefined;
          throw error;
        },
      );
      cached = fresh;
      return fresh;
    };
    return onFetch(
      setup.baseURL,
      async (url, init) =>
        client.fetchProtectedResource(
          configuration,
          await token(),
          new URL(url),
          init.method ?? 'GET',
          init.body as client.FetchBody,
          new Headers(init.headers),
        ),
      { lookUp: token },
    );
  },
  createBare: ({ baseURL, wire }, token) => bareFetch(baseURL, fetchOf(wire), token),
};
