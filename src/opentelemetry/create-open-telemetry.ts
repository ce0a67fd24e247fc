import {
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Meter,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';

import { checkOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { flag, having, type Rules } from '../errors/option-rules.js';
import type { TokenSourceEventName, TokenSourceEvents } from '../token-source/events.js';
import type { TokenSource } from '../token-source/token-source.js';

/** Options of {@link createOpenTelemetry}. */
export interface OpenTelemetryOptions {
  /** Where metrics go. @defaultValue the global meter provider */
  readonly meterProvider?: MeterProvider | undefined;
  /** Where spans go. @defaultValue the global tracer provider */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Whether each token call becomes a span. Turn it off if your HTTP client is instrumented already.
   * @defaultValue true
   */
  readonly spans?: boolean | undefined;
}

/** A running measurement. */
export interface OpenTelemetryHandle {
  /** Stops measuring. Safe to call twice. */
  detach(): void;
}

const RULES: Rules<keyof OpenTelemetryOptions> = {
  meterProvider: having('getMeter'),
  tracerProvider: having('getTracer'),
  spans: flag,
};

type Events = TokenSourceEvents;
type Recorders = {
  readonly [Name in TokenSourceEventName]?: (event: Events[Name]) => void;
};

const SCOPE = 'axios-bearer';

/** In seconds, as the semantic conventions specify for HTTP request durations. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/**
 * Measures a token source with OpenTelemetry: a client span for each token call, a histogram of their duration, counters for
 * refreshes, rejections and replays, and a gauge of the time to expiry.
 *
 * Attributes follow the semantic conventions for HTTP clients, without `url.full`, because some providers have an account id
 * in the path. They hold no token, secret or client id. Call it after registering the OpenTelemetry SDK: global metrics
 * ignore one that is registered later.
 *
 * @throws MisconfigurationError for something that is not a token source, or an option that is unknown or unusable
 * @see https://opentelemetry.io/docs/specs/semconv/http/
 */
export function createOpenTelemetry(
  source: TokenSource,
  options: OpenTelemetryOptions = {},
): OpenTelemetryHandle {
  refuseNonSource(source);
  checkOptions(options, RULES, { of: 'createOpenTelemetry', path: 'options.' });
  const { meterProvider = metrics, tracerProvider = trace } = options;
  const meter = meterProvider.getMeter(SCOPE);
  const tracer = options.spans === false ? undefined : tracerProvider.getTracer(SCOPE);
  const provider = { 'axios_bearer.provider': source.provider.name };

  const recorders = recordersFor(meter, tracer);
  const ends = (Object.keys(recorders) as TokenSourceEventName[]).map((name) =>
    source.on(name, recorders[name] as (event: Events[typeof name]) => void),
  );

  const timeToExpiry = meter.createObservableGauge('axios_bearer.token.time_to_expiry', {
    description: 'Time until the current token expires.',
    unit: 's',
  });
  const observe = (result: { observe(value: number, attributes?: Attributes): void }) => {
    const ms = source.timeToExpiryMs();
    if (ms !== undefined) result.observe(ms / 1000, provider);
  };
  timeToExpiry.addCallback(observe);

  return {
    detach() {
      for (const end of ends) end();
      timeToExpiry.removeCallback(observe);
    },
  };
}

function refuseNonSource(source: TokenSource): void {
  if (typeof (source as Partial<TokenSource> | null | undefined)?.on === 'function') return;
  throw new MisconfigurationError({
    option: 'source',
    problem: 'is not a token source',
    remedy: 'Pass what createTokenSource() returns; for a client, bearerOf(client).source.',
  });
}

function recordersFor(meter: Meter, tracer: Tracer | undefined): Recorders {
  const counter = (name: string, description: string) => {
    const instrument = meter.createCounter(`axios_bearer.${name}`, { description });
    return (attributes: Attributes) => instrument.add(1, attributes);
  };
  const duration = meter.createHistogram('axios_bearer.token_call.duration', {
    description: 'Duration of token endpoint calls.',
    unit: 's',
    advice: { explicitBucketBoundaries: DURATION_BUCKETS },
  });
  const refreshes = counter('refreshes', 'Refreshes that ended, by reason and outcome.');
  const joiners = counter('joiners', 'Callers that joined a running refresh.');
  const rejections = counter('rejections', 'Tokens that the resource server rejected.');
  const replays = counter('replays', 'Requests sent again with a new token.');
  const refusals = counter('replay_refusals', 'Rejected requests that were not sent again.');
  const coolDowns = counter('cool_downs', 'Times that a cool-down of the token endpoint started.');
  const forcedMintsSpent = counter(
    'forced_mints.spent',
    'Times that 401s had used up the budget of forced token calls.',
  );
  const staleServes = counter('stale_serves', 'Expired tokens that were served.');
  const storeFailures = counter('store_failures', 'Failures of the shared store.');
  const storeRecoveries = counter('store_recoveries', 'Outages of the shared store that ended.');
  const leaseWaits = counter('lease_waits', 'Waits for a refresh by another process.');

  return {
    tokenCalled(event) {
      duration.record(event.tookMs / 1000, httpAttributes(event));
      if (tracer !== undefined) recordSpan(tracer, event);
    },
    refreshed: ({ provider, reason, from }) =>
      refreshes({ ...common(provider, reason), 'axios_bearer.token.from': from }),
    refreshFailed: ({ provider, reason, error }) =>
      refreshes({ ...common(provider, reason), 'error.type': error.code }),
    joined: ({ provider, reason }) => joiners(common(provider, reason)),
    rejected: ({ provider, consequence }) =>
      rejections({ ...common(provider), 'axios_bearer.rejection.consequence': consequence }),
    replayed: ({ provider, accepted }) =>
      replays({ ...common(provider), 'axios_bearer.replay.accepted': accepted }),
    replayRefused: ({ provider, because }) =>
      refusals({ ...common(provider), 'axios_bearer.replay.refused_because': because }),
    coolDownStarted: ({ provider, cause }) =>
      coolDowns({ ...common(provider), 'axios_bearer.cool_down.cause': cause }),
    forcedMintsSpent: ({ provider }) => forcedMintsSpent(common(provider)),
    servedStale: ({ provider }) => staleServes(common(provider)),
    storeFailed: ({ provider }) => storeFailures(common(provider)),
    storeRecovered: ({ provider }) => storeRecoveries(common(provider)),
    leaseAwaited: ({ provider, outcome }) =>
      leaseWaits({ ...common(provider), 'axios_bearer.lease.outcome': outcome }),
  };
}

function common(provider: string, reason?: string): Attributes {
  return {
    'axios_bearer.provider': provider,
    ...(reason === undefined ? {} : { 'axios_bearer.refresh.reason': reason }),
  };
}

/** Without `url.full`, which the conventions require, because some providers have an account id in the path. */
function httpAttributes(event: Events['tokenCalled']): Attributes {
  return {
    ...common(event.provider, event.reason),
    ...(event.method === undefined
      ? {}
      : {
          'http.request.method': event.method,
          'server.address': event.serverAddress,
          'server.port': event.serverPort,
        }),
    ...(event.status === undefined ? {} : { 'http.response.status_code': event.status }),
    ...(event.errorType === undefined ? {} : { 'error.type': event.errorType }),
  };
}

/** Whether no caller waits for the refresh. The request that started it may be long over, so its span is not a parent. */
function isInBackground({ reason }: Events['tokenCalled']): boolean {
  return reason === 'early' || reason === 'revalidate';
}

/** The event comes after the call, so the span is recorded with a past start time. */
function recordSpan(tracer: Tracer, event: Events['tokenCalled']): void {
  const endTime = Date.now();
  const span = tracer.startSpan(event.method ?? 'acquireToken', {
    kind: event.method === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT,
    root: isInBackground(event),
    startTime: endTime - event.tookMs,
    attributes: {
      ...httpAttributes(event),
      ...(event.attempt > 1 ? { 'http.request.resend_count': event.attempt - 1 } : {}),
    },
  });
  if (event.errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endTime);
}
