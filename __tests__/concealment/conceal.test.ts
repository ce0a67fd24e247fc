import { describe, expect, test } from '@jest/globals';
import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { Agent } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';

import { concealError } from '../../src/concealment/conceal.js';
import { ConcealedValue } from '../../src/concealment/concealed-value.js';

const SECRET = 'Bearer telltale-token';
const isSecret = (value: unknown) => value === SECRET;
const conceal = <E>(error: E): E => concealError(error, isSecret);

const configOf = (fields: object = {}) =>
  ({
    method: 'get',
    url: '/a',
    headers: new AxiosHeaders({ Authorization: SECRET, 'X-Other': 'seen' }),
    ...fields,
  }) as InternalAxiosRequestConfig;

const failureOf = (config = configOf(), response?: object) =>
  new AxiosError('failed', 'ERR_BAD_REQUEST', config, undefined, response as never);

const shown = (value: unknown) => inspect(value, { depth: Infinity, showHidden: true });

/** An agent with a request under way, as far as this is about. */
const busyAgent = () => Object.assign(new Agent(), { sockets: { a: [{ header: SECRET }] } });

describe('the Authorization header of an error', () => {
  test.each<[string, () => object]>([
    ['headers of axios', () => new AxiosHeaders({ Authorization: SECRET, 'X-Other': 'seen' })],
    ['plain headers', () => ({ authorization: SECRET, 'X-Other': 'seen' })],
    ['frozen headers', () => Object.freeze({ AUTHORIZATION: SECRET, 'X-Other': 'seen' })],
  ])('is concealed in %s, and nothing else', (_, headers) => {
    const error = conceal(failureOf(configOf({ headers: headers() })));
    expect(shown(error)).not.toContain('telltale');
    expect(JSON.stringify(error)).not.toContain('telltale');
    const { headers: left } = error.config!;
    expect(Object.values(left).map(String)).toEqual([SECRET, 'seen']);
  });

  test('is concealed in the response’s config as well, and in those of its causes', () => {
    const cause = failureOf();
    const error = failureOf(configOf(), { status: 401, config: configOf() });
    error.cause = cause;
    conceal(error);
    for (const config of [error.config, error.response!.config, cause.config])
      expect(config!.headers['Authorization']).toBeInstanceOf(ConcealedValue);
  });

  test('is left alone where it is no secret of ours', () => {
    const { config } = conceal(failureOf(configOf({ headers: { Authorization: 'Basic mine' } })));
    expect(config!.headers['Authorization']).toBe('Basic mine');
  });
});

describe('what leads to other requests', () => {
  test('is kept for reading by name: the request, of the error and of the response', () => {
    const request = { path: '/a', _header: SECRET };
    const error = Object.assign(failureOf(configOf(), { status: 401, request }), { request });
    conceal(error);
    expect([error.request.path, error.response!.request.path]).toEqual(['/a', '/a']);
    expect(shown(error)).not.toContain('telltale');
  });

  test.each<[string, (agent: Agent) => object]>([
    ['at the top', (httpAgent) => ({ httpAgent })],
    ['nested', (agent) => ({ options: { deep: [{ agent }] } })],
    [
      'in what leads back to itself',
      (agent) => {
        const metadata: Record<string, unknown> = { agent };
        metadata['self'] = [metadata];
        return { metadata };
      },
    ],
    ['without a prototype', (agent) => ({ options: { __proto__: null, agent } })],
    [
      'as a dispatcher of undici',
      () => ({ dispatcher: { dispatch: () => SECRET, secret: SECRET } }),
    ],
  ])('is kept so in the config: an agent %s', (_, fields) => {
    const { config } = conceal(failureOf(configOf(fields(busyAgent()))));
    expect(shown(config)).not.toContain('telltale');
  });

  test('is kept so in a copy, and the app’s own structure stays as it is', () => {
    const httpAgent = busyAgent();
    const options = { list: [httpAgent], name: 'kept' };
    const { config } = conceal(failureOf(configOf({ options, httpAgent })));
    const copy = (config as unknown as { options: typeof options }).options;
    expect(options.list[0]).toBe(httpAgent);
    expect(copy).not.toBe(options);
    expect(copy.name).toBe('kept');
    expect(copy.list[0]).toBeInstanceOf(Agent);
    expect(copy.list[0]!.maxSockets).toBe(httpAgent.maxSockets);
  });

  test('is not looked for elsewhere: data without an agent is the same object', () => {
    const params = { a: [{ b: 1 }] };
    expect(conceal(failureOf(configOf({ params }))).config!.params).toBe(params);
  });
});

describe('a body that is the connection itself', () => {
  /** As Node's IncomingMessage leads to the request that it answers. */
  const connection = () => Object.assign(Readable.from(['a', 'b']), { req: { _header: SECRET } });
  const concealed = () =>
    conceal(failureOf(configOf(), { status: 500, data: connection() })).response!.data as Readable;

  test('shows nothing, and is a stream still', () => {
    expect(shown(concealed())).not.toContain('telltale');
    expect(concealed()).toBeInstanceOf(Readable);
  });

  test.each<[string, (body: Readable) => Promise<string>]>([
    [
      'a loop',
      async (body) => {
        let read = '';
        for await (const chunk of body) read += String(chunk);
        return read;
      },
    ],
    ['toArray', async (body) => (await body.toArray()).join('')],
    ['a consumer', (body) => text(body)],
    [
      'its events',
      (body) =>
        new Promise((resolve) => {
          let read = '';
          body.on('data', (chunk) => (read += String(chunk))).on('end', () => resolve(read));
        }),
    ],
    ['pipe', (body) => text(body.pipe(new PassThrough()))],
    [
      'pipeline',
      async (body) => {
        const to = new PassThrough();
        await pipeline(body, to);
        return text(to);
      },
    ],
  ])('can be read by %s', async (_, read) => {
    expect(await read(concealed())).toBe('ab');
  });

  test('is told from one that was decoded on its way, which leads nowhere and stays itself', () => {
    const data = Readable.from(['a']);
    expect(conceal(failureOf(configOf(), { data })).response!.data).toBe(data);
  });
});

describe('concealing never fails, and gives back the same error', () => {
  const throwing = (name: string) =>
    Object.defineProperty({}, name, {
      enumerable: true,
      get() {
        throw new Error('not for you');
      },
    });
  const cyclic: { cause?: unknown; config?: unknown } = {};
  cyclic.cause = cyclic;
  cyclic.config = cyclic;

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'failed'],
    ['a number', 7],
    ['a symbol', Symbol('failed')],
    ['an error of its own', new Error('other')],
    ['a frozen error', Object.freeze(failureOf())],
    ['a frozen config', failureOf(Object.freeze(configOf({ httpAgent: new Agent() })))],
    ['a config without headers', failureOf(configOf({ headers: undefined }))],
    ['a config that is text', { config: 'text', response: 7, request: 'text' }],
    ['headers that are text', failureOf(configOf({ headers: `Authorization: ${SECRET}` }))],
    ['what leads back to itself', cyclic],
    ['a getter that throws', throwing('config')],
    ['a getter deep in the config', failureOf(configOf({ deep: throwing('agent') }))],
    ['a body with odd fields', failureOf(configOf(), { data: { req: 1, pipe: 2 } })],
  ])('%s', (_, error) => {
    expect(conceal(error)).toBe(error);
  });

  test('what is frozen stays as it is, but for what it leads to', () => {
    const config = configOf();
    conceal(Object.freeze(failureOf(Object.freeze(config))));
    expect(shown(config)).not.toContain('telltale');
  });
});
