import { describe, expect, test } from '@jest/globals';
import axios, { type AxiosRequestConfig } from 'axios';
import FormDataPackage from 'form-data';
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';

import { attachBearer, whyNotReplayed } from '../../src/index.js';
import {
  ALWAYS_401,
  answer,
  createMemoryServer,
  ECHO,
  failureOf,
  memoryClientOf,
  providerOf,
  useOAuth2,
  warmClientOf,
} from './support.js';

const server = useOAuth2();

/** Sends a request whose token has been revoked, and returns what arrived the first and the second time. */
async function sentTwice(request: AxiosRequestConfig) {
  const { http } = await warmClientOf(server);
  server.revokeTokens();
  const { status } = await http.request({ url: ECHO, method: 'post', ...request });
  expect(status).toBe(200);
  expect(server.requests).toHaveLength(2);
  const [first, second] = server.requests;
  return { first: first!, second: second! };
}

const webForm = () => {
  const form = new FormData();
  form.append('name', 'value');
  form.append('file', new Blob(['content of a file']), 'file.txt');
  return form;
};
const adapters = ['http', 'fetch'] as const;

describe('behaviour 33: the replay sends the same bytes, method, path and headers', () => {
  const requests: [string, () => AxiosRequestConfig][] = [
    ['JSON', () => ({ data: { a: [1, 'ü', null], nested: { b: true } } })],
    ['a JSON list', () => ({ data: [1, 2, 3] })],
    ['a JSON text', () => ({ data: '"text"', headers: { 'Content-Type': 'application/json' } })],
    [
      'a string',
      () => ({ data: 'plain text, ünicode', headers: { 'Content-Type': 'text/plain' } }),
    ],
    ['an empty string', () => ({ data: '' })],
    ['no body', () => ({})],
    ['URLSearchParams', () => ({ data: new URLSearchParams({ a: '1', b: 'ü &' }) })],
    ['a Buffer', () => ({ data: Buffer.from([0, 1, 2, 253, 254, 255]) })],
    ['a Uint8Array', () => ({ data: new Uint8Array([1, 2, 3, 200]) })],
    ['a Float64Array', () => ({ data: new Float64Array([1.5, -2]) })],
    ['an ArrayBuffer', () => ({ data: new Uint8Array([9, 8, 7]).buffer })],
    ['a Blob', () => ({ data: new Blob(['blob ', 'parts'], { type: 'text/x-blob' }) })],
    [
      'an object to be urlencoded',
      () => ({
        data: { a: 1, list: ['x', 'y'] },
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
    ],
    ['a PUT', () => ({ method: 'put', data: { a: 1 } })],
    ['a PATCH', () => ({ method: 'patch', data: { a: 1 } })],
    ['a DELETE with a body', () => ({ method: 'delete', data: { ids: [1, 2] } })],
    [
      'a reference header of the caller',
      () => ({
        data: { a: 1 },
        headers: { 'Idempotency-Key': 'key-1', 'x-custom': 'ü'.normalize() },
      }),
    ],
    [
      'an upload with progress',
      () => ({ data: Buffer.alloc(100_000, 'x'), onUploadProgress: () => undefined }),
    ],
  ];

  test.each(
    adapters.flatMap((adapter) => requests.map(([name, make]) => [adapter, name, make] as const)),
  )('%s adapter: %s', async (adapter, _name, make) => {
    const { first, second } = await sentTwice({ adapter, ...make() });
    expect(second.body.equals(first.body)).toBe(true);
    expect([second.method, second.path]).toEqual([first.method, first.path]);
    const { authorization, ...headers } = first.headers;
    const { authorization: renewed, ...headersAgain } = second.headers;
    expect(headersAgain).toEqual(headers);
    expect(renewed).not.toBe(authorization);
    if (first.headers['content-length'] !== undefined)
      expect(first.headers['content-length']).toBe(String(first.body.length));
  });

  test.each(adapters)(
    '%s adapter: web FormData with a file, boundary included',
    async (adapter) => {
      const { first, second } = await sentTwice({ data: webForm(), adapter });
      expect(second.body.equals(first.body)).toBe(true);
      expect(second.headers['content-type']).toBe(first.headers['content-type']);
      expect(first.body.toString()).toContain('content of a file');
      const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(
        first.headers['content-type']!,
      )!;
      expect(first.body.toString()).toContain(`--${boundary}\r\n`);
    },
  );

  test('web FormData under a boundary of the caller’s', async () => {
    const headers = { 'Content-Type': 'multipart/form-data; boundary=my-own-boundary' };
    const { first, second } = await sentTwice({ data: webForm(), headers });
    expect(first.body.toString()).toContain('--my-own-boundary\r\n');
    expect(second.body.equals(first.body)).toBe(true);
  });

  test('web FormData that axios is told to send as JSON', async () => {
    const form = new FormData();
    form.append('a', '1');
    const headers = { 'Content-Type': 'application/json' };
    const { first, second } = await sentTwice({ data: form, headers });
    expect([first.json, second.json]).toEqual([{ a: '1' }, { a: '1' }]);
  });

  test('postForm with an object: the same boundary and bytes', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    await http.postForm(ECHO, { a: 1, list: ['x', 'y'], file: Buffer.from([1, 2, 3]) });
    const [first, second] = server.requests;
    expect(second!.body.equals(first!.body)).toBe(true);
    expect(second!.headers['content-type']).toBe(first!.headers['content-type']);
    expect(second!.headers['content-length']).toBe(String(first!.body.length));
    expect(second!.body.length).toBeGreaterThan(0);
  });

  test('postForm with fields that the caller changes meanwhile: what they are now, in its full length', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const file = { name: 'short' };
    const first = server.api.holdNext();
    const request = http.postForm(ECHO, { files: [file] });
    await first.arrived;
    file.name = 'much longer than before';
    first.release();
    expect((await request).status).toBe(200);
    expect(String(server.requests[1]?.body)).toContain('much longer than before');
  });

  test('params and their serialiser', async () => {
    const serialize = (params: Record<string, unknown>) => `p=${JSON.stringify(params)}`;
    for (const paramsSerializer of [serialize, { serialize }] as never[]) {
      server.reset();
      const params = { a: [1, 2], b: new Date(0) };
      const { first, second } = await sentTwice({ method: 'get', params, paramsSerializer });
      expect(String(second.query)).toBe(String(first.query));
      expect(first.query.get('p')).toContain('"a":[1,2]');
    }
  });

  test('a transform that is not idempotent runs once', async () => {
    let calls = 0;
    const transformRequest = [
      (data: unknown) => {
        calls += 1;
        return `enc(${JSON.stringify(data)})`;
      },
    ];
    const { first, second } = await sentTwice({ data: { a: 1 }, transformRequest });
    expect([first, second].map(({ body }) => body.toString())).toEqual(
      Array(2).fill('enc({"a":1})'),
    );
    expect(second.headers['content-length']).toBe('12');
    expect(calls).toBe(1);
  });

  test('a transform with a state, or that changes the body in place, runs once', async () => {
    let serial = 0;
    const stamp = (data: { serial?: number }) => {
      serial += 1;
      data.serial = serial;
      return JSON.stringify(data);
    };
    const { first, second } = await sentTwice({ data: {}, transformRequest: stamp });
    expect([first, second].map(({ json }) => json)).toEqual([{ serial: 1 }, { serial: 1 }]);
  });

  test('bytes that a transform made, with the headers that it set', async () => {
    const { first, second } = await sentTwice({
      data: { a: 1 },
      transformRequest: [
        (data, headers) => {
          headers.set('Content-Encoding', 'gzip');
          return gzipSync(JSON.stringify(data));
        },
      ],
    });
    expect(second.body.equals(first.body)).toBe(true);
    expect(second.headers['content-encoding']).toBe('gzip');
  });

  test('an object that is changed by the caller meanwhile', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const data = { a: 1 };
    const request = http.post(ECHO, data);
    await server.nextRequest();
    data.a = 2;
    await request;
    expect(server.requests.map(({ json }) => json)).toEqual([{ a: 1 }, { a: 1 }]);
  });
});

describe('behaviour 34: a body that can be read once', () => {
  const once: [string, () => unknown, AxiosRequestConfig][] = [
    ['a Node stream', () => Readable.from(['hel', 'lo']), {}],
    [
      'a Node stream of a stated length',
      () => Readable.from(['hel', 'lo']),
      { headers: { 'Content-Length': '5' } },
    ],
    ['the form-data package', () => formDataPackage(), {}],
    [
      'an object for a form that holds a stream',
      () => ({ file: Readable.from(['hello']) }),
      { headers: { 'Content-Type': 'multipart/form-data' } },
    ],
    [
      'a list within, that holds a stream',
      () => ({ files: [{ deep: [Readable.from(['hello'])] }] }),
      { headers: { 'Content-Type': 'multipart/form-data' } },
    ],
    ['a web stream', () => new Blob(['hello']).stream(), { adapter: 'fetch' }],
  ];

  function formDataPackage() {
    const form = new FormDataPackage();
    form.append('a', 'hello');
    return form;
  }

  test.each(once)(
    '%s is sent once, the token is renewed for the next request, and the caller gets axios’s own 401',
    async (_name, make, config) => {
      const { http } = await warmClientOf(server);
      server.revokeTokens();
      const error = await failureOf(http.post(ECHO, make(), config));
      expect(error).toMatchObject({ name: 'AxiosError', code: 'ERR_BAD_REQUEST' });
      expect(error.response.status).toBe(401);
      expect(whyNotReplayed(error)).toBe('body-consumed');
      expect(server.requests).toHaveLength(1);
      expect(server.requests[0]?.body.toString()).toContain('hel');

      expect((await http.post(ECHO, make(), config)).data.token).toBe(server.issuedTokens[1]);
      expect(server.requests).toHaveLength(2);
    },
  );

  test('an async iterable, which only a custom adapter can send', async () => {
    const memory = createMemoryServer();
    const { http } = memoryClientOf(memory, { transformRequest: [] });
    await http.get('/x');
    memory.revoke();
    const data = { async *[Symbol.asyncIterator]() {} };
    expect(whyNotReplayed(await failureOf(http.post('/x', data)))).toBe('body-consumed');
    expect(memory.arrivals).toHaveLength(2);
  });

  test('a stream that a transform of the user made is not made again', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const transformRequest = [(data: unknown) => Readable.from([JSON.stringify(data)])];
    const error = await failureOf(http.post(ECHO, { a: 1 }, { transformRequest }));
    expect(whyNotReplayed(error)).toBe('body-consumed');
    expect(server.requests).toHaveLength(1);
  });

  test('nor is a form whose fields a transform of the user prepared', async () => {
    const { http } = await warmClientOf(server);
    server.revokeTokens();
    const prepare = (data: Record<string, unknown>) =>
      Object.assign(data, { n: Number(data['n']) + 1 });
    const transformRequest = [prepare, ...[axios.defaults.transformRequest!].flat()];
    const error = await failureOf(http.postForm(ECHO, { n: 1 }, { transformRequest }));
    expect(whyNotReplayed(error)).toBe('body-consumed');
  });

  test('a body that was sent as text is replayed, whatever it was made from', async () => {
    const data = { toJSON: () => ({ a: 1 }), stream: Readable.from(['x']) };
    const { first, second } = await sentTwice({ data });
    expect([first.json, second.json]).toEqual([{ a: 1 }, { a: 1 }]);
  });

  test('a list that contains itself is not a stream', async () => {
    const memory = createMemoryServer();
    const { http } = memoryClientOf(memory, { transformRequest: [] });
    await http.get('/x');
    memory.revoke();
    const data: unknown[] = [];
    data.push(data);
    expect((await http.post('/x', data)).status).toBe(200);
  });
});

test('a web FormData on an instance of the other build of axios is sent again, too', async () => {
  const otherBuild = createRequire(import.meta.url)('axios') as typeof axios;
  expect(otherBuild.AxiosHeaders).not.toBe(axios.AxiosHeaders);
  const http = otherBuild.create({ baseURL: server.url });
  const { source } = attachBearer(http, providerOf(server));
  const { value } = await source.getToken();
  const form = () => {
    const data = new FormData();
    data.append('name', 'Asha');
    return data;
  };
  server.revokeTokens();
  expect((await http.post(ECHO, form())).status).toBe(200);
  const [first, again] = server.requests;
  expect(again!.body.equals(first!.body)).toBe(true);

  const error = await failureOf(http.post(ALWAYS_401, form()));
  expect(whyNotReplayed(error)).toBe('already-replayed');
  expect(inspect(error, { depth: 20 })).not.toContain(value);
  expect(inspect(error, { depth: 20 })).not.toContain(server.issuedTokens.at(-1));
});

describe('an unread answer', () => {
  test('of a 401 is discarded, so that the replay gets the only socket', async () => {
    const httpAgent = new Agent({ maxSockets: 1, keepAlive: true });
    const { http } = await warmClientOf(server, { httpAgent });
    server.api.failNext(1, { status: 401, body: 'x'.repeat(1_000_000) });
    const { data } = await http.get<Readable>('/__sandbox/stream', { responseType: 'stream' });
    expect(Buffer.concat(await data.toArray())).toHaveLength(4096);
    httpAgent.destroy();
  });

  test('of a 401 that is not healed after all is left for the caller to read', async () => {
    const { http } = await warmClientOf(server, {}, { maxAttempts: 1 });
    server.tokenEndpoint.fail({ status: 503 });
    server.api.failNext(1, { status: 401, body: 'why it was refused' });
    const { response } = await failureOf(http.get(ECHO, { responseType: 'stream' }));
    expect(Buffer.concat(await (response.data as Readable).toArray()).toString()).toBe(
      'why it was refused',
    );
  });

  test('of a compressed 401, too', async () => {
    const httpAgent = new Agent({ maxSockets: 1, keepAlive: true });
    const { http } = await warmClientOf(server, { httpAgent });
    server.api.failNext(1, { status: 401, headers: { 'content-encoding': 'gzip' }, body: 'x' });
    const { status, data } = await http.get<Readable>(ECHO, { responseType: 'stream' });
    expect(status).toBe(200);
    data.resume();
    httpAgent.destroy();
  });

  test('of a 401 is cancelled in the fetch adapter', async () => {
    const { http } = await warmClientOf(server, { adapter: 'fetch' });
    let canceled: unknown;
    http.interceptors.request.use((config) => {
      config.transformResponse = [
        (data: ReadableStream, _headers, status) => {
          const cancel = data.cancel.bind(data);
          data.cancel = (reason) => {
            canceled = status;
            return cancel(reason);
          };
          return data;
        },
      ];
      return config;
    });
    server.api.failNext(1, { status: 401, body: 'x'.repeat(1_000_000) });
    const { data } = await http.get<ReadableStream>(ECHO, { responseType: 'stream' });
    expect(canceled).toBe(401);
    expect((await new Response(data).json()).token).toBe(server.issuedTokens[1]);
  });

  test('that is not a stream is left alone, whatever methods it has', async () => {
    const memory = createMemoryServer();
    let destroyed = 0;
    const { http } = memoryClientOf(memory, {
      transformResponse: [() => ({ destroy: () => (destroyed += 1) })],
    });
    await http.get('/x');
    memory.revoke();
    await http.get('/x');
    expect(destroyed).toBe(0);
  });

  test('of the second 401 is the caller’s to read', async () => {
    const { http } = await warmClientOf(server);
    const error = await failureOf(http.get(ALWAYS_401, { responseType: 'stream' }));
    expect(error.response.status).toBe(401);
    let text = '';
    for await (const chunk of error.response.data) text += String(chunk);
    expect(JSON.parse(text)).toEqual({ error: 'invalid_token' });
  });
});

test('a response of the replay is what the API answered, with the config of the first send and the new token', async () => {
  const memory = createMemoryServer();
  const { http } = memoryClientOf(memory, {
    adapter: (config) =>
      config.headers.get('Authorization') === 'Bearer fake-token-1'
        ? answer(config, 401)
        : answer(config, 201, { made: true }, { location: '/things/1' }),
  });
  const response = await http.post('/things', {});
  expect(response).toMatchObject({ status: 201, data: { made: true } });
  expect(response.headers['location']).toBe('/things/1');
  expect(response.config.headers.Authorization).toBe('Bearer fake-token-2');
});
