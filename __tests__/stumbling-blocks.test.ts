import { describe, expect, test } from '@jest/globals';
import axios, { type InternalAxiosRequestConfig } from 'axios';

import { createExotelApi, createExotelV4Api } from '../src/apis/exotel/index.js';
import { createTruecallerApi, createTruecallerCallsApi } from '../src/apis/truecaller/index.js';
import {
  bearerOf,
  createProviderClient,
  createTokenSource,
  defineProvider,
  isBearerError,
  MisconfigurationError,
  type TokenAcquisitionError,
} from '../src/index.js';
import { createOpenTelemetry } from '../src/opentelemetry/index.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  udara360,
} from '../src/providers/index.js';
import { createMemoryStore } from '../src/store/index.js';
import {
  createChaosStore,
  createFakeClock,
  createFakeTokenEndpoint,
} from '../src/testing/index.js';

/* What newcomers write, in JavaScript or past the types: each mistake is named, with its remedy. None may be swallowed. */

const baseURL = 'https://api.example';
const client = { clientId: 'fake-id', clientSecret: 'fake-secret' };
const provider = oauth2ClientCredentials({ ...client, baseURL, tokenUrl: `${baseURL}/token` });
const key = { accountSid: 'a', apiKey: 'fake-key', apiToken: 'fake-token' };
const http = axios.create({ baseURL });
const any = (value: unknown) => value as never;

const mistakes: [string, () => unknown, string | RegExp][] = [
  [
    'a provider that was not awaited',
    () => createProviderClient(any(Promise.resolve(provider))),
    'provider is a promise that was not awaited. Pass what a function of axios-bearer/providers, or defineProvider(), returns. A login function is the `acquireToken` of defineProvider().',
  ],
  [
    'axios in place of the provider',
    () => createProviderClient(any(axios), any(provider)),
    /^provider is an axios instance, which attachBearer\(\) takes\. Pass what /,
  ],
  [
    'a function of axios-bearer/providers that was not called',
    () => createTokenSource(any(exotel)),
    /^provider is a function that was not called\. Pass what /,
  ],
  [
    'a login function in place of the provider',
    () => createProviderClient(any(() => Promise.resolve('fake-token'))),
    / A login function is the `acquireToken` of defineProvider\(\)\.$/,
  ],
  [
    'an option of axios among ours',
    () => createProviderClient(provider, {}, any({ timeout: 1_000 })),
    /^oauth2: options\.timeout is not an option of an attachment\. Options of axios go to axios\.create\(\), or into the second argument of createProviderClient\(\)\. Known options: /,
  ],
  [
    'token options among those of axios',
    () => createProviderClient(provider, any({ timeout: 1_000, maxStaleMs: 5_000 })),
    'oauth2: config.maxStaleMs has no effect on axios. Pass it in the third argument.',
  ],
  [
    'a mistyped region beside a baseURL',
    () => exotel({ ...key, region: any('mumbay'), baseURL }),
    'exotel: region "mumbay" is not known. Use one of: singapore, mumbai.',
  ],
  [
    'another such region',
    () => learning360({ ...client, region: any('de'), baseURL }),
    'learning360: region "de" is not known. Use one of: eu, us.',
  ],
  [
    'a mistyped environment beside a baseURL',
    () => udara360({ ...client, environment: any('prod'), baseURL }),
    /^udara360: environment "prod" is not known\. Use one of: /,
  ],
  [
    'another such environment',
    () =>
      singleview({
        ...{ clientId: 'fake-1', clientCode: 'fake-2', merchantId: 'fake-3' },
        ...{ environment: any('test'), baseURL },
      }),
    /^singleview: environment "test" is not known\. Use one of: /,
  ],
  [
    'a host without a scheme',
    () => exotel({ ...key, baseURL: 'localhost:4001' }),
    'exotel: baseURL does not begin with https:// or http://. Include scheme and host, such as https://api.example.com.',
  ],
  [
    'an origin that is not in a list',
    () => exotel({ ...key, region: 'mumbai', origins: any('https://edge.example.com') }),
    "exotel: origins is not a list. Pass a list: ['…'].",
  ],
  [
    'a parameter that is not in a list',
    () =>
      defineProvider({
        ...{ name: 'acme', baseURL, credentials: {}, credentialFields: {} },
        ...{ paramNames: any('tenant') },
        tokenRequest: () => ({ url: '/token' }),
        parseToken: () => ({ accessToken: 'fake-token' }),
      }),
    "acme: paramNames is not a list. Pass a list: ['…'].",
  ],
  [
    'the same of the generic provider',
    () =>
      oauth2ClientCredentials({
        ...client,
        baseURL,
        tokenUrl: `${baseURL}/token`,
        paramNames: any('tenant'),
      }),
    "oauth2: paramNames is not a list. Pass a list: ['…'].",
  ],
  [
    'plain http to another container',
    () => exotel({ ...key, baseURL: 'http://sandbox:4001' }),
    'exotel: baseURL uses plain http, which exposes the token to the network. Use https, or set allowInsecureHttp.',
  ],
  [
    'a mistyped event',
    () => createTokenSource(provider).on(any('refresh'), () => undefined),
    /^refresh is not an event of a token source\. Did you mean `refreshed`\? Known events: refreshed, /,
  ],
  [
    'an event that no name is close to',
    () => createTokenSource(provider).on(any('expiry'), () => undefined),
    /^expiry is not an event of a token source\. Known events: refreshed, /,
  ],
  [
    'no instance for bearerOf',
    () => bearerOf(any(undefined)),
    /^instance is not an axios instance\. Pass what axios\.create\(\) returns/,
  ],
  [
    'no credentialFields',
    () =>
      defineProvider(
        any({
          ...{ name: 'acme', baseURL, credentials: { key: 'fake-key' } },
          tokenRequest: () => ({ url: '/token' }),
          parseToken: () => ({ accessToken: 'fake-token' }),
        }),
      ),
    'acme: credentialFields is missing. Set the rules for each credential.',
  ],
  [
    'a client in place of its token source',
    () => createOpenTelemetry(any(http)),
    'source is not a token source. Pass what createTokenSource() returns; for a client, bearerOf(client).source.',
  ],
  [
    'an unknown option of createFakeClock',
    () => createFakeClock(any({ nows: 0 })),
    /^nows is not an option of a fake clock\. Did you mean `now`\?/,
  ],
  [
    'an unknown option of createChaosStore',
    () => createChaosStore(createMemoryStore(), any({ clock: createFakeClock() })),
    'clock is not an option of a chaos store. Known options: schedule.',
  ],
  [
    'an unknown option of createOpenTelemetry',
    () => createOpenTelemetry(createTokenSource(provider), any({ span: false })),
    /^options\.span is not an option of createOpenTelemetry\. Did you mean `spans`\?/,
  ],
];

test.each(mistakes)('%s', (_, make, message) => {
  expect(make).toThrow(MisconfigurationError);
  expect(make).toThrow(message);
});

describe('an unknown option of a wrapped API is refused by name:', () => {
  test.each<[string, () => unknown]>([
    ['createExotelApi', () => createExotelApi(http, any({ accountSid: 'a', regoin: 'mumbai' }))],
    ['createExotelV4Api', () => createExotelV4Api(http, any({ accountSid: 'a', regoin: 'eu' }))],
    [
      'createTruecallerApi',
      () => createTruecallerApi(http, any({ organisationId: 'o', regoin: 1 })),
    ],
    [
      'createTruecallerCallsApi',
      () => createTruecallerCallsApi(http, any({ clientAccountId: 'o', regoin: 1 })),
    ],
  ])('%s', (operation, make) => {
    expect(make).toThrow(`${operation}: regoin is not a field of this call`);
  });
});

test('plain http to another container is possible with every provider, if it is allowed', () => {
  const address = { baseURL: 'http://sandbox:4001', allowInsecureHttp: true };
  const made = [
    exotel({ ...key, ...address }),
    truecaller({ organisationId: 'o', apiKey: 'fake-key', keyId: 'fake-id', ...address }),
    learning360({ ...client, ...address }),
    udara360({ ...client, ...address }),
  ];
  expect(made.map(({ allowedOrigins }) => allowedOrigins)).toEqual(
    made.map(() => ['http://sandbox:4001']),
  );
});

describe('a request', () => {
  /** A client, and how many of its requests have been sent. */
  function clientAndSent() {
    const seen = { sent: 0 };
    const adapter = (config: InternalAxiosRequestConfig) => {
      seen.sent += 1;
      const answer = { status: 200, statusText: 'OK', headers: {}, data: 'here', config };
      return Promise.resolve(answer);
    };
    const transport = { adapter: createFakeTokenEndpoint().adapter };
    return { seen, own: createProviderClient(provider, { adapter }, { transport }) };
  }
  const mistyped = { bearer: any({ reply: false }) };
  const refusal =
    'bearer.reply is not an option of a request. Did you mean `replay`? Known options: replay, params.';

  test('with a mistyped bearer option is refused and not sent, be a token in hand or not', async () => {
    const { own, seen } = clientAndSent();
    await expect(own.get('/x', mistyped)).rejects.toThrow(refusal);
    expect(seen.sent).toBe(0);
    await own.get('/x');
    await expect(own.get('/x', mistyped)).rejects.toThrow(refusal);
    own.interceptors.request.use((config) => config);
    await expect(own.get('/x', mistyped)).rejects.toThrow(refusal);
    expect(seen.sent).toBe(1);
  });

  test.each([[{ replay: false }], [{}], [undefined], [false]])(
    'with the bearer options %j is sent',
    async (bearer) => {
      const { own, seen } = clientAndSent();
      await own.get('/x', { bearer: any(bearer) });
      expect(seen.sent).toBe(1);
    },
  );
});

describe('isBearerError', () => {
  test('with a code tells TypeScript the class of that code', () => {
    const error: unknown = new MisconfigurationError({ option: 'a', problem: 'b', remedy: 'c' });
    const option = isBearerError(error, 'ERR_BEARER_MISCONFIGURED') ? error.option : undefined;
    expect(option).toBe('a');
    const retryInMs = (one: unknown): TokenAcquisitionError['retryInMs'] =>
      isBearerError(one, 'ERR_TOKEN_BUDGET_SPENT') ? one.retryInMs : undefined;
    expect(retryInMs(error)).toBeUndefined();
  });
});
