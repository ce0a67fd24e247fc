import type { AxiosError, InternalAxiosRequestConfig } from 'axios';

import { axiosInstanceFor, bareAxios, onAxios } from './on-axios.js';
import type { Peer } from './peer.js';
import { tokenCallOf } from './token-call.js';

type RetriedConfig = InternalAxiosRequestConfig & { _retry?: boolean };

interface Waiting {
  resolve(token: string): void;
  reject(error: unknown): void;
}

export const failedQueue: Peer = {
  id: 'failed-queue',
  name: 'the "isRefreshing + failedQueue" pattern',
  packages: [],
  use: 'The pattern that forums hand on, after [its best-known form](https://github.com/Godofbrowser/axios-refresh-multiple-request); the token is stored, and attached by an interceptor.',
  transport: 'axios',
  create(setup) {
    const instance = axiosInstanceFor(setup);
    const requestToken = tokenCallOf(setup);
    let stored: string | undefined;
    let isRefreshing = false;
    let waiting: Waiting[] = [];

    const processQueue = (error: unknown, token?: string) => {
      for (const one of waiting) {
        if (token === undefined) one.reject(error);
        else one.resolve(token);
      }
      waiting = [];
    };

    instance.interceptors.request.use((config) => {
      if (stored !== undefined) config.headers['Authorization'] = `Bearer ${stored}`;
      return config;
    });
    instance.interceptors.response.use(
      (response) => response,
      (error: AxiosError) => {
        const original = error.config as RetriedConfig | undefined;
        if (original === undefined || error.response?.status !== 401 || original._retry === true)
          return Promise.reject(error);
        if (isRefreshing) {
          return new Promise<string>((resolve, reject) => {
            waiting.push({ resolve, reject });
          }).then((token) => {
            original.headers['Authorization'] = `Bearer ${token}`;
            return instance(original);
          });
        }
        original._retry = true;
        isRefreshing = true;
        return new Promise((resolve, reject) => {
          requestToken()
            .then(({ access_token }) => {
              stored = access_token;
              original.headers['Authorization'] = `Bearer ${access_token}`;
              processQueue(null, access_token);
              resolve(instance(original));
            })
            .catch((failure: unknown) => {
              processQueue(failure);
              // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the pattern has it
              reject(failure);
            })
            .finally(() => {
              isRefreshing = false;
            });
        });
      },
    );
    return onAxios(instance, { lookUp: () => stored });
  },
  createBare: bareAxios,
};
