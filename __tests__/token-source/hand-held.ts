import type { InternalAxiosRequestConfig } from 'axios';

import {
  defineProvider,
  type ProviderDefinition,
} from '../../src/provider-definition/define-provider.js';
import {
  createFakeClock,
  createFakeTokenEndpoint,
  type FakeClock,
} from '../../src/testing/index.js';
import { AccessToken } from '../../src/token/access-token.js';
import type { RejectionAnswer } from '../../src/token/lifecycle.js';
import type { TokenSourceEventName, TokenSourceEvents } from '../../src/token-source/events.js';
import { createTokenSource, type TokenSourceOptions } from '../../src/axios/create-token-source.js';
import type { TokenSource } from '../../src/token-source/token-source.js';

/** What `onCall` does where the calls wait in `calls` until the test answers them. */
export const leaveWaiting = () => undefined;

export type HandHeldEndpoint = ReturnType<typeof handHeldEndpoint>;

/** A fake token endpoint that answers nothing by itself. */
export function handHeldEndpoint(clock: FakeClock) {
  const endpoint = createFakeTokenEndpoint({ clock });
  endpoint.onCall = leaveWaiting;
  const { adapter } = endpoint;
  const own = Object.assign(endpoint, {
    /** An adapter that never heeds the signal. */
    deaf: false,
    adapter: (config: InternalAxiosRequestConfig) => {
      if (own.deaf) delete config.signal;
      return adapter(config);
    },
  });
  return own;
}

export interface AcmeCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const ACME: AcmeCredentials = {
  clientId: 'acme-client-id',
  clientSecret: 'acme-client-secret',
};

/** A provider by the book: JSON body, RFC 6749 answer. */
export function acme(definition: Partial<ProviderDefinition<AcmeCredentials>> = {}) {
  return defineProvider<AcmeCredentials>({
    name: 'acme',
    baseURL: 'https://api.acme.test',
    credentials: ACME,
    credentialFields: { clientId: {}, clientSecret: { secret: true } },
    paramNames: ['scope', 'audience', 'tenant', 'resource'],
    tokenRequest: (credentials, params) => ({
      url: '/oauth/token',
      body: { json: { ...credentials, ...params } },
    }),
    parseToken: ({ body }) => {
      const { access_token, expires_in, expires_at } = body as Record<string, unknown>;
      return { accessToken: access_token, expiresInSeconds: expires_in, expiresAt: expires_at };
    },
    ...definition,
  });
}

type AnyEvent = {
  [Name in TokenSourceEventName]: { readonly name: Name } & TokenSourceEvents[Name];
}[TokenSourceEventName];

/** A name that is missing here is an error of types. */
const EVENTS: Readonly<Record<TokenSourceEventName, true>> = {
  refreshed: true,
  refreshFailed: true,
  tokenCalled: true,
  coolDownStarted: true,
  coolDownEnded: true,
  forcedMintsSpent: true,
  joined: true,
  rejected: true,
  replayed: true,
  replayRefused: true,
  servedStale: true,
  storeFailed: true,
  storeRecovered: true,
  leaseAwaited: true,
};

/** The names of all events that there are. */
export const EVENT_NAMES = Object.keys(EVENTS) as readonly TokenSourceEventName[];

/** Everything that the source tells, in order. */
export function eventsOf(source: TokenSource): AnyEvent[] {
  const events: AnyEvent[] = [];
  for (const name of EVENT_NAMES)
    source.on(name, (event) => void events.push({ name, ...event } as AnyEvent));
  return events;
}

export interface Bench {
  readonly clock: FakeClock;
  readonly endpoint: HandHeldEndpoint;
  readonly source: TokenSource;
  readonly events: AnyEvent[];
  /** Lets virtual time pass, and everything run that waits on promises. */
  readonly pass: (ms: number) => Promise<void>;
  /** Lets everything run that waits on promises. */
  readonly settle: () => Promise<void>;
  /** The events of that name. */
  readonly told: <Name extends TokenSourceEventName>(
    name: Name,
  ) => Extract<AnyEvent, { name: Name }>[];
}

/** A token source over a hand-held endpoint and a fake clock; jitter is nought unless `random` says otherwise. */
export function bench(
  options: TokenSourceOptions & {
    readonly provider?: Partial<ProviderDefinition<AcmeCredentials>>;
  } = {},
): Bench {
  const { provider, ...rest } = options;
  const clock = createFakeClock();
  const endpoint = handHeldEndpoint(clock);
  const source = createTokenSource(acme(provider), {
    clock,
    random: () => 0,
    transport: { adapter: endpoint.adapter },
    ...rest,
  });
  const events = eventsOf(source);
  return {
    clock,
    endpoint,
    source,
    events,
    pass: (ms) => clock.advanceAsync(ms),
    settle: () => clock.advanceAsync(0),
    told: (name) => events.filter((event) => event.name === name) as never,
  };
}

/** A bench whose source holds a token of that life already. */
export async function warmBench(
  options: Parameters<typeof bench>[0] & { readonly life?: unknown } = {},
): Promise<Bench> {
  const { life, ...rest } = { life: 3600, ...options };
  const warm = bench(rest);
  const first = warm.source.getToken();
  await warm.settle();
  warm.endpoint.lastCall.issue('token-1', { expires_in: life });
  await first;
  return warm;
}

/** The value of a token, or the error that a promise ended with. */
export function ended(promise: Promise<{ value: string }>): Promise<unknown> {
  return promise.then(
    ({ value }) => value,
    (error: unknown) => error,
  );
}

/** The same, or `'pending'` if the promise has not ended. */
export function outcome(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([
    promise.then(
      (result) => (result instanceof AccessToken ? result.value : result),
      (error: unknown) => error,
    ),
    new Promise((resolve) => setImmediate(() => resolve('pending'))),
  ]);
}

/** What gives a forced mint back once the replay is accepted; `undefined` where the 401 forced none. */
export function forcedMintOf(answer: RejectionAnswer): number | undefined {
  return answer.kind === 'replay' ? answer.forcedMint : undefined;
}
