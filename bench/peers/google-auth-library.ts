import { gaxios, OAuth2Client } from 'google-auth-library';

import type { Peer, PeerClient, PeerRequest, PeerSetup } from './peer.js';
import { agent } from './sockets.js';
import { tokenCallOf } from './token-call.js';
import { fetchOf } from './wire.js';

/** The library's default; a token that does not live that long cannot be renewed that early. */
const EAGER_MS = 5 * 60_000;

type GaxiosOptions = gaxios.GaxiosOptions;
type Send = (options: GaxiosOptions) => Promise<{ status: number; data: unknown }>;

function transportOf({ wire }: PeerSetup): GaxiosOptions {
  return {
    ...(wire === undefined
      ? { agent: () => agent }
      : {
          fetchImplementation: fetchOf(wire),
        }),
  };
}

function clientOn({ baseURL }: PeerSetup, send: Send, lookUp?: () => unknown): PeerClient {
  return {
    // It joins as `new URL(path, base)` does, which drops the path of the base.
    get: (path) => send({ url: baseURL + path }),
    async send(request) {
      const { status, data } = await send(optionsOf(request, baseURL));
      return { status, data };
    },
    ...(lookUp === undefined ? {} : { lookUp }),
  };
}

function optionsOf(request: PeerRequest, baseURL: string): GaxiosOptions {
  const { url, method, data, headers, signal, timeoutMs, anyStatus } = request;
  return {
    url: url.startsWith('http') ? url : baseURL + url,
    method: method ?? 'GET',
    ...(data === undefined ? {} : { data }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(anyStatus === true ? { validateStatus: () => true } : {}),
  };
}

export const googleAuthLibrary: Peer = {
  id: 'google-auth-library',
  name: 'google-auth-library',
  packages: ['google-auth-library'],
  entry: 'google-auth-library',
  use: '`OAuth2Client` with a `refreshHandler`, its [way for tokens of another server](https://github.com/googleapis/google-auth-library-nodejs#using-downscoped-client), and `forceRefreshOnFailure`, without which it heals no 401.',
  transport: 'gaxios',
  lacks: ['interceptors', 'transformRequest'],
  create(setup) {
    const requestToken = tokenCallOf(setup);
    const client = new OAuth2Client({
      forceRefreshOnFailure: true,
      eagerRefreshThresholdMillis: Math.min(EAGER_MS, (setup.lifeSeconds ?? 3600) * 100),
      transporterOptions: transportOf(setup),
    });
    client.refreshHandler = async () => {
      const { access_token, expires_in } = await requestToken();
      return { access_token, expiry_date: Date.now() + expires_in * 1000 };
    };
    return clientOn(
      setup,
      (options) => client.request(options),
      () => client.getAccessToken(),
    );
  },
  createBare(setup, token) {
    const transporter = new gaxios.Gaxios(transportOf(setup));
    return clientOn(setup, (options) =>
      transporter.request({
        ...options,
        headers: { ...(options.headers as object), authorization: `Bearer ${token}` },
      }),
    );
  },
};
