import { describe, expect, test } from '@jest/globals';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

import {
  forgetState,
  paramsOf,
  receiveState,
  RequestState,
  sendState,
  stateOf,
  whyNotReplayed,
} from '../../src/axios/request-state.js';
import { AccessToken } from '../../src/token/access-token.js';

const token = new AccessToken({ value: 'fake-token', expiresAt: undefined, scope: undefined });
const aState = () => new RequestState(token, { a: 1 }, { scope: 'a' }, 5, 1_000);

const configOf = (fields: object = {}) =>
  ({ headers: new AxiosHeaders(), ...fields }) as InternalAxiosRequestConfig;

describe('the state of a request', () => {
  test('starts with what was known when it was sent', () => {
    expect(Object.fromEntries(Object.entries(aState()))).toEqual({
      token,
      data: { a: 1 },
      params: { scope: 'a' },
      startedAt: 5,
      timeoutMs: 1_000,
      refusal: undefined,
      rejection: undefined,
    });
  });

  test('travels on axios’s headers, and is found on the config that comes back', () => {
    const config = configOf();
    const state = aState();
    sendState(config, state);
    expect(stateOf(config)).toBeUndefined();
    expect(receiveState(config)).toBe(state);
    expect(stateOf(config)).toBe(state);
  });

  test('travels on the config where axios will make other headers', () => {
    const config = configOf({ headers: { a: '1' } });
    const state = aState();
    sendState(config, state);
    expect(Reflect.ownKeys(config.headers)).toEqual(['a']);
    expect(receiveState(config)).toBe(state);
  });

  test('survives a config that is sent again, and shows in none of its keys', () => {
    const config = configOf({ url: '/a' });
    sendState(config, aState());
    receiveState(config);
    const merged = axios.mergeConfig(config, { url: '/b' });
    expect(stateOf(merged)).toBe(stateOf(config));
    expect(Object.keys(config)).toEqual(['headers', 'url']);
  });

  test('is none of a config that was never ours, or has been forgotten', () => {
    const config = configOf();
    expect(receiveState(config)).toBeUndefined();
    expect(receiveState(configOf({ headers: undefined }))).toBeUndefined();
    expect(stateOf(undefined)).toBeUndefined();
    sendState(configOf({ headers: {} }), aState());
    (config as { headers: unknown }).headers = {};
    sendState(config, aState());
    forgetState(config);
    expect(stateOf(config)).toBeUndefined();
  });
});

test('the parameters of a request are those that it names', () => {
  expect(paramsOf(configOf({ bearer: { params: { scope: 'a' } } }))).toEqual({ scope: 'a' });
  expect(paramsOf(configOf({ bearer: { replay: false } }))).toBeUndefined();
  expect(paramsOf(configOf({ bearer: false }))).toBeUndefined();
  expect(paramsOf(configOf())).toBeUndefined();
});

describe('why a 401 was not replayed', () => {
  test('is told of an error and of a response', () => {
    const config = configOf();
    const state = aState();
    sendState(config, state);
    receiveState(config);
    state.refusal = 'opted-out';
    expect(whyNotReplayed({ config })).toBe('opted-out');
    expect(whyNotReplayed(Object.assign(new Error('x'), { config }))).toBe('opted-out');
  });

  test.each([
    undefined,
    null,
    'text',
    7,
    {},
    { config: undefined },
    { config: null },
    { config: 1 },
  ])('is undefined of %p', (value) => {
    expect(whyNotReplayed(value)).toBeUndefined();
  });
});
