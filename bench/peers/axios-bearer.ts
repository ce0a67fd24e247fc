import { attachBearer, createTokenSource } from 'axios-bearer';
import { oauth2ClientCredentials } from 'axios-bearer/providers';

import { axiosInstanceFor, bareAxios, onAxios } from './on-axios.js';
import type { Peer } from './peer.js';
import { axiosAdapterOf } from './wire.js';

export const axiosBearer: Peer = {
  id: 'axios-bearer',
  name: 'axios-bearer',
  packages: ['axios-bearer'],
  entry: 'axios-bearer',
  use: '`attachBearer(instance, oauth2ClientCredentials({ … }))`, every option at its default.',
  transport: 'axios',
  create(setup) {
    const { baseURL, tokenUrl, clientId, clientSecret, wire } = setup;
    const source = createTokenSource(
      oauth2ClientCredentials({
        baseURL,
        tokenUrl,
        clientId,
        clientSecret,
        clientAuthentication: 'client_secret_post',
      }),
      wire === undefined ? {} : { transport: axiosAdapterOf(wire) },
    );
    const instance = axiosInstanceFor(setup);
    attachBearer(instance, source);
    return onAxios(instance, { lookUp: () => source.peek(), close: () => source.close() });
  },
  createBare: bareAxios,
};
