import { createAuthRefresh } from 'axios-auth-refresh';
import pMemoize from 'p-memoize';

import { axiosInstanceFor, bareAxios, onAxios } from './on-axios.js';
import type { Peer } from './peer.js';
import { tokenCallOf } from './token-call.js';

interface FailedRequest {
  readonly response: { readonly config: { readonly headers: Record<string, unknown> } };
}

export const axiosAuthRefreshAtItsBest: Peer = {
  id: 'axios-auth-refresh-at-its-best',
  name: 'axios-auth-refresh, at its best',
  packages: ['axios-auth-refresh', 'p-memoize'],
  entry: 'axios-auth-refresh',
  use: '`deduplicateRefresh: false`, so that no 401 passes while another is being healed ([its README](https://github.com/Flyrell/axios-auth-refresh#deduplicate-refresh-calls)), with p-memoize as single flight and a token that is fetched before the first request and renewed when its life is over.',
  transport: 'axios',
  create(setup) {
    const instance = axiosInstanceFor(setup);
    const requestToken = tokenCallOf(setup);
    let stored: { readonly value: string; readonly expiresAt: number } | undefined;
    const acquire = pMemoize(
      async () => {
        const { access_token, expires_in } = await requestToken();
        stored = { value: access_token, expiresAt: Date.now() + expires_in * 1000 };
        return access_token;
      },
      { cache: false },
    );
    const inHand = () =>
      stored !== undefined && stored.expiresAt > Date.now() ? stored.value : undefined;
    instance.interceptors.request.use(async (request) => {
      request.headers['Authorization'] = `Bearer ${inHand() ?? (await acquire())}`;
      return request;
    });
    createAuthRefresh(
      instance,
      async (failed: FailedRequest) => {
        failed.response.config.headers['Authorization'] = `Bearer ${await acquire()}`;
      },
      { deduplicateRefresh: false },
    );
    return onAxios(instance, { lookUp: inHand });
  },
  createBare: bareAxios,
};
