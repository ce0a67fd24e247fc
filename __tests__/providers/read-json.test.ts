import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readJSON } from '../../src/providers/read-json.js';
import { propertyRuns } from '../setup/property-runs.js';

describe('reading the body of an answer', () => {
  it.each<[string, string, unknown]>([
    ['the bare 0000 that one provider documents', '{"expires_in": 0000}', { expires_in: 0 }],
    ['with other leading zeros', '{"expires_in":003600}', { expires_in: 3600 }],
    ['with leading zeros in a list', '[007, 08]', [7, 8]],
    ['with leading zeros of a negative number', '{"a": -007}', { a: -7 }],
    ['with leading zeros before a fraction', '{"a": 00.5}', { a: 0.5 }],
    ['with several of them', '{"a":00,\n"b": 000}', { a: 0, b: 0 }],
  ])('forgives %s', (_, text, body) => {
    expect(readJSON(text)).toEqual(body);
  });

  it.each([
    '{"access_token":"id:0012","expires_in":0000}',
    '{"access_token":"[000,0001","expires_in":0000}',
    '{"access_token":"a\\":00123","expires_in":0000}',
    '{"access_token":"a\\\\","note":":007","expires_in":0000}',
  ])('never touches what stands within a string: %s', (text) => {
    const repaired = text.replace('0000}', '0}');

    expect(readJSON(text)).toEqual(JSON.parse(repaired));
  });

  it.each(['', '<html>Bad gateway</html>', '{"a": "unterminated 007', '{"expires_in": 0x10}'])(
    'finds nothing in what is no JSON: %j',
    (text) => {
      expect(readJSON(text)).toBeUndefined();
    },
  );

  it('is quick with a long answer that only looks like strings', () => {
    const hostile = '\\"'.repeat(200_000);
    const startedAt = performance.now();

    expect(readJSON(hostile)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('reads whatever JSON.stringify writes beside a number with leading zeros, without changing it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(readJSON(`{"expires_in": 0000, "other": ${text}}`)).toEqual({
          expires_in: 0,
          other: JSON.parse(text),
        });
      }),
      propertyRuns(500),
    );
  });
});
