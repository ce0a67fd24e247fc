import { describe, expect, test } from '@jest/globals';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import { watchAnswer } from '../../src/axios/answer-watch.js';

const configOf = (fields: object): InternalAxiosRequestConfig =>
  ({ headers: new AxiosHeaders(), ...fields }) as InternalAxiosRequestConfig;

/** What axios does with an answer: each transform in turn, until one throws. */
function receive(config: InternalAxiosRequestConfig, data: unknown, status = 401): unknown {
  const headers = new AxiosHeaders({ 'WWW-Authenticate': 'Bearer' });
  return [config.transformResponse ?? []]
    .flat()
    .reduce((value: unknown, transform) => transform.call(config, value, headers, status), data);
}

const broken = () => {
  throw new SyntaxError('not JSON');
};

describe('an answer is seen before a transform of the caller’s', () => {
  test.each<[string, object]>([
    ['one', { transformResponse: broken }],
    ['one of a list', { transformResponse: [(data: unknown) => data, broken] }],
    [
      'one after axios’s own',
      { transformResponse: [axios.defaults.transformResponse, broken].flat() },
    ],
  ])('can throw: %s', (_, fields) => {
    const config = configOf(fields);
    const watch = watchAnswer(config)!;
    expect(watch.seen()).toBeUndefined();
    expect(() => receive(config, '<html>')).toThrow();
    expect(watch.seen()).toEqual({
      status: 401,
      headers: expect.objectContaining({ 'WWW-Authenticate': 'Bearer' }),
    });
  });

  test('gets the same data, in the same order, with the config as `this`', () => {
    const config = configOf({
      transformResponse: [
        (data: string) => `${data}b`,
        function (this: unknown, data: string) {
          return `${data}c${String(this === config)}`;
        },
      ],
    });
    watchAnswer(config);
    expect(receive(config, 'a')).toBe('abctrue');
  });

  test.each<[string, object]>([
    ['there is none', {}],
    ['it was taken off', { transformResponse: null }],
    ['the list is empty', { transformResponse: [] }],
    ['it is axios’s own', { transformResponse: axios.defaults.transformResponse }],
    [
      'it is axios’s own, whose error holds the response',
      {
        transformResponse: axios.defaults.transformResponse,
        transitional: { silentJSONParsing: false },
        responseType: 'json',
      },
    ],
  ])('but not where none can: %s', (_, fields) => {
    const config = configOf(fields);
    const before = { ...config };
    expect(watchAnswer(config)).toBeUndefined();
    expect({ ...config }).toEqual(before);
  });
});

describe('taking the watch off', () => {
  test.each<[string, object]>([
    ['a transform', { transformResponse: broken }],
    ['fetch', { adapter: 'fetch' }],
    ['both', { adapter: 'fetch', transformResponse: broken }],
  ])('gives the config back as it was: %s', (_, fields) => {
    const config = configOf(fields);
    const before = { ...config };
    watchAnswer(config)!.takeOff(config);
    expect({ ...config }).toEqual(before);
  });

  test('leaves a transform that somebody else has put there since', () => {
    const config = configOf({ transformResponse: broken });
    const watch = watchAnswer(config)!;
    const later = [(data: unknown) => data];
    config.transformResponse = later;
    watch.takeOff(config);
    expect(config.transformResponse).toBe(later);
  });

  test('gives a copy of the config back so, too', () => {
    const config = configOf({ transformResponse: broken });
    const watch = watchAnswer(config)!;
    const copy = { ...config };
    watch.takeOff(copy);
    expect(copy.transformResponse).toBe(broken);
  });
});
