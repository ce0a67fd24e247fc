import { expect, test } from '@jest/globals';
import {
  metrics,
  SpanKind,
  SpanStatusCode,
  type Span,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

import { createOpenTelemetry } from '../../src/opentelemetry/index.js';
import { bench, ended, type Bench } from '../token-source/hand-held.js';

interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind | undefined;
  /** Whether it is asked to be no child of whatever span is active. */
  readonly root: boolean;
  readonly attributes: Record<string, unknown>;
  readonly lastedMs: number;
  readonly failed: boolean;
}

/** A meter and a tracer whose records the test can read. */
function observatory() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const spans: RecordedSpan[] = [];
  const tracerProvider: TracerProvider = {
    getTracer: () => ({
      startSpan(name, options = {}) {
        let failed = false;
        const span: Partial<Span> = {
          setStatus({ code }) {
            failed = code === SpanStatusCode.ERROR;
            return span as Span;
          },
          end(endTime) {
            const lastedMs = Number(endTime) - Number(options.startTime);
            const { kind, root = false } = options;
            const attributes = { ...options.attributes };
            spans.push({ name, kind, root, attributes, lastedMs, failed });
          },
        };
        return span as Span;
      },
      startActiveSpan: () => undefined as never,
    }),
  };
  const metric = async (name: string) => {
    await reader.forceFlush();
    return exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics)
      .find(({ descriptor }) => descriptor.name === `axios_bearer.${name}`);
  };
  return {
    options: { meterProvider, tracerProvider },
    spans,
    unitOf: async (name: string) => (await metric(name))?.descriptor.unit,
    /** Every data point of a metric: its attributes and its value. */
    points: async (name: string) =>
      ((await metric(name))?.dataPoints ?? []).map(({ attributes, value }) => ({
        ...attributes,
        value,
      })),
    end: () => reader.shutdown(),
  };
}

async function observed(
  options?: Parameters<typeof bench>[0],
): Promise<Bench & ReturnType<typeof observatory> & { handle: { detach(): void } }> {
  const sky = observatory();
  const made = bench(options);
  const handle = createOpenTelemetry(made.source, sky.options);
  await Promise.resolve();
  return { ...made, ...sky, handle };
}

test('behaviour 45: counts refreshes by reason and outcome', async () => {
  const { source, endpoint, pass, points, end } = await observed({ maxAttempts: 1 });
  endpoint.onCall = (call, count) =>
    count === 2 ? call.answer(500) : call.issue(`token-${count}`);
  await source.getToken();
  await pass(54 * 60_000);
  await source.getToken();
  await pass(5_000);
  const { value } = await source.getToken();
  await pass(0);
  source.reject(value);
  await pass(0);
  expect(await points('refreshes')).toEqual([
    expect.objectContaining({
      'axios_bearer.provider': 'acme',
      'axios_bearer.refresh.reason': 'cold',
      'axios_bearer.token.from': 'endpoint',
      value: 1,
    }),
    expect.objectContaining({
      'axios_bearer.refresh.reason': 'early',
      'error.type': 'ERR_TOKEN_REQUEST_REFUSED',
      value: 1,
    }),
    expect.objectContaining({ 'axios_bearer.refresh.reason': 'early', value: 1 }),
  ]);
  expect(await points('cool_downs')).toMatchObject([
    { 'axios_bearer.cool_down.cause': 'transient', value: 1 },
  ]);
  await end();
});

test('behaviour 45: counts joiners, rejections, replays, refusals, stale tokens and spent forced mints', async () => {
  const { source, endpoint, settle, points, end } = await observed({ maxStaleMs: 60_000 });
  endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  await Promise.all([source.getToken(), source.getToken(), source.getToken()]);
  source.reject('token-1');
  await source.getToken({ not: 'token-1' });
  source.replayed({ accepted: false });
  source.reject('token-2', { on: 'replay' });
  source.emit('forcedMintsSpent', { delayMs: 60_000 });
  source.emit('replayRefused', { because: 'already-replayed' });
  source.emit('servedStale', {});
  source.emit('storeFailed', { error: new Error('down') as never });
  source.emit('storeRecovered', {});
  source.emit('leaseAwaited', { waitedMs: 5, outcome: 'token' });
  await settle();
  expect(await points('joiners')).toMatchObject([{ value: 2 }]);
  expect(await points('rejections')).toMatchObject([
    { 'axios_bearer.rejection.consequence': 'replay', value: 1 },
    { 'axios_bearer.rejection.consequence': 'already-replayed', value: 1 },
  ]);
  expect(await points('replays')).toMatchObject([{ 'axios_bearer.replay.accepted': false }]);
  expect(await points('replay_refusals')).toMatchObject([
    { 'axios_bearer.replay.refused_because': 'already-replayed', value: 1 },
  ]);
  expect(await points('forced_mints.spent')).toMatchObject([{ value: 1 }]);
  expect(await points('stale_serves')).toMatchObject([{ value: 1 }]);
  expect(await points('store_failures')).toMatchObject([{ value: 1 }]);
  expect(await points('store_recoveries')).toMatchObject([
    { 'axios_bearer.provider': 'acme', value: 1 },
  ]);
  expect(await points('lease_waits')).toMatchObject([{ 'axios_bearer.lease.outcome': 'token' }]);
  await end();
});

test('behaviour 45: measures how long token calls take, in seconds and in the buckets for HTTP clients', async () => {
  const { source, endpoint, pass, points, unitOf, end } = await observed();
  const caller = source.getToken();
  await pass(400);
  endpoint.lastCall.issue('token-1');
  await caller;
  expect(await unitOf('token_call.duration')).toBe('s');
  expect(await points('token_call.duration')).toMatchObject([
    {
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': 'api.acme.test',
      'server.port': 443,
      value: {
        count: 1,
        sum: 0.4,
        buckets: {
          boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        },
      },
    },
  ]);
  await end();
});

test('behaviour 45: makes a client span of each token call: its method, server, status, error and number of resends', async () => {
  const { source, endpoint, pass, spans, end } = await observed({ random: () => 0.5 });
  endpoint.onCall = (call, count) => (count === 1 ? call.answer(503) : call.issue('token-1'));
  const caller = source.getToken();
  await pass(1_000);
  await caller;
  const common = {
    'http.request.method': 'POST',
    'server.address': 'api.acme.test',
    'server.port': 443,
    'axios_bearer.provider': 'acme',
    'axios_bearer.refresh.reason': 'cold',
  };
  expect(spans).toEqual([
    {
      name: 'POST',
      kind: SpanKind.CLIENT,
      root: false,
      lastedMs: 0,
      failed: true,
      attributes: { ...common, 'http.response.status_code': 503, 'error.type': '503' },
    },
    {
      name: 'POST',
      kind: SpanKind.CLIENT,
      root: false,
      lastedMs: 0,
      failed: false,
      attributes: { ...common, 'http.response.status_code': 200, 'http.request.resend_count': 1 },
    },
  ]);
  await end();
});

test.each([
  { reason: 'early', life: 3_600, elapsedMs: 54 * 60_000 },
  { reason: 'revalidate', life: undefined, elapsedMs: 15 * 60_000 },
])(
  'the span of a refresh in the background ($reason) is no child of a request',
  async ({ reason, life, elapsedMs }) => {
    const { source, endpoint, pass, settle, spans, end } = await observed();
    endpoint.onCall = (call, count) => call.issue(`token-${count}`, { expires_in: life });
    await source.getToken();
    await pass(elapsedMs);
    await source.getToken();
    await settle();
    expect(spans).toMatchObject([
      { root: false, attributes: { 'axios_bearer.refresh.reason': 'cold' } },
      { root: true, attributes: { 'axios_bearer.refresh.reason': reason } },
    ]);
    await end();
  },
);

test('the span of a refresh that a caller waits for stays a child of what is active there', async () => {
  const { source, endpoint, pass, spans, end } = await observed();
  endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  await source.getToken();
  await pass(59 * 60_000 + 30_000);
  await source.getToken();
  await pass(3_600_000);
  const { value } = await source.getToken();
  source.reject(value);
  await source.getToken({ not: value });
  expect(
    spans.map(({ root, attributes }) => [attributes['axios_bearer.refresh.reason'], root]),
  ).toEqual([
    ['cold', false],
    ['last', false],
    ['expired', false],
    ['rejected', false],
  ]);
  await end();
});

test('a call that brought no answer has an error type and no status', async () => {
  const { source, endpoint, spans, end } = await observed({ maxAttempts: 1 });
  endpoint.onCall = (call) => call.cut('ECONNREFUSED');
  await ended(source.getToken());
  expect(spans[0]!.attributes).toMatchObject({ 'error.type': 'ECONNREFUSED' });
  expect(spans[0]!.attributes).not.toHaveProperty('http.response.status_code');
  await end();
});

test('spans can be left to an instrumentation of the HTTP client', async () => {
  const { options, spans, points, end } = observatory();
  const { source, endpoint } = bench();
  createOpenTelemetry(source, { ...options, spans: false });
  endpoint.onCall = (call) => call.issue('token-1');
  await source.getToken();
  expect(spans).toEqual([]);
  expect(await points('token_call.duration')).toMatchObject([{ value: { count: 1 } }]);
  await end();
});

test('behaviour 45: shows the time to expiry, by the source’s own clock', async () => {
  const { source, endpoint, pass, points, unitOf, end } = await observed();
  expect(await points('token.time_to_expiry')).toEqual([]);
  endpoint.onCall = (call) => call.issue('token-1');
  await source.getToken();
  await pass(600_000);
  expect(await points('token.time_to_expiry')).toMatchObject([
    { 'axios_bearer.provider': 'acme', value: 3_000 },
  ]);
  expect(await unitOf('token.time_to_expiry')).toBe('s');
  await pass(3_600_000);
  expect(await points('token.time_to_expiry')).toMatchObject([{ value: 0 }]);
  await end();
});

test('detach() ends it all, and may be called twice', async () => {
  const { source, endpoint, spans, points, handle, end } = await observed();
  endpoint.onCall = (call) => call.issue('token-1');
  handle.detach();
  handle.detach();
  await source.getToken();
  expect(spans).toEqual([]);
  expect(await points('refreshes')).toEqual([]);
  expect(await points('token.time_to_expiry')).toEqual([]);
  await end();
});

test('without an SDK it does nothing and harms nothing', async () => {
  const { source, endpoint } = bench();
  createOpenTelemetry(source);
  endpoint.onCall = (call) => call.issue('token-1');
  expect(await ended(source.getToken())).toBe('token-1');
});

test('an SDK that is registered too late gets no metrics', async () => {
  const { options, points, end } = observatory();
  const { source, endpoint } = bench();
  const tooEarly = createOpenTelemetry(source);
  metrics.setGlobalMeterProvider(options.meterProvider);
  endpoint.onCall = (call, count) => call.issue(`token-${count}`);
  await source.getToken();
  expect(await points('refreshes')).toEqual([]);
  tooEarly.detach();
  createOpenTelemetry(source);
  source.clear();
  await source.getToken();
  expect(await points('refreshes')).toMatchObject([{ value: 1 }]);
  metrics.disable();
  await end();
});
