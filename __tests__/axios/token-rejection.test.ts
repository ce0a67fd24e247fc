import { describe, expect, jest, test } from '@jest/globals';
import type { InternalAxiosRequestConfig } from 'axios';

import { answerIn } from '../../src/axios/answer.js';
import { isRejection } from '../../src/axios/token-rejection.js';
import { isStandardRejection } from '../../src/resource-call/token-rejection.js';
import type { Provider } from '../../src/index.js';

const config = {
  method: 'post',
  baseURL: 'https://api.example.com/v1/',
  url: 'a',
  params: { b: 1 },
};

const isRejectedBy = (isTokenRejection: unknown, response: object, name = 'test') =>
  isRejection(
    { name, isTokenRejection } as Provider,
    answerIn(response)!,
    config as unknown as InternalAxiosRequestConfig,
  );

describe('by the standard', () => {
  test.each([200, 400, 403, 407, 419, 500])('a status of %i rejects no token', (status) => {
    expect(isStandardRejection({ status, headers: {} })).toBe(false);
  });

  test.each<[unknown, boolean]>([
    [undefined, true],
    ['Bearer', true],
    ['Basic realm="api"', true],
    ['Bearer realm="api", error="invalid_token"', true],
    ['Bearer error="insufficient_scope", scope="a"', false],
    ['Bearer error = insufficient_scope', false],
    ['BEARER ERROR="INVALID_REQUEST"', false],
    ['Bearer error="insufficient_scope_or_so"', true],
    ['Bearer my_error="invalid_request"', true],
    [['Basic', 'Bearer error="insufficient_scope"'], false],
    [['Basic', 'Bearer error="invalid_token"'], true],
    [7, true],
    [Object.create(null), true],
  ])('a 401 with the challenge %j rejects it: %s', (challenge, expected) => {
    for (const name of ['www-authenticate', 'WWW-Authenticate', 'WWW-AUTHENTICATE'])
      expect(isStandardRejection({ status: 401, headers: { [name]: challenge } })).toBe(expected);
  });
});

describe('by the provider’s own classifier', () => {
  test.each([
    [config, { method: 'POST', url: 'https://api.example.com/v1/a?b=1' }],
    [{ url: '/a' }, { method: 'GET', url: '/a' }],
  ])('it sees the method and the URL of %j', (sent, expected) => {
    const isTokenRejection = jest.fn<NonNullable<Provider['isTokenRejection']>>(() => false);
    isRejection(
      { name: 'test', isTokenRejection } as unknown as Provider,
      answerIn({ status: 401 })!,
      sent as unknown as InternalAxiosRequestConfig,
    );
    expect(isTokenRejection).toHaveBeenCalledWith(
      expect.objectContaining({ status: 401 }),
      expected,
    );
  });

  test('it is what that says, and only that', () => {
    const says419 = ({ status }: { status: number }) => status === 419;
    expect(isRejectedBy(says419, { status: 419 })).toBe(true);
    expect(isRejectedBy(says419, { status: 401 })).toBe(false);
  });

  test.each<[unknown, boolean]>([
    [1, true],
    ['yes', true],
    [0, false],
    ['', false],
    [undefined, false],
    [null, false],
  ])('truthiness counts: %p is %s', (verdict, expected) => {
    expect(isRejectedBy(() => verdict, { status: 200 })).toBe(expected);
  });

  test('it is given the response, and the request’s method and whole URL', () => {
    const classify = jest.fn<(...given: unknown[]) => boolean>(() => false);
    const response = { status: 200, data: { code: 7 } };
    isRejectedBy(classify, response);
    expect(classify).toHaveBeenCalledWith(response, {
      method: 'POST',
      url: 'https://api.example.com/v1/a?b=1',
    });
  });

  test('the standard decides where it throws', () => {
    const broken = () => {
      throw new Error('broken');
    };
    expect(isRejectedBy(broken, { status: 401 })).toBe(true);
    expect(isRejectedBy(broken, { status: 419 })).toBe(false);
  });

  test('a promise counts as "no", and one warning names the mistake', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    for (const promise of [
      () => Promise.resolve(true),
      () => Promise.reject(new Error('broken')),
    ]) {
      expect(isRejectedBy(promise, { status: 401 }, 'slow')).toBe(false);
    }
    expect(isRejectedBy(() => Promise.resolve(true), { status: 401 }, 'slower')).toBe(false);
    expect(warn.mock.calls.map(([message]) => message)).toEqual(
      ['slow', 'slower'].map((name) =>
        expect.stringMatching(
          `^${name}: isTokenRejection returned a promise, which counts as "no"`,
        ),
      ),
    );
    warn.mockRestore();
  });
});
