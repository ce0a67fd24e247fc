import { createAuthRefresh } from 'axios-auth-refresh';

import { axiosInstanceFor, bareAxios, onAxios } from './on-axios.js';
import type { Peer } from './peer.js';
import { tokenCallOf } from './token-call.js';

/** What the library passes to the user's refresh function. */
interface FailedRequest {
  readonly response: { readonly config: { readonly headers: Record<string, unknown> } };
}

export const axiosAuthRefresh: Peer = {
  id: 'axios-auth-refresh',
  name: 'axios-auth-refresh, as its README shows',
  packages: ['axios-auth-refresh'],
  entry: 'axios-auth-refresh',
  use: '`createAuthRefresh(axios, refreshAuthLogic)` and an interceptor that attaches the stored token, both copied from its [README](https://github.com/Flyrell/axios-auth-refresh#usage).',
  transport: 'axios',
  create(setup) {
    const instance = axiosInstanceFor(setup);
    const requestToken = tokenCallOf(setup);
    // The README keeps it in localStorage.
    let stored: string | null = null;
    instance.interceptors.request.use((request) => {
      request.headers['Authorization'] = `Bearer ${stored}`;
      return request;
    });
    createAuthRefresh(instance, async (failed: FailedRequest) => {
      const { access_token } = await requestToken();
      stored = access_token;
      failed.response.config.headers['Authorization'] = `Bearer ${access_token}`;
    });
    return onAxios(instance, { lookUp: () => stored });
  },
  createBare: bareAxios,
};
