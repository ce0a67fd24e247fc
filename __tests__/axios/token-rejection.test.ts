import { describe, expect, test } from '@jest/globals';
import type { AxiosResponse } from 'axios';

import {
  answeringURL,
  arrivedWith,
  isTokenRejection,
  rejectionTest,
} from '../../src/axios/token-rejection.js';

const responseOf = (fields: object) => ({ status: 401, headers: {}, ...fields }) as AxiosResponse;

const challenged = (challenge: unknown) =>
  responseOf({ headers: { 'www-authenticate': challenge } });

describe('a rejected token', () => {
  test.each([200, 400, 403, 407, 419, 500])('is told by no status %i', (status) => {
    expect(isTokenRejection(responseOf({ status }))).toBe(false);
  });

  test.each<[unknown, boolean]>([
    [undefined, true],
    ['Bearer', true],
    ['Bearer realm="api", error="invalid_token"', true],
    ['Bearer error="insufficient_scope", scope="a"', false],
    ['Bearer error = insufficient_scope', false],
    ['BEARER ERROR="INVALID_REQUEST"', false],
    ['Bearer error="insufficient_scope_or_so"', true],
    ['Bearer my_error="invalid_request"', true],
    [['Bearer error="insufficient_scope"'], true],
  ])('is told by status 401 with the challenge %j: %s', (challenge, expected) => {
    expect(isTokenRejection(challenged(challenge))).toBe(expected);
  });

  test('is what the provider says, where it says anything', () => {
    const test419 = rejectionTest(({ status }) => status === 419);
    expect(test419(responseOf({ status: 419 }))).toBe(true);
    expect(test419(responseOf({}))).toBe(false);
    expect(rejectionTest(undefined)).toBe(isTokenRejection);
  });

  test('is told by the standard where the provider’s own classifier throws', () => {
    const broken = rejectionTest(() => {
      throw new Error('broken');
    });
    expect(broken(responseOf({}))).toBe(true);
    expect(broken(responseOf({ status: 419 }))).toBe(false);
  });
});

describe('what the adapter tells of the request that was answered', () => {
  test.each<[string, unknown, boolean]>([
    ['nothing', undefined, true],
    ['no headers', {}, true],
    ['no method to read them', { getHeader: 'Bearer b' }, true],
    [
      'the header',
      { getHeader: (name: string) => (name === 'authorization' ? 'Bearer a' : '') },
      true,
    ],
    ['another header', { getHeader: () => 'Bearer b' }, false],
    ['that it was taken off', { getHeader: () => undefined }, false],
  ])('%s', (_, request, arrived) => {
    expect(arrivedWith('Bearer a', responseOf({ request }))).toBe(arrived);
  });

  test.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [{}, undefined],
    [{ res: { responseUrl: 'https://a.example/b' } }, 'https://a.example/b'],
    [{ responseURL: 'https://a.example/c' }, 'https://a.example/c'],
    [{ res: {}, responseURL: 'https://a.example/c' }, 'https://a.example/c'],
    [{ responseURL: '/path' }, undefined],
    [{ res: { responseUrl: 7 } }, undefined],
  ])('of %j is the URL %s', (request, url) => {
    expect(answeringURL(responseOf({ request }))).toBe(url);
  });
});
