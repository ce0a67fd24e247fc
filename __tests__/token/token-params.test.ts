import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isParamValue, paramsKey, type TokenParams } from '../../src/token/token-params.js';
import { propertyRuns } from '../setup/property-runs.js';

describe('behaviour 39: the key of token parameters', () => {
  it('is the same for none and for an empty set', () => {
    expect(paramsKey(undefined)).toBe('');
    expect(paramsKey({})).toBe('');
  });

  it('does not depend on the order in which they are written', () => {
    expect(paramsKey({ audience: 'a', scope: 's' })).toBe(paramsKey({ scope: 's', audience: 'a' }));
  });

  it.each<[string, TokenParams, TokenParams]>([
    ['the order of scopes', { scope: 'read write' }, { scope: 'write read' }],
    ['spaces between scopes', { scope: ' read  write ' }, { scope: 'read write' }],
    ['a scope said twice', { scope: 'read read' }, { scope: 'read' }],
    ['a list of scopes or one string', { scope: ['write', 'read'] }, { scope: 'read write' }],
    ['two scopes in one item of a list', { scope: ['read write'] }, { scope: 'read write' }],
    ['the order of a list', { resource: ['a', 'b'] }, { resource: ['b', 'a'] }],
    ['an item said twice', { resource: ['a', 'a'] }, { resource: ['a'] }],
  ])('does not depend on %s', (_, one, other) => {
    expect(paramsKey(one)).toBe(paramsKey(other));
  });

  it.each<[string, TokenParams, TokenParams]>([
    ['a value', { scope: 'read' }, { scope: 'write' }],
    ['a name', { audience: 'x' }, { resource: 'x' }],
    ['one more parameter', { scope: 's' }, { scope: 's', audience: '' }],
    ['a delimiter inside a value', { a: 'b,c:d' }, { a: 'b', c: 'd' }],
    ['a quote inside a value', { a: '","b' }, { a: '', b: '' }],
    ['a space in something that is no scope', { audience: 'a b' }, { audience: 'b a' }],
    ['upper and lower case', { audience: 'A' }, { audience: 'a' }],
    ['a list and its items in one string', { resource: ['a', 'b'] }, { resource: 'a,b' }],
    ['an empty item', { resource: [''] }, { resource: [] }],
    ['a scope that is empty and none', { scope: '' }, {}],
  ])('tells apart %s', (_, one, other) => {
    expect(paramsKey(one)).not.toBe(paramsKey(other));
  });

  it('is there for what is no parameter, too, which is refused later on', () => {
    const nonsense = { scope: 7, audience: [1, 'a'], tenant: null } as unknown as TokenParams;
    expect(paramsKey(nonsense)).toBe('[["audience",[1,"a"]],["scope",7],["tenant",null]]');
  });

  const values = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }));
  const params = fc.dictionary(fc.string({ maxLength: 4 }), values, { maxKeys: 4 });

  it('is one for any order of the same parameters', () => {
    fc.assert(
      fc.property(params, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse());
        expect(paramsKey(reversed)).toBe(paramsKey(given));
      }),
    );
  });

  it('is never one for two different sets', () => {
    const meaning = (given: Record<string, string | string[]>) =>
      Object.entries(given)
        .map(([name, value]) => {
          const isScope = name === 'scope';
          const list = [value].flat().flatMap((item) => (isScope ? item.split(' ') : [item]));
          const items = [...new Set(list)].filter((item) => !isScope || item !== '').sort();
          return [name, Array.isArray(value) || isScope, items] as const;
        })
        .sort(([a], [b]) => (a < b ? -1 : 1));
    fc.assert(
      fc.property(params, params, (one, other) => {
        const sameMeaning = JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));
        expect(paramsKey(one) === paramsKey(other)).toBe(sameMeaning);
      }),
      propertyRuns(1_000),
    );
  });
});

describe('a parameter', () => {
  it.each<[unknown, boolean]>([
    ['', true],
    ['a', true],
    [[], true],
    [['a', 'b'], true],
    [['a', 1], false],
    [[undefined], false],
    [7, false],
    [null, false],
    [undefined, false],
    [{ every: () => true }, false],
  ])('can be %j: %s', (value, expected) => {
    expect(isParamValue(value)).toBe(expected);
  });
});
