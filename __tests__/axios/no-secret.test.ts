import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import axios, { type AxiosInstance, type CreateAxiosDefaults, type ResponseType } from 'axios';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { createExotelApi } from '../../src/apis/exotel/index.js';
import {
  attachBearer,
  createProviderClient,
  createTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { createSecret, leaksOf, pathsTo, traceOf, views, viewsShowing } from './secret-walk.js';
import { failureOf, type Failure } from './support.js';

// ---- secrets, and a server that takes them -----------------------------------------------------------------------

const clientSecret = createSecret();
const exotel = { apiKey: createSecret(), apiToken: createSecret() };
/** Every token that the test was handed; the last one is good unless it was revoked. */
const tokens: string[] = [];
let isRevoked = false;
/** What happens to the next token call in place of a token. */
let mishap: Route | undefined;

type Route = (response: ServerResponse, request: IncomingMessage) => unknown;

const routes: Record<string, Route> = {
  '/token'(response, request) {
    if (mishap !== undefined) return mishap(response, request);
    isRevoked = false;
    tokens.push(createSecret());
    answer(response, 200, { access_token: tokens.at(-1), expires_in: 3600 });
  },
  '/token-refused': (response) => response.writeHead(400).end(`{"error":"${clientSecret}"}`),
  '/token-malformed': (response) => response.end(`<html>${clientSecret}</html>`),
  '/hang': () => undefined,
  '/reset': (response) => response.socket?.destroy(),
  '/cut'(response) {
    response.writeHead(500, { 'Content-Length': 1000 }).write('cut off');
    setImmediate(() => response.socket?.destroy());
  },
  '/gzip': (response) =>
    response.writeHead(500, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"zipped":true}')),
  '/not-json': (response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{broken'),
  '/redirect-again': (response) => response.writeHead(302, { Location: '/redirect-again' }).end(),
  '/redirect': (response) => response.writeHead(302, { Location: '/500' }).end(),
  '/healed-500': (response, request) => answer(response, isGood(request) ? 500 : 401),
  '/healed-reset': (response, request) =>
    isGood(request) ? response.socket?.destroy() : answer(response, 401),
};

function serve(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const path = request.url ?? '';
  const status = /^\/(\d{3})$/.exec(path)?.[1];
  const otherwise: Route = () => answer(response, Number(status ?? (isGood(request) ? 200 : 401)));
  (routes[path] ?? otherwise)(response, request);
}

function isGood({ headers }: IncomingMessage): boolean {
  return !isRevoked && headers.authorization === `Bearer ${tokens.at(-1)}`;
}

function answer(response: ServerResponse, status: number, body: object = { status }): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const http1 = createServer(serve);
const http2 = createHttp2Server((request, response) => serve(request as never, response as never));
const http2Sessions: ServerHttp2Session[] = [];
http2.on('session', (session) => http2Sessions.push(session));
const urlOf = (server: { address(): unknown }) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [http1, http2]) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  http1.closeAllConnections();
  for (const session of http2Sessions) session.destroy();
  for (const server of [http1, http2]) server.close();
});

// ---- clients -----------------------------------------------------------------------------------------------------

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  tokens.length = 0;
  isRevoked = false;
  mishap = undefined;
});

function sourceOf(
  baseURL = urlOf(http1),
  tokenPath = '/token',
  options: TokenSourceOptions = {},
): TokenSource {
  const tokenUrl = urlOf(http1) + tokenPath;
  const credentials = { clientId: 'client', clientSecret };
  const provider = oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL });
  return createTokenSource(provider, { maxAttempts: 1, ...options });
}

/** A client that holds a token, and whose agents carry further requests that are under way. */
async function clientOf(
  config: CreateAxiosDefaults = {},
  options: TokenSourceOptions = {},
): Promise<AxiosInstance> {
  const source = sourceOf(config.baseURL, '/token', options);
  await source.getToken();
  await keepBusy();
  if (config.httpAgent !== undefined) await keepBusy(config.httpAgent as Agent);
  return createProviderClient(source, config);
}

async function keepBusy(httpAgent?: Agent): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const other = createProviderClient(sourceOf(), { signal, ...(httpAgent && { httpAgent }) });
  const arrival = new Promise<void>((arrived) => {
    routes['/hang'] = () => arrived();
  });
  other.get('/hang').catch(() => undefined);
  await arrival;
  cleanUps.push(() => {
    ending.abort();
    httpAgent?.destroy();
  });
}

// ---- what must hold ----------------------------------------------------------------------------------------------

/** Looks at an error or a response as a whole, and at each of the parts that people print by themselves. */
function expectNoSecretIn(outcome: unknown): void {
  const { config, request, response = outcome, cause, toJSON } = outcome as any;
  const { headers } = config ?? {};
  const json = (toJSON as (() => object) | undefined)?.call(outcome);
  const parts = { outcome, cause, config, headers, request, response, data: response.data, json };
  expectNoSecretInAny(parts);
}

function expectNoSecretInAny(values: Record<string, unknown>): void {
  const trace = traceOf([...tokens, clientSecret, ...Object.values(exotel)]);
  expect(leaksOf(values, trace)).toEqual([]);
}

type Send = (http: AxiosInstance) => Promise<unknown>;

/** Each way in which a request can fail. */
const failures: Record<string, Send> = {
  'a 500': (http) => http.get('/500'),
  'a 500 to a form': (http) => http.postForm('/500', { a: 1 }),
  'a 500 after a redirect': (http) => http.get('/redirect'),
  'a 500 after a 401 that was healed'(http) {
    isRevoked = true;
    return http.get('/healed-500');
  },
  'a reset connection of a replay'(http) {
    isRevoked = true;
    return http.get('/healed-reset');
  },
  'a 401 that a new token does not fix': (http) => http.get('/401'),
  'such a 401, read as a stream': (http) => http.get('/401', { responseType: 'stream' }),
  'a 401 to a body that can be read once'(http) {
    isRevoked = true;
    return http.post('/mine', new Blob(['x']).stream());
  },
  'a 401 whose token call is refused'(http) {
    isRevoked = true;
    mishap = routes['/token-refused'];
    return http.get('/mine');
  },
  'a time-out': (http) => http.get('/hang', { timeout: 30 }),
  'an abort before it is sent': (http) => http.get('/hang', { signal: AbortSignal.abort() }),
  'an abort': (http) => http.get('/hang', { signal: AbortSignal.timeout(30) }),
  'a reset connection': (http) => http.get('/reset'),
  'an answer that breaks off': (http) => http.get('/cut'),
  'an answer that is not JSON': (http) =>
    http.get('/not-json', {
      responseType: 'json',
      transitional: { silentJSONParsing: false },
    }),
  'too long an answer': (http) => http.get('/500', { maxContentLength: 3 }),
  'a body too long to be sent': (http) => http.post('/500', 'too long', { maxBodyLength: 3 }),
  'a transform that throws before anything is sent': (http) =>
    http.post('/500', 'x', {
      transformRequest() {
        throw new Error('of the app');
      },
    }),
};

const responseTypes: ResponseType[] = ['text', 'arraybuffer', 'stream', 'blob', 'document'];

describe.each(['http', 'fetch'] as const)('no secret is found, adapter %s, in', (adapter) => {
  test.each(Object.entries(failures))('%s', async (_name, fail) => {
    const http = await clientOf({ adapter });
    expectNoSecretIn(await failureOf(fail(http)));
  });

  test.each(responseTypes)('a 500 read as %s', async (responseType) => {
    const http = await clientOf({ adapter, responseType });
    expectNoSecretIn(await failureOf(http.get('/500')));
  });

  test('a time-out that is over when a 401 comes, which is its cause', async () => {
    const clock = createFakeClock();
    const http = await clientOf({ adapter }, { clock });
    routes['/late'] = (response) => {
      clock.advance(60_000);
      answer(response, 401);
    };
    const error = await failureOf(http.get('/late', { timeout: 60_000 }));
    expect(error.cause.response.status).toBe(401);
    expectNoSecretIn(error);
  });

  test('what an interceptor of the app was given and has kept', async () => {
    const http = await clientOf({ adapter });
    const kept: unknown[] = [];
    http.interceptors.response.use(null, (error: unknown) => {
      kept.push(error);
      throw error;
    });
    const error = await failureOf(http.get('/500'));
    expect(kept[0]).toBe(error);
    expectNoSecretIn(kept[0]);
  });
});

describe('no secret is found in a 500 with', () => {
  const stream = { responseType: 'stream' } as const;
  const settings: Record<string, () => CreateAxiosDefaults & { url?: string }> = {
    'an agent that keeps its sockets': () => ({ httpAgent: new Agent({ keepAlive: true }) }),
    'a stream of such an agent': () => ({ ...stream, httpAgent: new Agent({ keepAlive: true }) }),
    'an agent, and a redact of the caller’s': () => ({
      httpAgent: new Agent({ keepAlive: true }),
      redact: ['password'],
    }),
    'no redirects': () => ({ maxRedirects: 0 }),
    'a stream, and no redirects': () => ({ ...stream, maxRedirects: 0 }),
    'a zipped stream': () => ({ ...stream, url: '/gzip' }),
    'a zipped stream that stays zipped': () => ({ ...stream, url: '/gzip', decompress: false }),
    'a stream that is measured': () => ({ ...stream, maxContentLength: 1000 }),
    'a stream that is watched': () => ({ ...stream, onDownloadProgress: () => undefined }),
    // An axios that does not know HTTP/2 gets no answer here, and that error is looked at.
    'HTTP/2': () => ({ baseURL: urlOf(http2), httpVersion: 2 }) as object,
    'a stream of HTTP/2': () => ({ ...stream, baseURL: urlOf(http2), httpVersion: 2 }) as object,
  };

  test.each(Object.entries(settings))('%s', async (_name, configOf) => {
    const { url = '/500', ...config } = configOf();
    const http = await clientOf(config);
    const failure = await failureOf(http.get(url));
    expectNoSecretIn(failure);
    // A stream that is not read keeps its connection, over HTTP/2 for ever.
    const { data } = (failure as Partial<Failure>).response ?? {};
    if (data instanceof Readable) data.destroy();
  });
});

describe('no secret is found in', () => {
  test.each([
    ['ERR_TOKEN_REQUEST_REFUSED', '/token-refused'],
    ['ERR_TOKEN_REQUEST_REFUSED', '/500'],
    ['ERR_TOKEN_ENDPOINT_UNREACHABLE', '/reset'],
    ['ERR_CREDENTIALS_REJECTED', '/401'],
    ['ERR_TOKEN_RESPONSE_MALFORMED', '/token-malformed'],
  ])('%s of the token endpoint %s', async (code, tokenPath) => {
    const http = createProviderClient(sourceOf(undefined, tokenPath));
    const error = await failureOf(http.get('/200'));
    expect(error.code).toBe(code);
    expectNoSecretIn(error);
  });

  test.each<[string, (http: AxiosInstance, source: TokenSource) => Promise<unknown>]>([
    ['ERR_ORIGIN_NOT_ALLOWED', (http) => http.get('https://evil.example.com/')],
    [
      'ERR_BEARER_MISCONFIGURED',
      (http) => http.get('/200', { bearer: { params: { unknown: 'x' } } }),
    ],
    ['ERR_TOKEN_WAIT_TIMED_OUT', (_, source) => source.getToken({ timeoutMs: 5 })],
    [
      'ERR_TOKEN_SOURCE_CLOSED',
      (http, source) => {
        source.close();
        return http.get('/200');
      },
    ],
  ])('%s', async (code, fail) => {
    const source = sourceOf();
    mishap = () => cleanUps.push(() => source.close());
    const http = createProviderClient(source, {}, { onForeignOrigin: 'error' });
    const error = await failureOf(fail(http, source));
    expect(error.code).toBe(code);
    expectNoSecretIn(error);
  });

  test('ERR_BEARER_MISCONFIGURED at creation', async () => {
    const credentials = { clientId: 'client', clientSecret };
    const create = () =>
      oauth2ClientCredentials({ ...credentials, tokenUrl: 'nonsense', baseURL: urlOf(http1) });
    const error = await failureOf(Promise.resolve().then(create));
    expect(error.code).toBe('ERR_BEARER_MISCONFIGURED');
    expectNoSecretIn(error);
  });

  test('the error of too many redirects', async () => {
    const error = await failureOf((await clientOf({ maxRedirects: 1 })).get('/redirect-again'));
    expect(error.code).toBe('ERR_FR_TOO_MANY_REDIRECTS');
    expectNoSecretIn(error);
  });

  test.each([
    ['a refused call', '/500'],
    ['a call that gets no answer', '/reset'],
    ['a call that takes too long', '/hang'],
  ])('%s of a wrapped API with Basic', async (_name, path) => {
    for (const adapter of ['http', 'fetch'] as const) {
      const http = axios.create({ adapter, timeout: 30 });
      http.interceptors.request.use((config) => ({ ...config, baseURL: urlOf(http1), url: path }));
      const hosts = { voice: urlOf(http1), ccm: urlOf(http1) };
      const api = createExotelApi(http, { accountSid: 'account', basic: exotel, hosts });
      expectNoSecretIn(await failureOf(api.voice.get('call')));
    }
  });

  test('what is made: provider, token source, instance, attachment', async () => {
    const source = sourceOf();
    const http = createProviderClient(source);
    await http.get('/200');
    const { provider } = source;
    expectNoSecretInAny({ provider, source, http, attachment: attachBearer(http, source) });
  });

  test('an event, to a listener or on a diagnostics channel', async () => {
    const source = sourceOf();
    const events: unknown[] = [];
    const listen = (event: unknown) => void events.push(event);
    const names = ['refreshed', 'tokenCalled', 'rejected', 'replayed', 'replayRefused'] as const;
    for (const name of names) {
      source.on(name, listen);
      subscribe(`axios-bearer:${name}`, listen);
    }
    const http = createProviderClient(source);
    await http.get('/200');
    await failureOf(http.get('/401'));
    for (const name of names) unsubscribe(`axios-bearer:${name}`, listen);
    expect(events.length).toBeGreaterThanOrEqual(2 * names.length);
    expectNoSecretInAny({ events });
  });
});

describe('what looks for secrets finds', () => {
  test('one in a plain error, by its path and by every view that shows properties', () => {
    const secret = createSecret();
    const config = { headers: { Authorization: `Bearer ${secret}` } };
    const error = Object.assign(new Error('bare'), { config });
    const blind = ['String()', 'structuredClone', 'bunyan({ err })'];
    const seeing = Object.keys(views).filter((view) => !blind.includes(view));
    expect(pathsTo(traceOf([secret]), { error })).toEqual(['.error.config.headers.Authorization']);
    expect(viewsShowing(traceOf([secret]), { error })).toEqual(
      seeing.map((view) => `error by ${view}`),
    );
  });

  test('one that is hidden, inherited, computed, a symbol, an entry, bytes or a JSON form', () => {
    const secret = createSecret();
    class Holder {
      get inherited() {
        return secret;
      }
      toJSON() {
        return secret;
      }
    }
    const holder: object = Object.defineProperties(new Holder(), {
      hidden: { value: secret },
      computed: { get: () => secret },
      [Symbol(secret)]: { value: [new Map([['key', secret]]), Buffer.from(secret)] },
    });
    expect(pathsTo(traceOf([secret]), holder)).toHaveLength(7);
  });

  test.each<[string, (secret: string) => string]>([
    ['percent-encoded', encodeURIComponent],
    ['in a form', (secret) => new URLSearchParams({ secret }).toString()],
    ['in JSON', (secret) => JSON.stringify({ secret })],
    ['in HTML', (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;')],
    ['in Base64', btoa],
    ['in Base64 behind another text', (secret) => btoa(`id:${secret}`)],
    ['in Base64url between others', (s) => Buffer.from(`{"a":"${s}"}`).toString('base64url')],
    ['cut at its end', (secret) => secret.slice(0, 9)],
    ['cut at its start', (secret) => secret.slice(-9)],
  ])('one %s', (_name, spell) => {
    const secret = createSecret();
    expect(spell(secret)).toMatch(traceOf([secret]));
  });
});
