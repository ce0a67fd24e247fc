import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';

import type { PeerClient, PeerSetup } from './peer.js';
import { agent } from './sockets.js';
import { axiosAdapterOf } from './wire.js';

/** Every instance that a peer on axios starts from. */
export function axiosInstanceFor(
  { baseURL, wire }: PeerSetup,
  defaults: CreateAxiosDefaults = {},
): AxiosInstance {
  return axios.create({ baseURL, httpAgent: agent, ...axiosAdapterOf(wire), ...defaults });
}

export interface AxiosPeerClient extends PeerClient {
  readonly axios: AxiosInstance;
}

export function onAxios(
  instance: AxiosInstance,
  more: Pick<PeerClient, 'lookUp' | 'close'> = {},
): AxiosPeerClient {
  return {
    axios: instance,
    get: (path) => instance.get(path),
    send: ({ url, method = 'GET', data, headers, signal, timeoutMs, anyStatus }) =>
      instance.request({
        url,
        method,
        ...(data === undefined ? {} : { data }),
        ...(headers === undefined ? {} : { headers: { ...headers } }),
        ...(signal === undefined ? {} : { signal }),
        ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
        ...(anyStatus === true ? { validateStatus: () => true } : {}),
      }),
    ...more,
  };
}

export function bareAxios(setup: PeerSetup, token: string): AxiosPeerClient {
  return onAxios(axiosInstanceFor(setup, { headers: { Authorization: `Bearer ${token}` } }));
}
