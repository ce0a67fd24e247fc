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

import type { TokenSourceEventName, TokenSourceEvents } from '../token-source/events.js';
import type { TokenSource } from '../token-source/token-source.js';

/** Settings of {@link createOpenTelemetry}. */
export interface OpenTelemetryOptions {
  /** Where metrics go. @defaultValue the global one */
  readonly meterProvider?: MeterProvider | undefined;
  /** Where spans go. @defaultValue the global one */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Whether each token call becomes a span. Switch it off where an instrumentation of your HTTP client makes them already.
   * @defaultValue true
   */
  readonly spans?: boolean | undefined;
}

/** A running measurement. */
export interface OpenTelemetryHandle {
  /** Stops measuring. May be called twice. */
  detach(): void;
}

type Events = TokenSourceEvents;
type Recorders = {
  readonly [Name in TokenSourceEventName]?: (event: Events[Name]) => void;
};

const SCOPE = 'axios-bearer';

/** The buckets that the semantic conventions give for the duration of HTTP requests, in seconds. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/**
 * Measures a token source with OpenTelemetry: a client span for each token call, a histogram of how long they take,
 * counters for what happens to tokens and callers, and the time to expiry.
 *
 * Attributes follow the semantic conventions for HTTP clients, but for `url.full`, which is left out: some providers have an
 * account's id in the path. No token, secret or client id is among them. Call it after the OpenTelemetry SDK has been
 * registered: global metrics do not find one that comes later.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/
 */
export function createOpenTelemetry(
  source: TokenSource,
  options: OpenTelemetryOptions = {},
): OpenTelemetryHandle {
  const { meterProvider = metrics, tracerProvider = trace } = options;
  const meter = meterProvider.getMeter(SCOPE);
  const tracer = options.spans === false ? undefined : tracerProvider.getTracer(SCOPE);
  const provider = { 'axios_bearer.provider': source.provider.name };

  const recorders = recordersFor(meter, tracer);
  const ends = (Object.keys(recorders) as TokenSourceEventName[]).map((name) =>
    source.on(name, recorders[name] as (event: Events[typeof name]) => void),
  );

  const timeToExpiry = meter.createObservableGauge('axios_bearer.token.time_to_expiry', {
    description: 'Time until the token in hand expires.',
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

function recordersFor(meter: Meter, tracer: Tracer | undefined): Recorders {
  const counter = (name: string, description: string) => {
    const instrument = meter.createCounter(`axios_bearer.${name}`, { description });
    return (attributes: Attributes) => instrument.add(1, attributes);
  };
  const duration = meter.createHistogram('axios_bearer.token_call.duration', {
    description: 'Duration of the calls of the token endpoint.',
    unit: 's',
    advice: { explicitBucketBoundaries: DURATION_BUCKETS },
  });
  const refreshes = counter('refreshes', 'Refreshes that ended, by reason and outcome.');
  const joiners = counter('joiners', 'Callers that joined a refresh under way.');
  const rejections = counter('rejections', 'Tokens that the resource server rejected.');
  const replays = counter('replays', 'Requests sent once more with another token.');
  const refusals = counter('replay_refusals', 'Rejected requests that were not sent once more.');
  const coolDowns = counter('cool_downs', 'Times that the token endpoint was left alone.');
  const forcedMintsSpent = counter(
    'forced_mints.spent',
    'Times that 401s had forced as many token calls as they may.',
  );
  const staleServes = counter('stale_serves', 'Expired tokens that were served.');
  const storeFailures = counter('store_failures', 'Failures of the shared store.');
  const storeRecoveries = counter('store_recoveries', 'Outages of the shared store that ended.');
  const leaseWaits = counter('lease_waits', 'Waits for another process that refreshes.');

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

/** `url.full` is left out although the conventions ask for it: some providers have an account's id in the path. */
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

/** A refresh that no caller waits for when it starts: the request that happened to start it may be long over. */
function isInBackground({ reason }: Events['tokenCalled']): boolean {
  return reason === 'early' || reason === 'revalidate';
}

/** The call has ended when we hear of it, so its span is written in arrears. */
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
