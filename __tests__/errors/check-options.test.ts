import { describe, expect, it } from '@jest/globals';

import {
  aFunction,
  checkOptions,
  oneOf,
  refuseOptions,
  refuseUnknownOptions,
} from '../../src/errors/check-options.js';
import { MisconfigurationError } from '../../src/errors/index.js';

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

it.each([undefined, null, 'scope'])('options that are not an object are refused: %p', (given) => {
  expect(refusal(given)?.message).toBe(
    'acme: options is not an object. Pass the options of a thing as an object.',
  );
});

describe('a rule for an option', () => {
  const rules = {
    mode: oneOf('fast', 'slow'),
    hook: { ...aFunction, required: true },
    untold: undefined,
  };
  const owner = { provider: 'acme', path: 'options.' };
  const check = (given: object) => () => checkOptions(given, rules, owner);
  const hook = () => undefined;

  it.each([
    ['its value is allowed', { mode: 'slow', hook }],
    ['it is not set', { mode: undefined, hook }],
    ['only the types check it', { untold: 7, hook }],
    ['it has none', { other: 7, hook }],
  ])('lets an option pass if %s', (_, given) => {
    expect(check(given)).not.toThrow();
  });

  it('refuses any other value, and says what to do', () => {
    expect(check({ mode: 'warp', hook })).toThrow(
      "acme: options.mode must be 'fast' or 'slow'. Leave it out for the default.",
    );
  });

  it.each([[{}], [{ hook: null }]])('refuses a required one that is missing: %j', (given) => {
    expect(check(given)).toThrow('acme: options.hook is not a function.');
  });
});

it('options without effect are refused by the first that is set', () => {
  const refuse = (given: object) => () =>
    refuseOptions(given, ['a', 'b'], { path: 'options.' }, 'has no effect', 'Leave it out.');
  expect(refuse({ b: 1, c: 2 })).toThrow('options.b has no effect. Leave it out.');
  expect(refuse({ a: undefined, c: 2 })).not.toThrow();
});
