/*
 * Runs in the browser: an app of the user, bundled with the built package. What the tests ask of it hangs on `globalThis.app`.
 */
import { isCancel, type AxiosRequestConfig } from 'axios';

import { createProviderClient } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';

/** What the address of the page says. */
export interface PageOptions {
  readonly adapter: 'xhr' | 'fetch';
  readonly baseURL: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How a request ended: its status and body, or what it failed with. */
export interface Outcome {
  readonly status?: number;
  readonly data?: unknown;
  readonly failure?: string;
  readonly isCancelled?: boolean;
}

export interface App {
  send(config: AxiosRequestConfig): Promise<Outcome>;
  sendMany(count: number, config: AxiosRequestConfig): Promise<Outcome[]>;
  /** Sends two requests at once, and waits for neither. */
  sendTwo(config: AxiosRequestConfig): void;
  abortFirst(): Promise<Outcome>;
  second(): Promise<Outcome>;
}

const { adapter, ...provider } = Object.fromEntries(
  new URLSearchParams(location.search),
) as unknown as PageOptions;
const http = createProviderClient(
  oauth2ClientCredentials({ ...provider, tokenUrl: `${provider.baseURL}/oauth2/token` }),
  { adapter, timeout: 20_000 },
);

function send(config: AxiosRequestConfig): Promise<Outcome> {
  return http.request<unknown>(config).then(
    ({ status, data }) => ({ status, data }),
    (error: unknown) => ({ failure: String(error), isCancelled: isCancel(error) }),
  );
}

const first = new AbortController();
let two: readonly [Promise<Outcome>, Promise<Outcome>];

const app: App = {
  send,
  sendMany: (count, config) => Promise.all(Array.from({ length: count }, () => send(config))),
  sendTwo(config) {
    two = [send({ ...config, signal: first.signal }), send(config)];
  },
  abortFirst() {
    first.abort();
    return two[0];
  },
  second: () => two[1],
};
Object.assign(globalThis, { app });
