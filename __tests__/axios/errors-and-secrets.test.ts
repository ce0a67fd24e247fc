import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosAdapter, type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';

import {
  attachBearer,
  createProviderClient,
  createTokenSource,
  MisconfigurationError,
  type AttachOptions,
} from '../../src/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { createFakeClock, type SandboxEcho } from '../../src/testing/index.js';
import {
  ALWAYS_401,
  clientOf,
  ECHO,
  failureOf,
  providerOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/** Everything that must never be printed. */
function secrets(): string[] {
  const { clientId, clientSecret } = server.credentials;
  const form = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
  return [
    ...server.issuedTokens,
    clientSecret,
    encodeURIComponent(clientSecret),
    form(clientSecret),
    Buffer.from(`${form(clientId)}:${form(clientSecret)}`).toString('base64'),
  ];
}

/** Every way in which a value is commonly printed. */
function printed(value: any): string {
  const inspected = [2, 5, 20].flatMap((depth) =>
    [true, false].map((showHidden) => inspect(value, { depth, showHidden })),
  );
  const texts = [orNothing(() => String(value)), orNothing(() => JSON.stringify(value))];
  return [...inspected, ...texts].join('\n');
}

/** What cannot be printed, a circular structure for instance, shows nothing. */
function orNothing(print: () => string): string {
  try {
    return print();
  } catch {
    return '';
  }
}

/** Every string in a plain structure, as a serialiser finds them that asks nobody how to be shown. */
function walked(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(walked).join('\n');
}

/** An error in its forms, and its whole chain of causes, by the way that each was printed. */
function printedError(error: any): [string, string][] {
  const texts: [string, string][] = [];
  let path = 'error';
  for (let link = error; link instanceof Error; link = link.cause as any, path += '.cause') {
    const { config, response, message, stack, toJSON } = link as any;
    texts.push(
      [path, printed(link)],
      [`${path}.message`, String(message)],
      [`${path}.stack`, String(stack)],
      [`${path}.toJSON()`, printed((toJSON as (() => object) | undefined)?.call(link))],
      [`${path}.toJSON(), walked`, walked((toJSON as (() => object) | undefined)?.call(link))],
      [`{ ${path} }`, printed({ wrapped: [link] })],
      [`an error caused by ${path}`, printed(new Error('of the app', { cause: link }))],
      [`${path}.config`, printed(config)],
      [`${path}.config.headers`, printed(config?.headers)],
      [`${path}.response`, printed(response)],
      [`{ ...${path}.response }`, printed(Object.assign({}, response))],
      [`{ ...${path} }`, printed(Object.assign({}, link))],
    );
  }
  return texts;
}

function expectNoSecrets(error: unknown): void {
  const texts = printedError(error);
  expect(texts.length).toBeGreaterThanOrEqual(10);
  const leaks = texts.filter(([, text]) => secrets().some((secret) => text.includes(secret)));
  expect(leaks.map(([where]) => where)).toEqual([]);
}

describe.each(['http', 'fetch'] as const)(
  'no secret shows in an error of the API, %s adapter:',
  (adapter) => {
    const failures: [string, (http: AxiosInstance) => Promise<unknown>][] = [
      ['a 500', (http) => http.get('/__sandbox/status/500')],
      ['a 401 that a new token does not fix', (http) => http.post(ALWAYS_401, { a: 1 })],
      ['a 401 of a stream', (http) => http.get(ALWAYS_401, { responseType: 'stream' })],
      [
        'a reset connection',
        (http) => {
          server.api.resetNext(1);
          return http.get(ECHO);
        },
      ],
      [
        'a reset connection of the replay',
        (http) => {
          server.api.failNext(1, { status: 401 });
          server.api.resetNext(1);
          return http.get(ECHO);
        },
      ],
      [
        'a time-out',
        (http) => {
          server.api.hang();
          return http.get(ECHO, { timeout: 20 });
        },
      ],
      [
        'an abort',
        (http) => {
          const controller = new AbortController();
          const request = http.get('/__sandbox/slow?ms=5000', { signal: controller.signal });
          void server.nextRequest().then(() => controller.abort());
          return request;
        },
      ],
      [
        'an answer that is not JSON',
        (http) => {
          server.api.answerRaw('{broken');
          return http.get(ECHO, {
            responseType: 'json',
            transitional: { silentJSONParsing: false },
          });
        },
      ],
      ['too long an answer', (http) => http.get('/__sandbox/stream', { maxContentLength: 10 })],
      ['too long a body', (http) => http.post(ECHO, 'x'.repeat(100), { maxBodyLength: 10 })],
      [
        'a body that was consumed',
        (http) => {
          server.revokeTokens();
          return http.post(ECHO, new Blob(['x']).stream());
        },
      ],
      [
        'a failed renewal',
        (http) => {
          server.revokeTokens();
          server.tokenEndpoint.fail({
            status: 400,
            body: { error: 'invalid_request', secret: server.credentials.clientSecret },
          });
          return http.get(ECHO);
        },
      ],
    ];

    test.each(failures)('%s', async (_name, fail) => {
      const { http } = await warmClientOf(server, { adapter }, { maxAttempts: 1 });
      const error = await failureOf(fail(http));
      expect(error.isAxiosError).toBe(true);
      expectNoSecrets(error);
      server.api.recover();
    });

    test('a time-out during renewal, whose cause is the 401', async () => {
      const clock = createFakeClock();
      const { http } = await warmClientOf(server, { adapter }, { clock });
      server.revokeTokens();
      const first = server.api.holdNext();
      const request = failureOf(http.get(ECHO, { timeout: 60_000 }));
      await first.arrived;
      clock.advance(60_000);
      first.release();
      const error = await request;
      expect(error.cause.response.status).toBe(401);
      expectNoSecrets(error);
    });
  },
);

test('no secret shows in the error of too many redirects', async () => {
  const { http } = await warmClientOf(server);
  const config = { params: { to: '/__sandbox/redirect' }, maxRedirects: 1 };
  const error = await failureOf(http.get('/__sandbox/redirect', config));
  expect(error.code).toBe('ERR_FR_TOO_MANY_REDIRECTS');
  expectNoSecrets(error);
});

describe('no secret shows in a typed error:', () => {
  const typed: [string, string, (options: AttachOptions) => Promise<unknown>][] = [
    [
      'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      'an endpoint that resets',
      (options) => {
        server.tokenEndpoint.resetConnections();
        return clientOf(server, {}, options).http.get(ECHO);
      },
    ],
    [
      'ERR_TOKEN_REQUEST_REFUSED',
      'an endpoint that quotes the request',
      (options) => {
        const { clientSecret } = server.credentials;
        server.tokenEndpoint.fail({
          status: 400,
          body: { error: 'invalid_request', error_description: `got ${clientSecret}` },
        });
        return clientOf(server, {}, options).http.get(ECHO);
      },
    ],
    [
      'ERR_CREDENTIALS_REJECTED',
      'rejected credentials',
      (options) => {
        const client = clientOf(server, {}, options);
        server.rotateCredentials();
        return client.http.get(ECHO);
      },
    ],
    [
      'ERR_TOKEN_RESPONSE_MALFORMED',
      'a malformed answer',
      (options) => {
        server.tokenEndpoint.answerRaw('<html>fake-oauth2-secret</html>');
        return clientOf(server, {}, options).http.get(ECHO);
      },
    ],
    [
      'ERR_TOKEN_SOURCE_CLOSED',
      'a closed source',
      (options) => {
        const client = clientOf(server, {}, options);
        client.source.close();
        return client.http.get(ECHO);
      },
    ],
    [
      'ERR_ORIGIN_NOT_ALLOWED',
      'a foreign origin',
      (options) =>
        clientOf(server, {}, { ...options, onForeignOrigin: 'error' }).http.get(
          'https://evil.example.com/',
        ),
    ],
    [
      'ERR_BEARER_MISCONFIGURED',
      'a parameter that nobody knows',
      (options) =>
        clientOf(server, {}, options).http.get(ECHO, { bearer: { params: { unknown: 'x' } } }),
    ],
    [
      'ERR_TOKEN_WAIT_TIMED_OUT',
      'a wait that took too long',
      async (options) => {
        server.tokenEndpoint.hang();
        const { source } = clientOf(server, {}, options);
        try {
          return await source.getToken({ timeoutMs: 5 });
        } finally {
          source.close();
          server.tokenEndpoint.recover();
        }
      },
    ],
  ];

  test.each(typed)('%s for %s', async (code, _name, fail) => {
    const error = await failureOf(fail({ maxAttempts: 1 }));
    expect(error.code).toBe(code);
    expectNoSecrets(error);
  });

  test('ERR_BEARER_MISCONFIGURED at creation', async () => {
    const { clientSecret } = server.credentials;
    const create = () =>
      oauth2ClientCredentials({
        tokenUrl: 'nonsense',
        baseURL: server.url,
        clientId: 'x',
        clientSecret,
      });
    const error = await failureOf(Promise.resolve().then(create));
    expect(error.code).toBe('ERR_BEARER_MISCONFIGURED');
    expectNoSecrets(error);
  });
});

test.each([undefined, null, {}, { interceptors: {} }, 'axios'])(
  'attaching to %j, which is no axios instance, is a misconfiguration that says so',
  (instance) => {
    const attach = () => attachBearer(instance as never, null as never);
    expect(attach).toThrow(MisconfigurationError);
    expect(attach).toThrow('instance is not an axios instance. Pass what axios.create() returns');
  },
);

test('what we make prints no secret either: clients, sources, attachments, providers, tokens', async () => {
  const { http, source } = await warmClientOf(server);
  const token = await source.getToken();
  for (const made of [http, source, attachBearer(http, source), source.provider, token]) {
    const text = printed(made);
    expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
  }
});

describe('an error stays useful', () => {
  test('in print: message, code, method, URL, status, headers, the body sent and the body answered', async () => {
    const { http } = await warmClientOf(server);
    const config: AxiosRequestConfig = { headers: { 'x-mine': 'shown' }, params: { q: 1 } };
    const error = await failureOf(http.post('/__sandbox/status/500', { sent: 'body' }, config));
    for (const text of [inspect(error, { depth: 5 }), JSON.stringify(error)]) {
      expect(text).toContain('Request failed with status code 500');
      expect(text).toContain('ERR_BAD_RESPONSE');
      expect(text).toContain('/__sandbox/status/500');
      expect(text).toContain('shown');
      expect(text).toContain('sent');
      expect(text).toContain('[redacted]');
    }
    expect(inspect(error, { depth: 5 })).toContain('status: 500');
    expect(inspect(error.response)).toContain('status: 500');
    expect(String(error.config.headers)).toContain('Authorization: [redacted]');
    expect(String(error.config.headers)).toContain('x-mine: shown');
  });

  test('in print: a body that is the connection itself is named and not walked, and can be read', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get(ALWAYS_401, { responseType: 'stream' }));
    // Node 26 prints a proxy as one.
    expect(inspect(error.response)).toMatch(/data: (Proxy\()?Readable \{\}/);
    expect(error.response.data).toBeInstanceOf(Readable);
    expect(await text(error.response.data as Readable)).toBe('{"error":"invalid_token"}');
  });

  test('as a value: class, config, request and response are what axios gave', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get('/__sandbox/status/500'));
    expect(error).toBeInstanceOf(axios.AxiosError);
    expect(error.request.path).toBe('/__sandbox/status/500');
    expect(error.response.data).toEqual({ status: 500 });
    expect(String(error.config.headers.get('Authorization'))).toBe(
      `Bearer ${server.issuedTokens[0]}`,
    );
    expect(error.toJSON()).toMatchObject({
      status: 500,
      name: 'AxiosError',
      config: { method: 'get' },
    });
  });

  test('as a config: an adapter that is handed error.config sends the token, not its mask', async () => {
    const { http } = await warmClientOf(server);
    server.api.failNext(1, { status: 503 });
    const { config } = await failureOf(http.get(ECHO));
    for (const name of ['http', 'fetch'] as const) {
      // With the config, so that the adapter looks for `fetch` now and not when it was loaded.
      const adapterOf = axios.getAdapter as (...args: unknown[]) => AxiosAdapter;
      const { data } = await adapterOf(name, config)(config);
      expect((JSON.parse(data as string) as SandboxEcho).token).toBe(server.issuedTokens[0]);
    }
  });

  test('with the redact of the caller’s, which covers more', async () => {
    const { http } = await warmClientOf(server);
    const config = { redact: ['x-mine'], headers: { 'x-mine': 'hidden' } };
    const error = await failureOf(http.get('/__sandbox/status/500', config));
    expect(JSON.stringify(error)).not.toContain('hidden');
  });

  test('without our token prints as in axios', async () => {
    const { http } = clientOf(server);
    const error = await failureOf(http.get(ECHO, { headers: { Authorization: 'Custom mine' } }));
    expect(inspect(error, { depth: 5 })).toContain('Custom mine');
  });
});

test('two sources that share nothing show nothing of each other', async () => {
  const first = createTokenSource(providerOf(server));
  const http = createProviderClient(first);
  await http.get(ECHO);
  first.close();
  const error = await failureOf(http.get(ECHO));
  expectNoSecrets(error);
});

describe('an agent leads to the headers of every other request in flight', () => {
  async function failureBesideOthers() {
    const httpAgent = new Agent({ keepAlive: true });
    const config = { httpAgent, metadata: { trace: 'abc' }, signal: new AbortController().signal };
    const { http } = await warmClientOf(server, config);
    const others = Promise.all([http.get('/__sandbox/slow?ms=300'), http.get(ECHO)]);
    await server.nextRequest();
    const error = await failureOf(http.post('/__sandbox/status/500', { amount: 7 }));
    return { error, others, httpAgent };
  }

  test('no secret shows in an error, its config, or what a serialiser makes of them', async () => {
    const { error, others, httpAgent } = await failureBesideOthers();
    expect(inspect(httpAgent, { depth: 20 })).toContain(server.issuedTokens[0]);
    expectNoSecrets(error);
    expect(walked(JSON.parse(JSON.stringify(error.response.config)))).not.toContain('_header');
    await others;
    httpAgent.destroy();
  });

  test('nor where axios is told to redact something else, or the config holds itself', async () => {
    const httpAgent = new Agent({ keepAlive: true });
    const circular: Record<string, unknown> = { deep: { httpAgent } };
    circular['self'] = circular;
    const config = { httpAgent, redact: ['amount', 'password'], password: 'hunter2' };
    const { http } = await warmClientOf(server, config);
    http.interceptors.request.use((request) => Object.assign(request, { circular }));
    const other = http.get('/__sandbox/slow?ms=300');
    await server.nextRequest();
    const error = await failureOf(http.post('/__sandbox/status/500', { amount: 7 }));
    expectNoSecrets(error);
    const shown = JSON.parse(JSON.stringify(error)) as { config: Record<string, unknown> };
    expect(shown.config).toMatchObject({
      method: 'post',
      password: expect.stringContaining('REDACTED'),
    });
    expect(shown.config['httpAgent']).toEqual({});
    await other;
    httpAgent.destroy();
  });

  test('what is data stays in the JSON form, and the agent can be read by name', async () => {
    const { error, others, httpAgent } = await failureBesideOthers();
    const { config } = JSON.parse(JSON.stringify(error)) as { config: Record<string, unknown> };
    expect(config).toMatchObject({
      url: '/__sandbox/status/500',
      method: 'post',
      data: '{"amount":7}',
      metadata: { trace: 'abc' },
      headers: { Authorization: '[redacted]', 'Content-Type': 'application/json' },
    });
    expect(config).not.toHaveProperty('httpAgent');
    expect(error.config.httpAgent).toBeInstanceOf(Agent);
    expect((error.config.httpAgent as Agent).maxSockets).toBe(httpAgent.maxSockets);
    await others;
    httpAgent.destroy();
  });
});
