/*
 * The extra cost of a request with a fresh token over bare axios with a fixed header, measured on the sources alone.
 * `npm run bench` measures the built package beside its peers.
 *
 *   npm run bench:warm-path
 *
 * Nothing is sent: an adapter without I/O answers at once. The two clients take turns in short batches inside one
 * process, so that other load on the machine affects both; the figure is the median of the paired differences.
 */
import axios, { type AxiosAdapter, type AxiosInstance } from 'axios';

import { attachBearer, createTokenSource } from '../src/index.js';
import { oauth2ClientCredentials } from '../src/providers/index.js';
import { createFakeTokenEndpoint } from '../src/testing/index.js';
import { inPairs } from './statistics.js';

/** Over in less than a time slice of the scheduler, so that on a busy machine most batches run undisturbed. */
const BATCH = 20;
const PAIRS = 2_500;
const baseURL = 'https://api.example.com';

const answer: AxiosAdapter = (config) =>
  Promise.resolve({ data: '{"ok":true}', status: 200, statusText: 'OK', headers: {}, config });

const source = createTokenSource(
  oauth2ClientCredentials({
    baseURL,
    tokenUrl: `${baseURL}/token`,
    clientId: 'fake-client',
    clientSecret: 'fake-secret',
  }),
  { transport: { adapter: createFakeTokenEndpoint().adapter } },
);

const bare = axios.create({
  baseURL,
  adapter: answer,
  headers: { Authorization: 'Bearer fake-token-1' },
});
const twin = axios.create({
  baseURL,
  adapter: answer,
  headers: { Authorization: 'Bearer fake-token-1' },
});
const ours = axios.create({ baseURL, adapter: answer });
attachBearer(ours, source);
await source.getToken();

const microsecondsPerRequest = (instance: AxiosInstance) => async () => {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < BATCH; i += 1) await instance.get('/things');
  return Number(process.hrtime.bigint() - startedAt) / 1_000 / BATCH;
};

const compare = (instance: AxiosInstance) =>
  inPairs(PAIRS, microsecondsPerRequest(bare), microsecondsPerRequest(instance));

const runs = Number(process.argv[2] ?? 3);
await compare(ours); // Warms the compiler up.
for (let run = 1; run <= runs; run += 1) {
  const control = await compare(twin);
  const { base, added } = await compare(ours);
  console.log(
    `run ${run}: bare axios ${base.toFixed(2)} us, axios-bearer adds ${added.toFixed(2)} us ` +
      `(noise: a second bare client adds ${control.added.toFixed(2)} us)`,
  );
}
