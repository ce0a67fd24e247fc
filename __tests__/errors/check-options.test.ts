import { describe, expect, it } from '@jest/globals';

import { checkOptions, checkValues, refuseUnknownOptions } from '../../src/errors/check-options.js';
import { MisconfigurationError } from '../../src/errors/index.js';
import { flag, text } from '../../src/errors/option-rules.js';

const KNOWN = ['tokenUrl', 'baseURL', 'clientId', 'scope', 'earlyWindowMs', 'onForeignOrigin'];

function refusal(given: unknown): MisconfigurationError | undefined {
  try {
    refuseUnknownOptions(given, KNOWN, { of: 'a thing', provider: 'acme', path: 'options.' });
    return undefined;
  } catch (error) {
    if (error instanceof MisconfigurationError) return error;
    throw error;
  }
}

describe('an option that is not known', () => {
  it.each([
    ['scopes', 'scope'],
    ['tokenURL', 'tokenUrl'],
    ['tokenUri', 'tokenUrl'],
    ['baseUrl', 'baseURL'],
    ['client_id', 'clientId'],
    ['earlyWindow', 'earlyWindowMs'],
    ['onForeignOrgin', 'onForeignOrigin'],
    ['onForiegnOrigin', 'onForeignOrigin'],
  ])('%s is refused with what was probably meant: %s', (name, meant) => {
    expect(refusal({ [name]: 'x' })).toMatchObject({
      provider: 'acme',
      option: `options.${name}`,
      message: `acme: options.${name} is not an option of a thing. Did you mean \`${meant}\`? Known options: ${KNOWN.join(', ')}.`,
    });
  });

  it.each([
    ['of another kind', 'retries'],
    ['of Object.prototype', 'toString'],
    ['that is empty', ''],
    ['of great length', 'x'.repeat(100_000)],
  ])('%s is refused with those that there are', (_, name) => {
    expect(refusal({ [name]: 'x' })?.message).toContain(
      `is not an option of a thing. Known options: ${KNOWN.join(', ')}.`,
    );
  });

  it('is found among those that are inherited, too', () => {
    expect(refusal(Object.create({ scopes: 'a' }))?.option).toBe('options.scopes');
  });

  it('is not what somebody has written to Object.prototype', () => {
    Object.defineProperty(Object.prototype, 'scopes', {
      value: 'a',
      enumerable: true,
      configurable: true,
    });
    try {
      expect(refusal({})).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'scopes');
    }
  });

  it('is named, and its value is not', () => {
    expect(refusal({ clientKey: 'fake-secret-value' })?.message).not.toContain('fake-secret');
  });
});

describe('options that pass', () => {
  it.each([
    ['known ones', { scope: 'a', clientId: undefined }],
    ['none', {}],
    ['an unknown one that is not set', { scopes: undefined }],
    ['known ones that are inherited', Object.create({ scope: 'a' })],
  ])('are %s', (_, given) => {
    expect(refusal(given)).toBeUndefined();
  });
});

it.each([undefined, null, 'scope', ['scope'], () => ({ scope: 'a' })])(
  'options that are not an object are refused: %p',
  (given) => {
    expect(refusal(given)?.message).toBe(
      'acme: options is not an object. Pass the options of a thing as an object.',
    );
  },
);

it('a promise of options is refused, because it was not awaited', () => {
  expect(refusal(Promise.resolve({ scope: 'a' }))?.message).toContain(
    'options is a promise that was not awaited',
  );
});

describe('a value that breaks the rule of its option', () => {
  const rules = { scope: text, keepWarm: flag };
  const check = (given: object) => () =>
    checkOptions(given, rules, { of: 'a thing', provider: 'acme', path: 'options.' });

  it('is refused with the rule, by name and without the value', () => {
    expect(check({ scope: 'a', keepWarm: 'fake-secret' })).toThrow(
      new MisconfigurationError({
        provider: 'acme',
        option: 'options.keepWarm',
        problem: 'must be true or false',
        remedy: 'Leave it out for the default.',
      }),
    );
  });

  it('is found among those that are inherited, too', () => {
    expect(check(Object.create({ keepWarm: 1 }) as object)).toThrow('options.keepWarm');
  });

  it('is never undefined, which is the default', () => {
    expect(check({ scope: undefined, keepWarm: undefined })).not.toThrow();
  });

  it('is refused among the options of others', () => {
    expect(() => checkValues({ others: 1, scope: '' }, rules, { of: 'a thing' })).toThrow(
      'scope is empty',
    );
    expect(() => checkValues({ others: 1 }, rules, { of: 'a thing' })).not.toThrow();
  });
});
