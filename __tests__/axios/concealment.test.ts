import { describe, expect, test } from '@jest/globals';
import {
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import { concealToken } from '../../src/axios/concealment.js';

const SECRET = 'Bearer telltale-token';

const configOf = (fields: object = {}) =>
  ({
    method: 'get',
    baseURL: 'https://api.example.com',
    url: '/a',
    headers: new AxiosHeaders({ Authorization: SECRET, 'X-Other': 'seen' }),
    ...fields,
  }) as InternalAxiosRequestConfig;

const responseOf = (config: InternalAxiosRequestConfig, data: unknown): AxiosResponse =>
  ({ status: 401, statusText: 'Unauthorized', headers: {}, config, data }) as AxiosResponse;

/** An axios error whose token is concealed. */
function concealed(config = configOf(), data?: unknown, more: object = {}) {
  const response = Object.assign(responseOf(config, data), more);
  const error = new AxiosError('failed', 'ERR_BAD_REQUEST', config, undefined, response);
  concealToken(error);
  return error;
}

const shown = (value: unknown) => inspect(value, { depth: 10, breakLength: Infinity });

describe('the headers', () => {
  const headersOf = (headers: object) => {
    concealed(configOf({ headers }));
    return headers as AxiosHeaders;
  };

  test('show what is sent, less the token, in print and as text', () => {
    const headers = headersOf(new AxiosHeaders({ Authorization: SECRET, 'X-Other': 'seen' }));
    expect(shown(headers)).toBe("{ Authorization: '[redacted]', 'X-Other': 'seen' }");
    expect(String(headers)).toBe('Authorization: [redacted]\nX-Other: seen');
    expect(JSON.parse(JSON.stringify({ headers }))).toEqual({
      headers: { Authorization: '[redacted]', 'X-Other': 'seen' },
    });
  });

  test('show nothing that is not sent', () => {
    const headers = headersOf({
      a: null,
      b: undefined,
      c: false,
      d: '',
      e: 0,
      authorization: SECRET,
    });
    expect(shown(headers)).toBe("{ d: '', e: 0, authorization: '[redacted]' }");
  });

  test('hand an adapter the token, and lists in the form that it asks for', () => {
    const headers = headersOf(new AxiosHeaders({ Authorization: SECRET, 'X-List': ['a', 'b'] }));
    expect(headers.toJSON()).toEqual({ Authorization: SECRET, 'X-List': ['a', 'b'] });
    expect(headers.toJSON(true)).toEqual({ Authorization: SECRET, 'X-List': 'a, b' });
  });
});

describe('the config', () => {
  const jsonOf = (fields: object) =>
    (concealed(configOf(fields)).toJSON() as { config: Record<string, unknown> }).config;

  test('shows where the request went, and what it brought', () => {
    const { config } = concealed(configOf({ params: { b: 1 }, timeout: 5, data: '{}' }));
    expect(shown(config)).toBe(
      "{ method: 'get', baseURL: 'https://api.example.com', url: '/a', params: { b: 1 }, timeout: 5, " +
        "headers: { Authorization: '[redacted]', 'X-Other': 'seen' }, data: '{}' }",
    );
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'x'],
    ['a list', [1, [2]]],
    ['an object in an object', { a: { b: null } }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ])('keeps what is data in its JSON form: %s', (_, params) => {
    expect(jsonOf({ params })).toHaveProperty('params', params);
  });

  const cycle: { other?: object } = {};
  cycle.other = { back: cycle };

  test.each<[string, unknown]>([
    ['a function', () => 1],
    ['an agent', new Agent()],
    ['an agent beside data', { a: 1, agent: new Agent() }],
    ['a list of agents and data', [1, new Agent()]],
    ['what leads back to itself', cycle],
  ])('leaves the rest out of it: %s', (_, params) => {
    expect(jsonOf({ params })).not.toHaveProperty('params');
    expect(jsonOf({ params })).toHaveProperty('url', '/a');
  });
});

describe('the response', () => {
  test('shows the request by its method and address, and its body', () => {
    const { response } = concealed(configOf(), { error: 'expired' });
    expect(shown(response)).toBe(
      "{ status: 401, statusText: 'Unauthorized', headers: {}, request: { method: 'get', " +
        "baseURL: 'https://api.example.com', url: '/a' }, data: { error: 'expired' } }",
    );
  });

  test.each<[string, () => unknown, string]>([
    ['null', () => null, 'null'],
    ['a text', () => 'x', "'x'"],
    ['an object', () => ({ a: 1 }), '{ a: 1 }'],
    ['a Node stream', () => Readable.from([]), "'[stream]'"],
    ['a web stream', () => new ReadableStream(), "'[stream]'"],
  ])('shows %s for a body as it is, but no stream', (_, data, expected) => {
    const { response } = concealed(configOf(), data());
    expect(shown(response)).toContain(`data: ${expected} }`);
    expect(shown(response!.data)).toBe(expected);
  });

  test('keeps its ClientRequest as a value that nobody walks, and gets none where there was none', () => {
    const request = { path: SECRET };
    const { response } = concealed(configOf(), undefined, { request });
    expect(response!.request).toBe(request);
    expect(Object.keys(response!)).not.toContain('request');
    expect(concealed().response).not.toHaveProperty('request');
  });
});

describe('the error', () => {
  test('shows no more than it has', () => {
    const error = new AxiosError('failed', 'ERR_NETWORK', configOf());
    concealToken(error);
    expect(shown(error)).toContain('[AxiosError]: failed');
    expect(shown(error)).toContain("code: 'ERR_NETWORK'");
    expect(shown(error)).not.toMatch(/(status|cause|response):/);
    expect(shown(concealed())).toContain('response: { status: 401');
  });

  test('conceals that of its cause as well', () => {
    const cause = concealed();
    expect(shown(Object.assign(new AxiosError('outer'), { cause }))).not.toContain(SECRET);
    const unseen = new AxiosError('inner', undefined, configOf());
    const outer = Object.assign(new AxiosError('outer', undefined, configOf()), { cause: unseen });
    concealToken(outer);
    expect(shown(outer)).not.toContain(SECRET);
    expect(shown(outer)).toContain('inner');
  });

  test('can be given another JSON form by whoever comes next', () => {
    const error = concealed();
    error.toJSON = () => ({ mine: true });
    expect(JSON.parse(JSON.stringify(error))).toEqual({ mine: true });
  });

  test.each([undefined, null, 'text', new Error('not of axios')])(
    'is left alone if it is %p',
    (value) => {
      expect(() => concealToken(value)).not.toThrow();
      if (value instanceof Error) expect(Reflect.ownKeys(value)).toEqual(['stack', 'message']);
    },
  );
});
