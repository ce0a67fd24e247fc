import ky from 'ky';

import { bareFetch, onFetch } from './on-fetch.js';
import type { Peer } from './peer.js';
import { tokenCallOf } from './token-call.js';
import { fetchOf } from './wire.js';

export const kyPeer: Peer = {
  id: 'ky',
  name: 'ky, as its README shows',
  packages: ['ky'],
  entry: 'ky',
  use: '`afterResponse` with `ky.retry` and a fresh token on a 401, and `beforeRequest` that attaches the stored one, both under [Hooks](https://github.com/sindresorhus/ky#hooks) in its README. Single flight and early renewal are left to the user.',
  transport: 'fetch',
  lacks: ['interceptors', 'form-data package', 'transformRequest'],
  create(setup) {
    const requestToken = tokenCallOf(setup);
    let stored: string | undefined;
    const api = ky.create({
      fetch: fetchOf(setup.wire),
      throwHttpErrors: false, // As with fetch, the user checks the status.
      hooks: {
        beforeRequest: [
          (request, _options, { retryCount }) => {
            if (retryCount === 0 && stored !== undefined)
              request.headers.set('Authorization', `Bearer ${stored}`);
          },
        ],
        afterResponse: [
          async (request, _options, response, { retryCount }) => {
            if (response.status !== 401 || retryCount > 0) return undefined;
            const { access_token } = await requestToken();
            stored = access_token;
            const headers = new Headers(request.headers);
            headers.set('Authorization', `Bearer ${access_token}`);
            return ky.retry({
              request: new Request(request, { headers }),
              delay: 0, // In its favour: otherwise it waits 0.3 s.
              code: 'TOKEN_REFRESHED',
            });
          },
        ],
      },
    });
    return onFetch(setup.baseURL, (url, init) => api(url, init), { lookUp: () => stored });
  },
  createBare: ({ baseURL, wire }, token) => bareFetch(baseURL, fetchOf(wire), token),
};
