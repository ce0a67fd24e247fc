import { AxiosHeaders } from 'axios';
import fc from 'fast-check';
import { Readable } from 'node:stream';

import {
  AS,
  broken,
  make,
  keyOf,
  throwingProxy,
  type Config,
  type Making,
  type Table,
  plainHeaders,
  raise,
} from './shapes.js';

/** Has a prototype, as the config classes of some apps do. */
class OwnConfig {
  readonly name = undefined;
}

class Order {
  id = 7;
  get total(): number {
    return 3;
  }
}

const REQUEST_FIELDS: Record<string, Table> = {
  method: {
    get: () => 'get',
    POST: () => 'POST',
    put: () => 'put',
    undefined: () => undefined,
    null: () => null,
    empty: () => '',
    number: () => 7,
  },
  url: {
    path: () => '/x',
    relative: () => 'x',
    empty: () => '',
    undefined: () => undefined,
    null: () => null,
    own: () => 'https://api.example.com/x',
    foreign: () => 'https://other.example.com/x',
    credentials: () => 'https://user:word@api.example.com/x',
    twoSlashes: () => '//other.example.com/x',
    URL: () => new URL('https://api.example.com/x'),
    foreignURL: () => new URL('https://other.example.com/x'),
    number: () => 7,
    symbol: () => Symbol.for('x'),
    nullPrototype: () => Object.create(null) as unknown,
    toStringThrows: () => ({ toString: broken('toString') }),
    broken: () => 'http://[',
    array: () => ['/x'],
    function: () => () => '/x',
  },
  baseURL: {
    own: () => 'https://api.example.com',
    foreign: () => 'https://other.example.com',
    path: () => '/v1',
    empty: () => '',
    null: () => null,
    number: () => 7,
    URL: () => new URL('https://api.example.com/'),
    nullPrototype: () => Object.create(null) as unknown,
    broken: () => 'http://[',
    symbol: () => Symbol.for('x'),
    toStringThrows: () => ({ toString: broken('toString') }),
  },
  allowAbsoluteUrls: { true: () => true, false: () => false, null: () => null },
  headers: {
    plain: () => ({ 'X-Own': '1' }),
    null: () => null,
    undefined: () => undefined,
    text: () => 'x',
    number: () => 7,
    array: () => [['a', '1']],
    axios: () => new AxiosHeaders({ 'X-Own': '1' }),
    frozen: () => Object.freeze({ 'X-Own': '1' }),
    map: () => new Map([['x-own', '1']]),
    web: () => new Headers({ 'x-own': '1' }),
    nullPrototype: () => Object.assign(Object.create(null), { 'x-own': '1' }) as unknown,
    authorization: () => ({ Authorization: 'Own' }),
    lowerCase: () => ({ authorization: 'Own' }),
    capitals: () => ({ AUTHORIZATION: 'Own' }),
    authorizationNull: () => ({ Authorization: null }),
    authorizationFalse: () => ({ Authorization: false }),
    authorizationEmpty: () => ({ Authorization: '' }),
    contentLength: () => ({ 'content-length': '3' }),
    contentTypeFalse: () => ({ 'Content-Type': false }),
    symbolKey: () => ({ [Symbol.for('x')]: '1' }),
    symbolValue: () => ({ 'x-own': Symbol.for('x') }),
    getterThrows: () => ({
      get 'x-own'() {
        return broken('header')();
      },
    }),
    forForm: () => ({ 'Content-Type': 'multipart/form-data' }),
    forUrlencoded: () => ({ 'Content-Type': 'application/x-www-form-urlencoded' }),
  },
  auth: {
    both: () => ({ username: 'u', password: 'p' }),
    empty: () => ({}),
    null: () => null,
    false: () => false,
    text: () => 'u:p',
    frozen: () => Object.freeze({ username: 'u' }),
  },
  timeout: {
    number: () => 5000,
    text: () => '5000',
    words: () => 'soon',
    negative: () => -1,
    NaN: () => Number.NaN,
    zero: () => 0,
    null: () => null,
    fraction: () => 1.5,
    infinity: () => Infinity,
    object: () => ({}),
    true: () => true,
    bigint: () => 5000n,
    symbol: () => Symbol.for('x'),
    function: () => () => 5,
    array: () => [5000],
    tiny: () => 0.2,
    huge: () => 2 ** 40,
  },
  timeoutErrorMessage: { text: () => 'too slow', null: () => null, number: () => 7 },
  validateStatus: {
    all: () => () => true,
    none: () => () => false,
    null: () => null,
    undefined: () => undefined,
    throws: () => broken('validateStatus'),
    text: () => 'x',
    promise: () => () => Promise.resolve(true),
  },
  transformRequest: {
    none: () => [],
    same: () => (data: unknown) => data,
    list: () => [(data: unknown) => data],
    throws: () => broken('transformRequest'),
    null: () => null,
    undefined: () => undefined,
    odd: () => [7],
    text: () => 'x',
    toText: () => () => 'text',
    toStream: () => () => Readable.from(['a']),
    headers: () => (data: unknown, headers: AxiosHeaders) => {
      headers.set('X-Transform', '1');
      return data;
    },
    frozen: () => Object.freeze([(data: unknown) => data]),
    deletesHeaders: () => (data: unknown, headers: AxiosHeaders) => {
      headers.clear();
      return data;
    },
    ownAuthorization: () => (data: unknown, headers: AxiosHeaders) => {
      headers.set('Authorization', 'Own');
      return data;
    },
  },
  transformResponse: {
    none: () => [],
    same: () => (data: unknown) => data,
    throws: () => broken('transformResponse'),
    null: () => null,
    toText: () => () => 'text',
    odd: () => ['x'],
    throwsText: () => () => raise('text'),
    headers: () => (data: unknown, headers: AxiosHeaders) => {
      headers.set('x-transform', '1');
      return data;
    },
  },
  responseType: {
    json: () => 'json',
    text: () => 'text',
    stream: () => 'stream',
    arraybuffer: () => 'arraybuffer',
    blob: () => 'blob',
    odd: () => 'x',
    number: () => 7,
  },
  transitional: {
    defaults: () => undefined,
    empty: () => ({}),
    newOrder: () => ({ legacyInterceptorReqResOrdering: false }),
    null: () => null,
    strict: () => ({ silentJSONParsing: false }),
    clarify: () => ({ clarifyTimeoutError: true }),
    odd: () => ({ silentJSONParsing: 'x' }),
    text: () => 'x',
    frozen: () => Object.freeze({}),
  },
  data: {
    undefined: () => undefined,
    null: () => null,
    object: () => ({ a: 1 }),
    text: () => 'a=1',
    json: () => '{"a":1}',
    number: () => 7,
    empty: () => '',
    false: () => false,
    nullPrototype: () => Object.assign(Object.create(null), { a: 1 }) as unknown,
    instance: () => new Order(),
    toJSON: () => ({ toJSON: () => ({ a: 1 }) }),
    toJSONThrows: () => ({ toJSON: broken('toJSON') }),
    array: () => [1, 2],
    frozen: () => Object.freeze({ a: 1 }),
    date: () => new Date(0),
    buffer: () => Buffer.from('a'),
    bytes: () => new Uint8Array([1, 2]),
    arrayBuffer: () => new ArrayBuffer(2),
    view: () => new DataView(new ArrayBuffer(2)),
    params: () => new URLSearchParams({ a: '1' }),
    form: () => {
      const form = new FormData();
      form.append('a', '1');
      return form;
    },
    blob: () => new Blob(['a']),
    stream: () => Readable.from(['a']),
    webStream: () => new Blob(['a']).stream(),
    streamInClass: () => ({ file: Object.assign(new Order(), { stream: Readable.from(['a']) }) }),
    streamBehindJSON: () => ({ file: { toJSON: () => ({ stream: Readable.from(['a']) }) } }),
    streamInArray: () => [['a', Readable.from(['a'])]],
    nestedStream: () => ({ a: { b: [Readable.from(['a'])] } }),
    map: () => new Map([['a', 1]]),
    bigint: () => ({ a: 1n }),
    symbol: () => Symbol.for('a'),
    function: () => () => 1,
    cyclic: () => {
      const data: Record<string, unknown> = {};
      data['self'] = data;
      return data;
    },
    getterThrows: () => ({
      get a() {
        return broken('data')();
      },
    }),
    proxyThrows: () => throwingProxy({}, 'data'),
    asyncIterable: () => ({
      [Symbol.asyncIterator]: () => Readable.from(['a'])[Symbol.asyncIterator](),
    }),
    tagged: () => ({ [Symbol.toStringTag]: 'FormData', [Symbol.iterator]: null }),
    taggedIterable: () => ({ [Symbol.toStringTag]: 'FormData', *[Symbol.iterator]() {} }),
    formLike: () => ({ getBoundary: 1, setBoundary: 1 }),
  },
  params: {
    plain: () => ({ a: 1 }),
    null: () => null,
    text: () => 'a=1',
    params: () => new URLSearchParams('a=1'),
    nested: () => ({ a: { b: [1] } }),
    nullPrototype: () => Object.create(null) as unknown,
    cyclic: () => {
      const params: Record<string, unknown> = {};
      params['self'] = params;
      return params;
    },
    frozen: () => Object.freeze({ a: 1 }),
    number: () => 7,
    getterThrows: () => ({
      get a() {
        return broken('params')();
      },
    }),
  },
  paramsSerializer: {
    function: () => () => 'a',
    throws: () => broken('paramsSerializer'),
    object: () => ({ indexes: null }),
    odd: () => ({ serialize: 7 }),
    text: () => 'x',
    null: () => null,
  },
  adapter: {
    undefined: () => undefined,
    list: () => 'list',
    unknown: () => 'unknown',
    unknownList: () => ['unknown'],
    xhr: () => 'xhr',
    number: () => 7,
    object: () => ({}),
  },
  signal: {
    live: () => new AbortController().signal,
    aborted: () => AbortSignal.abort(),
    abortedFor: () => AbortSignal.abort('reason'),
    lookalike: () => ({ aborted: false }),
    null: () => null,
    abortedLookalike: () => ({ aborted: true }),
    listeningLookalike: () => ({ aborted: false, addEventListener: () => undefined }),
    brokenLookalike: () => ({ aborted: false, addEventListener: broken('signal') }),
    textLookalike: () => ({ aborted: false, addEventListener: 'x' }),
    text: () => 'x',
    number: () => 7,
    false: () => false,
    frozen: () => Object.freeze({ aborted: false }),
  },
  cancelToken: {
    quiet: () => ({ throwIfRequested: () => undefined }),
    throwing: () => ({ throwIfRequested: broken('cancelToken') }),
    null: () => null,
    empty: () => ({}),
    false: () => false,
    promiseOnly: () => ({
      promise: new Promise(() => undefined),
      throwIfRequested: () => undefined,
    }),
    full: () => ({
      throwIfRequested: () => undefined,
      subscribe: () => undefined,
      unsubscribe: () => undefined,
    }),
    subscribeThrows: () => ({
      throwIfRequested: () => undefined,
      subscribe: broken('subscribe'),
      unsubscribe: () => undefined,
    }),
    withoutUnsubscribe: () => ({ throwIfRequested: () => undefined, subscribe: () => undefined }),
  },
  maxRedirects: { none: () => 0, text: () => 'x', null: () => null },
  beforeRedirect: {
    function: () => () => undefined,
    null: () => null,
    text: () => 'x',
    number: () => 7,
  },
  redact: { list: () => ['authorization'], text: () => 'x', null: () => null },
  sensitiveHeaders: {
    list: () => ['x-own'],
    text: () => 'x',
    null: () => null,
    frozen: () => Object.freeze(['x-own']),
  },
  bearer: { undefined: () => undefined, empty: () => ({}), noReplay: () => ({ replay: false }) },
  own: {
    symbolKey: () => 'symbol',
    getter: () => 'getter',
    function: () => () => 1,
    cyclic: () => {
      const a: Record<string, unknown> = {};
      a['a'] = a;
      return a;
    },
  },
};

export interface RequestShape {
  fields: Record<string, string>;
  as?: string;
}

/** Few fields at a time, so that one does not hide another. */
const fields = fc
  .uniqueArray(
    fc
      .constantFrom(...Object.keys(REQUEST_FIELDS))
      .chain((name) => keyOf(REQUEST_FIELDS[name]!).map((key): [string, string] => [name, key])),
    { maxLength: 4, selector: ([name]) => name },
  )
  .map((pairs) => Object.fromEntries(pairs));

export const requestShape: fc.Arbitrary<RequestShape> = fc.record(
  {
    fields,
    as: fc.constantFrom(
      'frozen',
      'instance',
      'nullPrototype',
      'getters',
      'proxy',
      'symbols',
      'sealed',
    ),
  },
  { requiredKeys: ['fields'] },
);

/** A body of any kind, and what makes it go out as another. */
export const bodyShape: fc.Arbitrary<RequestShape> = fc
  .record(
    {
      data: keyOf(REQUEST_FIELDS['data']!),
      headers: fc.constantFrom('forForm', 'forUrlencoded', 'contentTypeFalse', 'contentLength'),
      transformRequest: fc.constantFrom(
        'none',
        'same',
        'list',
        'null',
        'toText',
        'toStream',
        'headers',
        'frozen',
      ),
    },
    { requiredKeys: ['data'] },
  )
  // It has no fields of which a form could be made.
  .filter(({ data, headers }) => !(data === 'asyncIterable' && headers === 'forForm'))
  .map((fields) => ({ fields: { ...fields, method: 'POST' } }));

export function makeRequest(
  shape: RequestShape,
  making: Pick<Making, 'mark'>,
  adapter: unknown,
): object {
  const { as = 'plain' } = shape;
  const request: Record<string | symbol, unknown> = {};
  for (const [name, key] of Object.entries(shape.fields)) {
    const value = making.mark(
      make(REQUEST_FIELDS[name]!, key, making as Making),
      `request.${name}`,
    );
    request[name] = name === 'adapter' && value === 'list' ? [adapter] : value;
  }
  if (as === 'symbols') request[Symbol.for('own')] = 'symbol';
  if (as === 'instance') return Object.assign(new OwnConfig(), request);
  return making.mark((AS[as] ?? AS['plain']!)(request), 'request');
}

// ---- interceptors -----------------------------------------------------------------------------------------------

/** A clone as JSON makes it, with that put back which JSON cannot carry. */
function throughJSON(config: Config): Config {
  const clone = JSON.parse(JSON.stringify(config)) as Config;
  for (const name of BEYOND_JSON) if (name in config) clone[name] = config[name] as never;
  return clone;
}

const BEYOND_JSON = [
  'adapter',
  'beforeRedirect',
  'cancelToken',
  'env',
  'paramsSerializer',
  'signal',
  'transformRequest',
  'transformResponse',
  'validateStatus',
] as (keyof Config)[];

type RequestInterceptor = (config: Config) => unknown;

export const ON_REQUEST: Record<string, RequestInterceptor> = {
  pass: (config) => config,
  copy: (config) => ({ ...config }),
  headersPlain: (config) => ({ ...config, headers: plainHeaders(config) }),
  headersGone: (config) => ({ ...config, headers: undefined }),
  headersNull: (config) => ({ ...config, headers: null }),
  headersText: (config) => ({ ...config, headers: 'x' }),
  headersMap: (config) => ({ ...config, headers: new Map([['a', '1']]) }),
  headersWeb: (config) => ({ ...config, headers: new Headers({ a: '1' }) }),
  headersFrozen: (config) => ({ ...config, headers: Object.freeze(plainHeaders(config)) }),
  headersNullPrototype: (config) => ({
    ...config,
    headers: Object.assign(Object.create(null), config.headers) as unknown,
  }),
  headersDeleted: (config) => {
    delete (config as Partial<Config>).headers;
    return config;
  },
  headersProxy: (config) => ({ ...config, headers: throwingProxy({}, 'headers') }),
  headersClosed: (config) => {
    Object.preventExtensions(config.headers);
    return config;
  },
  frozen: (config) => Object.freeze(config),
  frozenCopy: (config) => Object.freeze({ ...config }),
  sealed: (config) => Object.seal(config),
  json: throughJSON,
  nullPrototype: (config) => Object.assign(Object.create(null), config) as unknown,
  instance: (config) => Object.assign(new OwnConfig(), config),
  inherits: (config) => Object.create(config) as unknown,
  proxy: (config) => new Proxy(config, {}),
  own: (config) => {
    config.headers.set('Authorization', 'Own');
    return config;
  },
  params: (config) => {
    config.params = { b: 2 };
    return config;
  },
  stream: (config) => ({ ...config, data: Readable.from(['a']) }),
  undefined: () => undefined,
  null: () => null,
  text: () => 'text',
  throws: broken('interceptor'),
  throwsText: () => raise('text'),
  throwsNull: () => raise(null),
  rejects: () => Promise.reject(new Error('broken interceptor')),
  later: (config) => Promise.resolve(config),
  laterCopy: (config) => Promise.resolve({ ...config, headers: plainHeaders(config) }),
};

export const ON_RESPONSE: Record<string, (value: any) => unknown> = {
  pass: (response) => response as unknown,
  data: (response) => response?.data as unknown,
  throws: broken('response interceptor'),
  rejects: () => Promise.reject(new Error('broken response interceptor')),
  undefined: () => undefined,
  freezes: (response: unknown) => Object.freeze(response),
  later: (response) => Promise.resolve(response),
};

export const ON_ERROR: Record<string, (error: any) => unknown> = {
  throws: raise,
  recovers: () => 'recovered',
  message: (error) => raise(new Error(`wrapped ${String(error?.message)}`)),
  null: () => raise(null),
  later: (error) => Promise.resolve(error as unknown).then(raise),
};

export const ON_REQUEST_ERROR: Record<string, (error: unknown) => unknown> = {
  throws: raise,
  recovers: () => ({}),
  undefined: () => undefined,
};

export const RUN_WHEN: Record<string, unknown> = {
  always: () => true,
  never: () => false,
  throws: broken('runWhen'),
  odd: 'x',
};

/** These take their time, and so must not call themselves synchronous: axios would send the promise. */
const ASYNCHRONOUS = ['rejects', 'later', 'laterCopy'];

export interface InterceptorShape {
  request?: string;
  requestError?: string;
  synchronous?: boolean;
  runWhen?: string;
  response?: string;
  error?: string;
  /** @defaultValue 'before' */
  attached?: 'before' | 'after';
}

export const interceptorShape: fc.Arbitrary<InterceptorShape> = fc
  .record(
    {
      request: keyOf(ON_REQUEST),
      requestError: keyOf(ON_REQUEST_ERROR),
      synchronous: fc.boolean(),
      runWhen: keyOf(RUN_WHEN),
      response: keyOf(ON_RESPONSE),
      error: keyOf(ON_ERROR),
      attached: fc.constantFrom('before' as const, 'after' as const),
    },
    { requiredKeys: [] },
  )
  .map(({ synchronous, ...shape }) =>
    synchronous === undefined || ASYNCHRONOUS.includes(shape.request ?? '')
      ? shape
      : { ...shape, synchronous },
  );

/** How a config is sent again by an interceptor for errors, as retries do. */
export const AGAIN: Record<string, (config: Config) => unknown> = {
  same: (config) => config,
  copy: (config) => ({ ...config }),
  headersCopy: (config) => ({ ...config, headers: plainHeaders(config) }),
  axiosHeadersCopy: (config) => ({
    ...config,
    headers: AxiosHeaders.from(plainHeaders(config) as never),
  }),
  headersJSON: (config) => ({ ...config, headers: config.headers.toJSON() }),
  headersJSONText: (config) => ({
    ...config,
    headers: JSON.parse(JSON.stringify(config.headers)) as unknown,
  }),
  json: throughJSON,
  frozen: (config) => Object.freeze({ ...config }),
  inherits: (config) => Object.create(config) as unknown,
  otherHeaders: (config) => ({ ...config, headers: { 'X-Again': '1' } }),
  fields: ({ url, baseURL, method, data, headers, adapter }) => ({
    url,
    baseURL,
    method,
    data,
    headers,
    adapter,
  }),
};
