import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';

import { bareFetch, onFetch } from './on-fetch.js';
import type { Peer } from './peer.js';
import { fetchOf } from './wire.js';

export const badgatewayOAuth2Client: Peer = {
  id: 'badgateway-oauth2-client',
  name: '@badgateway/oauth2-client',
  packages: ['@badgateway/oauth2-client'],
  entry: '@badgateway/oauth2-client',
  use: '`OAuth2Fetch` with `getNewToken: () => client.clientCredentials()`, as under [Fetch Wrapper](https://github.com/badgateway/oauth2-client#fetch-wrapper) in its README, by its middleware.',
  transport: 'fetch',
  lacks: ['interceptors', 'form-data package', 'transformRequest'],
  create(setup) {
    const { baseURL, tokenUrl, clientId, clientSecret, wire } = setup;
    const fetchIt = fetchOf(wire);
    const client = new OAuth2Client({
      clientId,
      clientSecret,
      tokenEndpoint: tokenUrl,
      authenticationMethod: 'client_secret_post',
      fetch: fetchIt,
    });
    const wrapper = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() });
    const send = wrapper.mw();
    return onFetch(
      baseURL,
      (url, init) => send(new Request(url, init), (request) => fetchIt(request)),
      {
        lookUp: () => wrapper.getToken(),
      },
    );
  },
  createBare: ({ baseURL, wire }, token) => bareFetch(baseURL, fetchOf(wire), token),
};
