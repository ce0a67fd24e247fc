import { describe, expect, test } from '@jest/globals';
import type { InternalAxiosRequestConfig } from 'axios';

import { checkBearerOptions, mayReplay, paramsOf } from '../../src/axios/request-options.js';
import { MisconfigurationError } from '../../src/index.js';

const configOf = (bearer: unknown) => ({ bearer }) as InternalAxiosRequestConfig;

describe('the bearer options of a request', () => {
  test.each([undefined, false, {}, { replay: false, params: { scope: 'read' } }])(
    'may be %j',
    (bearer) => {
      expect(() => checkBearerOptions(configOf(bearer))).not.toThrow();
    },
  );

  test('are refused if one is mistyped, by its name and with the one that was meant', () => {
    const check = () => checkBearerOptions(configOf({ reply: false }));
    expect(check).toThrow(MisconfigurationError);
    expect(check).toThrow('bearer.reply is not an option of a request. Did you mean `replay`?');
  });

  test.each([
    [undefined, true, undefined],
    [false, true, undefined],
    [{}, true, undefined],
    [{ replay: true }, true, undefined],
    [{ replay: false, params: { scope: 'read' } }, false, { scope: 'read' }],
  ])('of %j: replay %p, parameters %j', (bearer, replay, params) => {
    expect(mayReplay(configOf(bearer))).toBe(replay);
    expect(paramsOf(configOf(bearer))).toEqual(params);
  });
});
