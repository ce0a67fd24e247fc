import { AxiosError, AxiosHeaders, CanceledError } from 'axios';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';

import {
  AS,
  broken,
  make,
  plainHeaders,
  raise,
  keyOf,
  someOf,
  throwingProxy,
  type Making,
  type Table,
} from './shapes.js';

/** Another realm, whose errors and objects are instances of none of our classes. */
const elsewhere = runInNewContext('({ Error, Object })') as {
  Error: ErrorConstructor;
  Object: ObjectConstructor;
};

class OwnError extends AxiosError {}

const STATUS: Table = {
  '200': () => 200,
  '204': () => 204,
  '304': () => 304,
  '403': () => 403,
  '500': () => 500,
  '401': () => 401,
  "'401'": () => '401',
  '0': () => 0,
  NaN: () => Number.NaN,
  null: () => null,
  undefined: () => undefined,
  text: () => 'OK',
  object: () => ({}),
};

const HEADERS: Table = {
  none: () => ({}),
  undefined: () => undefined,
  null: () => null,
  plain: () => ({ 'content-type': 'application/json' }),
  axios: () => new AxiosHeaders({ 'X-Request-Id': '7' }),
  frozen: () => Object.freeze({ 'X-Request-Id': '7' }),
  nullPrototype: () => Object.assign(Object.create(null), { a: '1' }) as unknown,
  map: () => new Map([['content-type', 'text/plain']]),
  web: () => new Headers({ 'content-type': 'text/plain' }),
  array: () => ['content-type', 'text/plain'],
  pairs: () => [['content-type', 'text/plain']],
  string: () => 'content-type: text/plain',
  number: () => 7,
  function: () => () => undefined,
  challenge: () => ({ 'www-authenticate': 'Bearer error="invalid_token"' }),
  challengeInCapitals: () => ({ 'WWW-AUTHENTICATE': 'Bearer error="invalid_token"' }),
  scope: () => ({ 'WWW-Authenticate': 'Bearer error="insufficient_scope"' }),
  challenges: () => ({ 'www-authenticate': ['Basic', 'Bearer error="invalid_token"'] }),
  challengeIsNumber: () => ({ 'www-authenticate': 7 }),
  challengeIsNull: () => ({ 'www-authenticate': null }),
  challengeIsObject: () => ({ 'www-authenticate': Object.create(null) as unknown }),
  getterThrows: () => ({
    get 'www-authenticate'() {
      return broken('header')();
    },
  }),
  proxyThrows: () => throwingProxy({}, 'headers'),
};

const CONFIG: Table = {
  sent: ({ sent }) => sent,
  undefined: () => undefined,
  null: () => null,
  empty: () => ({}),
  string: () => 'config',
  number: () => 7,
  frozenEmpty: () => Object.freeze({}),
  array: () => [],
  copy: ({ sent }) => ({ ...sent }),
  frozenCopy: ({ sent }) => Object.freeze({ ...sent }),
  withoutHeaders: ({ sent }) => ({ ...sent, headers: undefined }),
  headersNull: ({ sent }) => ({ ...sent, headers: null }),
  headersPlain: ({ sent }) => ({ ...sent, headers: plainHeaders(sent) }),
  headersFrozen: ({ sent }) => ({ ...sent, headers: Object.freeze(plainHeaders(sent)) }),
  headersText: ({ sent }) => ({ ...sent, headers: 'a: b' }),
  headersMap: ({ sent }) => ({ ...sent, headers: new Map() }),
  headersProxy: ({ sent }) => ({ ...sent, headers: throwingProxy({}, 'headers') }),
  getterThrows: () => ({
    get headers() {
      return broken('config')();
    },
  }),
  proxyThrows: () => throwingProxy({}, 'config'),
  cyclic: () => {
    const config: Record<string, unknown> = { headers: {} };
    config['self'] = config;
    return config;
  },
};

const DATA: Table = {
  object: () => ({ a: 1 }),
  undefined: () => undefined,
  null: () => null,
  text: () => 'text',
  json: () => '{"a":1}',
  brokenJson: () => '{"a":',
  number: () => 7,
  buffer: () => Buffer.from('{"a":1}'),
  stream: () => Readable.from(['a']),
  webStream: () => new Blob(['a']).stream(),
  frozen: () => Object.freeze({ a: 1 }),
  frozenStream: () => Object.freeze({ pipe: () => undefined }),
  deafStream: () => ({ pipe: 1, destroy: broken('destroy') }),
  function: () => () => 'a',
  symbol: () => Symbol.for('a'),
  proxyThrows: () => throwingProxy({}, 'data'),
};

const REQUEST: Table = {
  undefined: () => undefined,
  null: () => null,
  empty: () => ({}),
  string: () => 'request',
  frozen: () => Object.freeze({}),
  getHeaderThrows: () => ({ getHeader: broken('getHeader') }),
  getHeaderIsText: () => ({ getHeader: 'x' }),
  noHeader: () => ({ getHeader: () => undefined }),
  redirected: () => ({ responseURL: 'https://other.example.com/x' }),
  responseURLIsNumber: () => ({ responseURL: 7 }),
  resIsNull: () => ({ res: null }),
  resIsText: () => ({ res: 'x' }),
  getterThrows: () => ({
    get res() {
      return broken('res')();
    },
  }),
  proxyThrows: () => throwingProxy({}, 'request'),
};

export interface ResponseShape {
  status?: string;
  headers?: string;
  config?: string;
  data?: string;
  request?: string;
  as?: string;
}
const RESPONSE_FIELDS = {
  status: STATUS,
  headers: HEADERS,
  config: CONFIG,
  data: DATA,
  request: REQUEST,
};

const responseShape: fc.Arbitrary<ResponseShape> = fc
  .tuple(someOf(RESPONSE_FIELDS), fc.option(keyOf(AS), { nil: undefined, freq: 3 }))
  .map(([fields, as]) => (as === undefined ? fields : { ...fields, as }));

function makeResponse(shape: ResponseShape, making: Making, part = 'response'): object {
  const { as = 'plain', ...fields } = shape;
  const response = Object.fromEntries(
    Object.entries(fields).map(([name, key]) => [
      name,
      making.mark(
        make(RESPONSE_FIELDS[name as keyof typeof RESPONSE_FIELDS], key, making),
        key === 'sent' ? 'sent config' : `${part}.${name}`,
      ),
    ]),
  );
  return making.mark(AS[as]!(response), part);
}

/** Whatever is no response at all. */
const NO_RESPONSE: Table = {
  undefined: () => undefined,
  null: () => null,
  text: () => 'text',
  empty: () => '',
  number: () => 7,
  true: () => true,
  symbol: () => Symbol.for('x'),
  bigint: () => 1n,
  function: () => () => undefined,
  array: () => [],
  frozenArray: () => Object.freeze([]),
  error: () => new Error('resolved with an error'),
  proxyThrows: () => throwingProxy({}, 'response'),
};

/** What carries a response and a config, before it gets them. */
const BEARERS: Record<string, (making: Making) => object> = {
  axiosError: () => new AxiosError('failed', 'ERR_BAD_RESPONSE'),
  canceled: ({ sent }) => new CanceledError('gone', sent),
  error: () => new Error('failed'),
  typeError: () => new TypeError('failed'),
  subclass: () => new OwnError('failed', 'OWN'),
  ownToJSON: () => Object.assign(new AxiosError('failed'), { toJSON: broken('toJSON') }),
  withoutToJSON: () => Object.assign(new Error('failed'), { isAxiosError: true }),
  toJSONIsText: () => Object.assign(new Error('failed'), { isAxiosError: true, toJSON: 'x' }),
  plain: () => ({}),
  plainMarked: () => ({ isAxiosError: true, message: 'failed' }),
  markedByText: () => ({ isAxiosError: 'yes' }),
  array: () => [],
  function: () => () => undefined,
  markedFunction: () => Object.assign(() => undefined, { isAxiosError: true }),
  otherRealm: () => Object.assign(new elsewhere.Error('failed'), { isAxiosError: true }),
  otherRealmPlain: () => Object.assign(new elsewhere.Object(), { isAxiosError: true }),
  getterThrows: () => ({
    get isAxiosError() {
      return broken('isAxiosError')();
    },
  }),
};

const CAUSE: Table = {
  axiosError: ({ sent }) => new AxiosError('inner', 'ECONNRESET', sent),
  text: () => 'inner',
  frozenAxiosError: ({ sent }) => Object.freeze(new AxiosError('inner', 'ECONNRESET', sent)),
  oddAxiosError: () => ({ isAxiosError: true }),
  proxyThrows: () => throwingProxy({}, 'cause'),
  itself: () => 'itself',
};

/** Whatever is thrown that can carry nothing. */
const NO_ERROR: Table = {
  undefined: () => undefined,
  null: () => null,
  text: () => 'text',
  empty: () => '',
  number: () => 7,
  false: () => false,
  symbol: () => Symbol.for('x'),
  bigint: () => 1n,
  proxyThrows: () => throwingProxy({}, 'error'),
};

export interface ErrorShape {
  bearer: string;
  response?: ResponseShape | string;
  config?: string;
  request?: string;
  cause?: string;
  code?: string;
  as?: string;
}

const errorShape: fc.Arbitrary<ErrorShape> = fc.record(
  {
    bearer: keyOf(BEARERS),
    response: fc.oneof({ weight: 4, arbitrary: responseShape }, keyOf(NO_RESPONSE)),
    config: keyOf(CONFIG),
    request: keyOf(REQUEST),
    cause: keyOf(CAUSE),
    code: fc.constantFrom('ECONNRESET', 'ERR_NETWORK', 'ERR_CANCELED'),
    as: keyOf(AS),
  },
  { requiredKeys: ['bearer'] },
);

function makeError(shape: ErrorShape, making: Making): unknown {
  const { bearer, response, cause, as = 'plain', code, ...fields } = shape;
  const error = BEARERS[bearer]!(making);
  const put = (name: string, value: unknown) => Reflect.set(error, name, value);
  if (code !== undefined) put('code', code);
  if (response !== undefined) {
    put(
      'response',
      typeof response === 'string'
        ? making.mark(make(NO_RESPONSE, response, making), 'response')
        : makeResponse(response, making),
    );
  }
  if (fields.config !== undefined)
    put(
      'config',
      making.mark(
        make(CONFIG, fields.config, making),
        fields.config === 'sent' ? 'sent config' : 'error.config',
      ),
    );
  if (fields.request !== undefined)
    put('request', making.mark(make(REQUEST, fields.request, making), 'error.request'));
  if (cause !== undefined)
    put('cause', cause === 'itself' ? error : making.mark(make(CAUSE, cause, making), 'cause'));
  return making.mark(AS[as]!(error), 'error');
}

/** What an adapter does with one request. */
export type AnswerShape = { readonly how?: string } & (
  { readonly resolves: ResponseShape | string } | { readonly rejects: ErrorShape | string }
);

const HOW = ['promise', 'later', 'thenable', 'sync'];
const resolves = fc.oneof({ weight: 5, arbitrary: responseShape }, keyOf(NO_RESPONSE));
const rejects = fc.oneof({ weight: 5, arbitrary: errorShape }, keyOf(NO_ERROR));
const how = fc.constantFrom(...HOW);

export const resolvedAnswer: fc.Arbitrary<AnswerShape> = fc.record(
  { resolves, how },
  { requiredKeys: ['resolves'] },
);
export const rejectedAnswer: fc.Arbitrary<AnswerShape> = fc.record(
  { rejects, how },
  { requiredKeys: ['rejects'] },
);
export const answerShape = fc.oneof(resolvedAnswer, rejectedAnswer);

/** A plain answer, as the adapters of axios give it. */
export const OK: AnswerShape = {
  resolves: { status: '200', headers: 'plain', config: 'sent', data: 'json' },
};

/** Gives the answer; `sync` throws, or returns what is no promise. */
export function giveAnswer(shape: AnswerShape, making: Making): unknown {
  const { how: given = 'promise' } = shape;
  const isError = 'rejects' in shape;
  const value = isError
    ? typeof shape.rejects === 'string'
      ? making.mark(make(NO_ERROR, shape.rejects, making), 'error')
      : makeError(shape.rejects, making)
    : typeof shape.resolves === 'string'
      ? making.mark(make(NO_RESPONSE, shape.resolves, making), 'response')
      : makeResponse(shape.resolves, making);
  if (given === 'sync') return isError ? raise(value) : value;
  const settle = () => (isError ? Promise.resolve(value).then(raise) : Promise.resolve(value));
  if (given === 'later') return Promise.resolve().then(settle);
  if (given === 'thenable') return { then: (yes: never, no: never) => settle().then(yes, no) };
  return settle();
}

/** Whether anything in the answer says 401: then it may be healed, and the adapter sees the request again. */
export function speaksOf401(shape: AnswerShape): boolean {
  const response = 'resolves' in shape ? shape.resolves : (shape.rejects as ErrorShape).response;
  return typeof response === 'object' && /401/.test(response.status ?? '');
}

/** A 401 in which nothing says that it is about anything but the token, and nothing refuses to tell. */
export const unmistakable401: fc.Arbitrary<AnswerShape> = fc
  .record({ answer: answerShape, response: responseShape })
  .map(({ answer: { how: given, ...answer }, response }): AnswerShape => {
    const rejection = { ...telling(response), status: '401' };
    const timing = given === undefined || given === 'sync' ? {} : { how: given };
    if ('resolves' in answer) return { ...timing, resolves: rejection };
    const error = typeof answer.rejects === 'string' ? { bearer: 'axiosError' } : answer.rejects;
    const bearer = OF_AXIOS.includes(error.bearer) ? error.bearer : 'axiosError';
    return { ...timing, rejects: { ...telling(error), bearer, response: rejection } };
  });

const OF_AXIOS = ['axiosError', 'subclass', 'ownToJSON', 'plainMarked', 'otherRealm'];

const REFUSES = /^(scope|noHeader|redirected|headersProxy|.*Throws)$/;

function telling<T extends object>(fields: T): T {
  const told = Object.entries(fields).filter(
    ([, key]) => !(typeof key === 'string' && REFUSES.test(key)),
  );
  return Object.fromEntries(told) as T;
}
