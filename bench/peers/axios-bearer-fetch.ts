import { createBearerFetch, createTokenSource } from 'axios-bearer/fetch';
import { oauth2ClientCredentials } from 'axios-bearer/providers';

import { bareFetch, onFetch } from './on-fetch.js';
import type { Peer } from './peer.js';
import { fetchOf } from './wire.js';

export const axiosBearerFetch: Peer = {
  id: 'axios-bearer-fetch',
  name: 'axios-bearer/fetch',
  packages: ['axios-bearer'],
  entry: 'axios-bearer/fetch',
  use: '`createBearerFetch(oauth2ClientCredentials({ … }))`, every option at its default.',
  transport: 'fetch',
  lacks: ['interceptors', 'form-data package', 'transformRequest'],
  create({ baseURL, tokenUrl, clientId, clientSecret, wire }) {
    const fetch = fetchOf(wire);
    const source = createTokenSource(
      oauth2ClientCredentials({
        baseURL,
        tokenUrl,
        clientId,
        clientSecret,
        clientAuthentication: 'client_secret_post',
      }),
      { fetch },
    );
    return {
      ...onFetch(baseURL, createBearerFetch(source, { fetch }), {
        lookUp: () => source.getToken(),
      }),
      close: () => source.close(),
    };
  },
  createBare: ({ baseURL, wire }, token) => bareFetch(baseURL, fetchOf(wire), token),
};
