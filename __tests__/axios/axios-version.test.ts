import { describe, expect, jest, test } from '@jest/globals';
import axios from 'axios';
import otherAxios from 'axios-1.8';

const ORDERED = { transitional: { legacyInterceptorReqResOrdering: true } };
const { interceptors } = axios.create();

/** What we know of axios where that is the copy that we import. */
async function knownOf(copy: object) {
  jest.resetModules();
  jest.unstable_mockModule('axios', () => ({ default: copy }));
  return import('../../src/axios/axios-version.js');
}

describe('an Authorization header is removed on a redirect', () => {
  test.each([
    ['1.20.9', false],
    ['1.21.0', true],
    ['1.21.13', true],
    ['1.100.0', true],
    ['2.21.0', false],
    ['21.30.0', false],
    ['1.21.0-beta.1', false],
    [undefined, false],
  ])('by axios %s: %p', async (VERSION, expected) => {
    const { stripsOnRedirect } = await knownOf({ ...axios, interceptors, VERSION });
    expect(stripsOnRedirect({ interceptors })).toBe(expected);
  });

  test('by an instance of another copy: we cannot know', async () => {
    const { stripsOnRedirect } = await knownOf({ interceptors, VERSION: '1.21.0' });
    expect(stripsOnRedirect(otherAxios.create())).toBe(false);
  });

  test('by a mock of axios that has no interceptors: we cannot know', async () => {
    const { stripsOnRedirect } = await knownOf({ VERSION: '1.21.0' });
    expect(stripsOnRedirect({ interceptors })).toBe(false);
  });
});

describe('`allowAbsoluteUrls: false` folds an absolute URL with every adapter', () => {
  test.each([
    ['of axios 1.8.2', '1.8.2', { interceptors }, false],
    ['of a later axios', '1.8.3', { interceptors }, true],
    ['of another copy', '1.8.3', otherAxios.create(), false],
    [
      'of another copy that is new enough to tell',
      '1.8.2',
      { interceptors, defaults: ORDERED },
      true,
    ],
  ])('on an instance %s', async (_, VERSION, instance, expected) => {
    const { foldsAbsoluteURLs } = await knownOf({ interceptors, defaults: {}, VERSION });
    expect(foldsAbsoluteURLs(instance)).toBe(expected);
  });
});
