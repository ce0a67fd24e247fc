import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Span, TracerProvider } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import axios, { type AxiosAdapter } from 'axios';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';

import { attachBearer } from '../../src/index.js';
import { createOpenTelemetry } from '../../src/opentelemetry/index.js';
import { createSeededRandom, type FakeTokenCall } from '../../src/testing/index.js';
import { answer } from '../axios/support.js';
import { bench, ended, EVENT_NAMES } from './hand-held.js';

const CLIENT_ID = 'canary-id-5d1f';
const CLIENT_SECRET = 'canary+secret/8c2e';
const TOKEN = 'canary-token-';
const VAULT_TOKEN = 'canary-vault-0b7a';
const CHANNELS = EVENT_NAMES.map((name) => `axios-bearer:${name}`);

/** What stands in a print-out where the vault's error itself was met. */
const THE_VAULTS_ERROR = '<what the vault threw>';

/** As a vault's client throws it, with its own token in it. Prints as a mark, so that what was copied out of it stands out. */
class VaultError extends Error {
  readonly config = { headers: { 'X-Vault-Token': VAULT_TOKEN } };

  constructor() {
    super(`403 permission denied for ${VAULT_TOKEN}`);
  }

  [inspect.custom](): string {
    return THE_VAULTS_ERROR;
  }

  toJSON(): string {
    return THE_VAULTS_ERROR;
  }
}

/** Everything that came out anywhere, as text. */
const emitted: string[] = [];

/** Writes a value down in every way in which it may get into a log. */
function emit(value: unknown): void {
  emitted.push(inspect(value, { depth: 20, showHidden: true }));
  emitted.push(JSON.stringify(value));
  emitted.push(String(value));
  if (value instanceof Error) {
    emitted.push(value.stack ?? '', value.message);
    if (value.cause !== undefined && !(value.cause instanceof VaultError)) emit(value.cause);
  }
}

/** Everything that went over a diagnostics channel. */
const published: { readonly name: string; readonly message: any }[] = [];
const onDiagnostics = (message: unknown, channel: string | symbol) => {
  published.push({ name: String(channel).replace('axios-bearer:', ''), message });
  emit(message);
};

beforeEach(() => {
  emitted.length = 0;
  published.length = 0;
  for (const name of CHANNELS) subscribe(name, onDiagnostics);
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      emitted.push(String(text));
      return true;
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(console, method).mockImplementation((...values: unknown[]) => emit(values));
  }
});
afterEach(() => {
  for (const name of CHANNELS) unsubscribe(name, onDiagnostics);
  jest.restoreAllMocks();
});

/** Each kind of trouble; some answers quote the request, as real servers do. */
const SENDS = ['first-send', 'replay', 'only-send'] as const;
const TROUBLE: readonly ((call: FakeTokenCall) => void)[] = [
  (call) => call.answer(500, call.body),
  (call) => call.answer(503, '', { 'retry-after': '1', 'x-debug': call.body }),
  (call) => call.answer(401, { error: 'invalid_client', error_description: call.body }),
  (call) =>
    call.answer(400, {
      error: 'invalid_request',
      error_description: `id ${CLIENT_ID} with ${encodeURIComponent(CLIENT_SECRET)}`,
      error_uri: `https://docs.acme.test/?secret=${CLIENT_SECRET}`,
    }),
  (call) => call.answer(200, `<html>${TOKEN}html ${call.body}</html>`),
  (call) => call.answer(200, { access_token: `${TOKEN}with space ` }),
  (call) => call.answer(200, { token: `${TOKEN}elsewhere` }),
  (call) => call.cut('ECONNRESET'),
  (call) => call.cut('ECONNREFUSED'),
  () => undefined,
];

test('behaviour 45: in a long faulty run nothing that is emitted, logged, inspected or serialised shows a token, a secret or a client id', async () => {
  const random = createSeededRandom(20261128);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const { source, endpoint, clock, pass, events } = bench({
    random,
    maxStaleMs: 5_000,
    keepWarm: true,
    provider: {
      credentials: () => {
        if (random() < 0.05) throw new VaultError();
        return { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
      },
    },
  });
  /** Every two minutes the API rejects many tokens, is content with all, and then the token endpoint is out for longer than a token lives. */
  const second = () => (clock.monotonic() % 120_000) / 1_000;
  const isOut = () => second() > 80;
  const is401 = (share: number) => second() < 40 && random() < share;
  const api: AxiosAdapter = (config) => answer(config, is401(0.3) ? 401 : 200);
  const http = axios.create({ baseURL: source.provider.baseURL, adapter: api });
  attachBearer(http, source);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const tracerProvider: TracerProvider = {
    getTracer: () => ({
      startSpan(name, options) {
        emit([name, options]);
        const span: Partial<Span> = { setStatus: () => span as Span, end: () => undefined };
        return span as Span;
      },
      startActiveSpan: () => undefined as never,
    }),
  };
  createOpenTelemetry(source, {
    meterProvider: new MeterProvider({ readers: [reader] }),
    tracerProvider,
  });

  let served = 0;
  let failed = 0;
  let answered = 0;
  endpoint.onCall = (call, count) =>
    !isOut() && random() < 0.6
      ? call.issue(`${TOKEN}${count}`, { expires_in: 20 })
      : pick(TROUBLE)(call);
  for (let request = 0; request < 4_000; request += 1) {
    const params = random() < 0.2 ? { scope: pick(['a', 'b']) } : undefined;
    const caller = source.getToken({ params, timeoutMs: random() < 0.1 ? 50 : undefined }).then(
      (token) => {
        served += 1;
        if (served % 20 === 0) emit(token);
        if (is401(0.3)) emit(source.reject(token.value, { params, on: pick(SENDS) }));
        if (random() < 0.1) source.replayed({ accepted: random() < 0.5, params });
      },
      (error: unknown) => {
        failed += 1;
        emit(error);
      },
    );
    if (random() < 0.2) {
      const requestOptions = random() < 0.2 ? { bearer: { replay: false } } : {};
      void http.get('/things', requestOptions).then(() => (answered += 1), emit);
    }
    await pass(random() < 0.05 ? 3_000 : 20);
    // A token that is in hand when the endpoint goes out is served past its expiry.
    if (random() < 0.02 && !isOut()) source.clear();
    if (request % 500 === 0) emit(source);
    void caller;
  }
  await reader.forceFlush();
  emit(exporter.getMetrics());
  emit(events);
  emit(source);
  emit(source.provider);
  source.close();
  emit(await ended(source.getToken()));
  await pass(0);
  await reader.shutdown();

  expect(served).toBeGreaterThan(500);
  expect(failed).toBeGreaterThan(100);
  expect(clock.pendingTimers).toBe(0);
  expect(answered).toBeGreaterThan(100);
  const ofTheStore = ['storeFailed', 'storeRecovered', 'leaseAwaited'];
  for (const seen of [events.map(({ name }) => name), published.map(({ name }) => name)])
    expect(new Set(seen)).toEqual(
      new Set(EVENT_NAMES.filter((name) => !ofTheStore.includes(name))),
    );
  expect(emitted.length).toBeGreaterThan(5_000);
  const all = emitted.join('\n');
  const encodings = [CLIENT_ID, CLIENT_SECRET, TOKEN, VAULT_TOKEN].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  const shown = encodings.flatMap((secret) => {
    const at = all.indexOf(secret);
    return at === -1 ? [] : [all.slice(Math.max(0, at - 200), at + 60)];
  });
  expect(shown).toEqual([]);

  // The one exception, as promised: what the vault threw is the cause, as it came, and nowhere else.
  const vaults = published.filter(({ message }) => message.error?.cause instanceof VaultError);
  expect(new Set(vaults.map(({ name }) => name))).toEqual(new Set(['refreshFailed']));
  expect(vaults[0]!.message.error).toMatchObject({
    code: 'ERR_CREDENTIALS_UNAVAILABLE',
    cause: { message: expect.stringContaining(VAULT_TOKEN) },
  });
  const places = all.split(THE_VAULTS_ERROR).slice(0, -1);
  expect(places.filter((before) => !before.endsWith('[cause]: '))).toEqual([]);
  expect(places).not.toHaveLength(0);
});
