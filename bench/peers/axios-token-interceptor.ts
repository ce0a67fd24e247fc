// @ts-expect-error -- it ships no types
import untyped from 'axios-token-interceptor';

import { axiosInstanceFor, bareAxios, onAxios } from './on-axios.js';
import type { Peer } from './peer.js';
import { tokenCallOf, type TokenAnswer } from './token-call.js';

interface TokenProvider {
  (options: {
    getToken: () => Promise<TokenAnswer>;
    headerFormatter: (body: TokenAnswer) => string;
  }): <T>(config: T) => Promise<T>;
  tokenCache(
    getToken: () => Promise<TokenAnswer>,
    options: { getMaxAge: (body: TokenAnswer) => number },
  ): () => Promise<TokenAnswer>;
}

const tokenProvider = untyped as TokenProvider;

export const axiosTokenInterceptor: Peer = {
  id: 'axios-token-interceptor',
  name: 'axios-token-interceptor',
  packages: ['axios-token-interceptor'],
  entry: 'axios-token-interceptor',
  use: '`tokenCache` with `getMaxAge`, as under [Caching](https://github.com/sandrinodimattia/axios-token-interceptor#caching) in its README. It has nothing for a 401.',
  transport: 'axios',
  create(setup) {
    const cache = tokenProvider.tokenCache(tokenCallOf(setup), {
      getMaxAge: (body) => body.expires_in * 1000,
    });
    const instance = axiosInstanceFor(setup);
    instance.interceptors.request.use(
      tokenProvider({
        getToken: cache,
        headerFormatter: (body) => `Bearer ${body.access_token}`,
      }),
    );
    return onAxios(instance, { lookUp: cache });
  },
  createBare: bareAxios,
};
