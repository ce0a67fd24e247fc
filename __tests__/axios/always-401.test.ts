import { expect, test } from '@jest/globals';
import { AxiosError, type AxiosAdapter, type AxiosRequestConfig } from 'axios';
import { Readable } from 'node:stream';

import { createProviderClient } from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeClock, createFakeTokenEndpoint } from '../../src/testing/index.js';

/*
 * A path that always answers 401, asked ten times a second through the real interceptors, in virtual time; and beside each
 * such request one that any token does for. Whatever becomes of the replays, the token endpoint is not asked more often.
 */

const EVERY_MS = 100;
const MINUTES = 2;
const MINT_MS = 50;
const FINE_MS = 10;
const SENT = 'x-sent';

interface Caller {
  /** How long the API takes to answer a first send and a replay. */
  readonly latencyMs: readonly [firstSend: number, replay: number];
  readonly losesReplays?: boolean;
  readonly request?: (abortAfter: (ms: number) => AbortSignal) => AxiosRequestConfig;
}

async function refusedForMinutes({ latencyMs, losesReplays = false, request }: Caller) {
  const clock = createFakeClock();
  const after = (ms: number) => new Promise<void>((resolve) => void clock.schedule(resolve, ms));
  const startedAt = clock.now();
  const endpoint = createFakeTokenEndpoint({ clock });
  endpoint.issueTokensLiving(86_400);
  endpoint.delay(MINT_MS);
  const api: AxiosAdapter = async (config) => {
    if (config.url === '/fine') {
      await after(FINE_MS);
      return { status: 200, statusText: 'OK', data: '', headers: {}, config };
    }
    const isReplay = config.headers.has(SENT);
    config.headers.set(SENT, 'yes'); // The replay is made of the config that comes back.
    const { timeout = 0, signal } = config;
    const fails = (ms: number, code: string) =>
      after(ms).then(() => Promise.reject(new AxiosError(code, code, config)));
    const response = { status: 401, statusText: '', data: '', headers: {}, config };
    await Promise.race([
      isReplay && losesReplays
        ? fails(latencyMs[1], 'ECONNRESET')
        : after(latencyMs[isReplay ? 1 : 0]),
      ...(timeout > 0 ? [fails(timeout, 'ECONNABORTED')] : []),
      new Promise((_, reject) => {
        const canceled = () => reject(new AxiosError('canceled', AxiosError.ERR_CANCELED, config));
        signal?.addEventListener?.('abort', canceled);
      }),
    ]);
    throw new AxiosError('401', AxiosError.ERR_BAD_REQUEST, config, undefined, response);
  };

  const http = createProviderClient(
    oauth2ClientCredentials({
      baseURL: 'https://api.example.com',
      tokenUrl: 'https://api.example.com/token',
      clientId: 'fake-client',
      clientSecret: 'fake-secret',
    }),
    { adapter: api },
    { clock, random: () => 0.5, transport: { adapter: endpoint.adapter } },
  );
  const abortAfter = (ms: number) => {
    const abort = new AbortController();
    clock.schedule(() => abort.abort(), ms);
    return abort.signal;
  };

  let pending = 0;
  let fineFailed = 0;
  const fineMs: number[] = [];
  for (let ms = 0; ms < MINUTES * 60_000; ms += EVERY_MS) {
    pending += 1;
    void http
      .request({ url: '/refused', ...request?.(abortAfter) })
      .catch(() => undefined)
      .then(() => (pending -= 1));
    const askedAt = clock.monotonic();
    void http.get('/fine').then(
      () => fineMs.push(clock.monotonic() - askedAt),
      () => (fineFailed += 1),
    );
    await clock.advanceAsync(EVERY_MS);
  }
  await clock.advanceAsync(20_000);
  const mintedPerMinute = Array.from(
    { length: MINUTES },
    (_, minute) =>
      endpoint.calls.filter(({ at }) => Math.floor((at - startedAt) / 60_000) === minute).length,
  );
  return { mintedPerMinute, fineFailed, longestFineMs: Math.max(...fineMs), pending };
}

test.each<[string, Caller]>([
  ['are answered at once', { latencyMs: [30, 30] }],
  ['are answered slowly', { latencyMs: [100, 1_500] }],
  ['are answered as slowly as everything there', { latencyMs: [1_700, 1_700] }],
  [
    'are given up by the time-out of their callers',
    { latencyMs: [300, 300], request: () => ({ timeout: 500 }) },
  ],
  ['are aborted', { latencyMs: [300, 300], request: (after) => ({ signal: after(500) }) }],
  ['break off', { latencyMs: [50, 50], losesReplays: true }],
  ['are unwanted', { latencyMs: [1_500, 0], request: () => ({ bearer: { replay: false } }) }],
  [
    'are impossible',
    { latencyMs: [50, 0], request: () => ({ method: 'post', data: Readable.from(['once']) }) },
  ],
])(
  'behaviour 30: calls that always answer 401 cost at most 7 tokens in the first minute and 1 in each further, where their replays %s',
  async (_, caller) => {
    const { mintedPerMinute, fineFailed, longestFineMs, pending } = await refusedForMinutes(caller);
    const [first, ...further] = mintedPerMinute;
    expect(first).toBeLessThanOrEqual(7);
    expect(Math.max(...further)).toBeLessThanOrEqual(1);
    expect(fineFailed).toBe(0);
    expect(longestFineMs).toBeLessThanOrEqual(FINE_MS + MINT_MS);
    expect(pending).toBe(0);
  },
);
