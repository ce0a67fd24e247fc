/*
 * What a request costs more with a fresh token in hand than with bare axios and a fixed header.
 *
 *   npm run bench:warm-path
 *
 * Nothing is sent: an adapter without I/O answers at once. The two clients take turns in short batches inside one
 * process, so that whatever else the machine does falls on both; the figure is the median of the paired differences.
 */
import axios, { type AxiosAdapter, type AxiosInstance } from 'axios';

import { attachBearer, createTokenSource } from '../src/index.js';
import { oauth2ClientCredentials } from '../src/providers/index.js';

const BATCH = 100;
const PAIRS = 500;
const baseURL = 'https://api.example.com';

const answer: AxiosAdapter = (config) =>
  Promise.resolve({ data: '{"ok":true}', status: 200, statusText: 'OK', headers: {}, config });

const tokenEndpoint: AxiosAdapter = (config) =>
  Promise.resolve({
    data: JSON.stringify({ access_token: 'fake-token', expires_in: 3600 }),
    status: 200,
    statusText: 'OK',
    headers: {},
    config,
  });

const source = createTokenSource(
  oauth2ClientCredentials({
    baseURL,
    tokenUrl: `${baseURL}/token`,
    clientId: 'fake-client',
    clientSecret: 'fake-secret',
  }),
  { transport: { adapter: tokenEndpoint } },
);

const bare = axios.create({
  baseURL,
  adapter: answer,
  headers: { Authorization: 'Bearer fake-token' },
});
const twin = axios.create({
  baseURL,
  adapter: answer,
  headers: { Authorization: 'Bearer fake-token' },
});
const ours = axios.create({ baseURL, adapter: answer });
attachBearer(ours, source);
await source.getToken();

async function microsecondsPerRequest(instance: AxiosInstance): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < BATCH; i += 1) await instance.get('/things');
  return Number(process.hrtime.bigint() - startedAt) / 1_000 / BATCH;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Pairs of batches in turn, first one ahead and then the other. */
async function compare(instance: AxiosInstance): Promise<{ bareUs: number; addedUs: number }> {
  const bareUs: number[] = [];
  const addedUs: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const first = pair % 2 === 0 ? bare : instance;
    const a = await microsecondsPerRequest(first);
    const b = await microsecondsPerRequest(first === bare ? instance : bare);
    const [without, withIt] = first === bare ? [a, b] : [b, a];
    bareUs.push(without);
    addedUs.push(withIt - without);
  }
  return { bareUs: median(bareUs), addedUs: median(addedUs) };
}

const runs = Number(process.argv[2] ?? 3);
await compare(ours); // Warms the compiler up.
for (let run = 1; run <= runs; run += 1) {
  const control = await compare(twin);
  const { bareUs, addedUs } = await compare(ours);
  console.log(
    `run ${run}: bare axios ${bareUs.toFixed(2)} us, axios-bearer adds ${addedUs.toFixed(2)} us ` +
      `(noise: a second bare client adds ${control.addedUs.toFixed(2)} us)`,
  );
}
