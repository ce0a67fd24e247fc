import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { ApiInputError, isApiInputError } from '../../src/apis/api-input-error.js';
import { ApiPayloadError } from '../../src/apis/api-payload-error.js';
import { cleanText } from '../../src/apis/clean-text.js';
import { readVoiceXml } from '../../src/apis/exotel/voice-xml.js';
import { validateInput } from '../../src/apis/validate-input.js';
import { booleanOf, numberOf, textOf } from '../../src/apis/wire-values.js';

describe('a wire value reads as', () => {
  it.each([
    ['45', 45],
    ['1.500', 1.5],
    [' 7 ', 7],
    ['-3', -3],
    [0, 0],
    ['', undefined],
    ['12s', undefined],
    ['0x10', undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [null, undefined],
    [true, undefined],
  ])('a number: %j', (value, number) => expect(numberOf(value)).toBe(number));

  it.each([
    ['a', 'a'],
    [' a ', 'a'],
    [7, '7'],
    ['', undefined],
    ['null', undefined],
    [null, undefined],
    [{}, undefined],
    [NaN, undefined],
  ])('text: %j', (value, text) => expect(textOf(value)).toBe(text));

  it.each([
    [true, true],
    ['true', true],
    ['false', false],
    ['yes', undefined],
    [1, undefined],
  ])('a boolean: %j', (value, flag) => expect(booleanOf(value)).toBe(flag));
});

describe('a server’s words lose', () => {
  it.each([
    ['a secret', 'the key s3cret/ is bad', 'the key [redacted] is bad'],
    ['a secret in a URL', 'no ?k=s3cret%2F here', 'no ?k=[redacted] here'],
    ['a bearer token', 'got Bearer abc.def-ghi', 'got Bearer [redacted]'],
    ['a JWT', 'got eyJhbGciOi.eyJzdWIi.c2ln', 'got [redacted]'],
  ])('%s', (_what, words, clean) => expect(cleanText(words, ['s3cret/'])).toBe(clean));

  it('a secret that begins with another', () => {
    expect(cleanText('the key s3cret/more', ['s3cret/', 's3cret/more'])).toBe('the key [redacted]');
  });

  it.each([
    ['their line breaks', 'first\r\n  second', 'first second'],
    ['everything, where they would colour or turn a line of a log', 'a\u001b[31mb', undefined],
    ['what is too long, between two words', 'word '.repeat(200), 'word '.repeat(100).trim()],
  ])('%s', (_what, words, clean) => expect(cleanText(words, [])).toBe(clean));

  it('nothing for a secret that is too short to be one', () => {
    expect(cleanText('a cat', ['a'])).toBe('a cat');
  });
});

describe('XML of Voice v1', () => {
  const inCall = (inner: string) => `<TwilioResponse><Call>${inner}</Call></TwilioResponse>`;
  it.each([
    ['<Sid>a</Sid><To/>', { Sid: 'a', To: null }],
    ['<Sid>&lt;&amp;&quot;&apos;&gt;</Sid>', { Sid: `<&"'>` }],
    ['<Sid>&#65;&#x42;</Sid>', { Sid: 'AB' }],
    ['<Sid>&nbsp;&#0;&#99999999;</Sid>', { Sid: '&nbsp;&#0;&#99999999;' }],
    ['<Sid></Sid>', { Sid: null }],
  ])('%s', (inner, Call) => expect(readVoiceXml(inCall(inner))).toEqual({ Call }));

  it.each(['<TwilioResponse ', '<TwilioResponse>', '<TwilioResponse><Call>', '<Call '])(
    'is none in a megabyte of %s',
    (tag) => {
      // A pattern for the whole element began anew at each of them, and read on to the end.
      const text = `<TwilioResponse>${tag.repeat(1_000_000 / tag.length)}`;
      expect(readVoiceXml(text)).toBeUndefined();
      expect(readVoiceXml(`${text}</TwilioResponse>`)).toBeUndefined();
    },
  );

  it.each(['<html/>', '<TwilioResponse/>', '<TwilioResponse><Other/></TwilioResponse>', 7, null])(
    '%j is none',
    (body) => expect(readVoiceXml(body)).toBeUndefined(),
  );
});

describe('errors', () => {
  it('have a form that is safe to log', () => {
    const input = new ApiInputError({
      api: 'exotel',
      operation: 'calls.create',
      field: 'to',
      problem: 'is required',
    });
    const payload = new ApiPayloadError({
      api: 'truecaller',
      payload: 'event',
      field: 'event_id',
      problem: 'is missing',
    });
    expect(JSON.parse(JSON.stringify([input, payload]))).toEqual([
      {
        name: 'ApiInputError',
        code: 'ERR_API_INPUT',
        api: 'exotel',
        operation: 'calls.create',
        field: 'to',
        message: 'exotel calls.create: to is required',
      },
      {
        name: 'ApiPayloadError',
        code: 'ERR_API_PAYLOAD',
        api: 'truecaller',
        payload: 'event',
        field: 'event_id',
        message: 'truecaller event: event_id is missing',
      },
    ]);
    expect([input, payload, new Error('x'), null].map(isApiInputError)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('input that does not fit', () => {
  it.each([
    ['must be boolean', v.boolean()],
    [
      'is not valid',
      v.pipe(
        v.string(),
        v.check(() => false),
      ),
    ],
    [
      'must rhyme',
      v.pipe(
        v.string(),
        v.check(() => false, 'must rhyme'),
      ),
    ],
  ])('%s, and is not quoted', (problem, schema) => {
    const validate = () =>
      validateInput(v.object({ on: schema }), { on: 'hunter2' }, { api: 'exotel', operation: 'x' });
    expect(validate).toThrow(`exotel x: on ${problem}`);
    expect(validate).not.toThrow(/hunter2/);
  });
});
