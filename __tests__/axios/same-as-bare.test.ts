import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type FormDataPackage from 'form-data';

import { propertyRuns, propertySeed } from '../setup/property-runs.js';
import { difference } from './same-as-bare/difference.js';
import {
  answerShape,
  rejectedAnswer,
  resolvedAnswer,
  unmistakable401,
  type AnswerShape,
} from './same-as-bare/odd-answers.js';
import { AGAIN, bodyShape, interceptorShape, requestShape } from './same-as-bare/odd-requests.js';
import { differenceToBare, outcomeOf, type Outcome, type Shape } from './same-as-bare/outcome.js';
import { keyOf } from './same-as-bare/shapes.js';

/**
 * Bare axios is asked itself what is right: the same shape goes once through an instance of its own and once through one
 * that is attached. Thousands of shapes, none of which touches a socket; at night more of them, with another seed.
 */

const FAILED: AnswerShape = { rejects: { bearer: 'axiosError', config: 'sent' } };
const REJECTED: AnswerShape = {
  rejects: { bearer: 'axiosError', config: 'sent', response: { status: '401', config: 'sent' } },
};

const FAMILIES: Record<string, fc.Arbitrary<Shape>> = {
  'whatever the adapter resolves': fc.record({ answer: resolvedAnswer, second: answerShape }),
  'whatever the adapter throws': fc.record({ answer: rejectedAnswer, second: answerShape }),
  'whatever is asked': fc.record({ request: requestShape }),
  'whatever interceptors do': fc.record({
    interceptors: fc.array(interceptorShape, { minLength: 1, maxLength: 3 }),
  }),
  'however a config is sent again': fc.record({
    again: keyOf(AGAIN),
    elsewhere: fc.boolean(),
    answer: fc.constant(FAILED),
    request: requestShape,
  }),
  'whatever comes together': fc.record({
    answer: answerShape,
    second: answerShape,
    request: requestShape,
    interceptors: fc.array(interceptorShape, { maxLength: 2 }),
  }),
};

const escaped: unknown[] = [];
const escape = (reason: unknown) => escaped.push(reason);
beforeAll(() => {
  process.on('unhandledRejection', escape);
  jest.spyOn(console, 'error').mockImplementation(escape);
  jest.spyOn(console, 'warn').mockImplementation(escape);
});
afterAll(() => {
  process.off('unhandledRejection', escape);
  jest.restoreAllMocks();
});

describe.each(['warm', 'cold'] as const)('an attached instance, %s,', (setup) => {
  test.each(Object.entries(FAMILIES))(
    'behaviour 46: ends as bare axios does, %s',
    async (_, shapes) => {
      await holds(shapes, async (shape) => {
        fc.pre(
          !(setup === 'cold' && isSwallowed(shape)) && !isBodyAsText(shape) && !isBetter(shape),
        );
        expect(await differenceToBare(shape, setup)).toBeUndefined();
      });
    },
  );

  test('heals a 401, whatever else the answer lacks', async () => {
    await holds(unmistakable401, async (answer) => {
      const [bare, ours] = await bothOf({ answer }, setup);
      fc.pre(is401(bare));
      expect(ours.sends).toHaveLength(2);
      expect(ours.sends[1]!.authorization).not.toBe(ours.sends[0]!.authorization);
      expect(ours).toMatchObject({ settled: 'resolved', value: { status: 200 } });
    });
  });

  test('behaviour 49: sends a body again just where the adapter was given one that it can read again', async () => {
    await holds(bodyShape, async (request) => {
      const [bare, ours, parts] = await bothOf({ request, answer: REJECTED }, setup);
      const [first, second] = ours.sends.map(({ config }) => config['data']);
      fc.pre(is401(bare));
      expect(ours.sends).toHaveLength(isReadOnce(first) ? 1 : 2);
      if (ours.sends.length === 1) expect(is401(ours)).toBe(true);
      else expect(difference(bytesOf(first), second, 'body', parts)).toBeUndefined();
    });
  });
});

async function holds<T>(shapes: fc.Arbitrary<T>, check: (shape: T) => Promise<void>) {
  const settings = { ...propertyRuns(150), ...propertySeed() };
  await fc.assert(fc.asyncProperty(shapes, check), settings);
  expect(escaped).toEqual([]);
}

async function bothOf(shape: Shape, setup: 'warm' | 'cold') {
  const parts = new WeakMap<object, string>();
  return [
    await outcomeOf(shape, 'bare', parts),
    await outcomeOf(shape, setup, parts),
    parts,
  ] as const;
}

/** What the caller of bare axios sees. */
function is401({ settled, value }: Outcome): boolean {
  const seen = settled === 'rejected' ? (value as { response?: unknown }).response : value;
  return (seen as { status?: unknown } | undefined)?.status === 401;
}

/**
 * axios lets an interceptor that is synchronous catch what it throws itself, and sends the request all the same, if all
 * interceptors are synchronous. With a token still to be fetched ours is not.
 */
function isSwallowed({ interceptors = [] }: Shape): boolean {
  return interceptors.some((one) => one.synchronous === true && one.requestError !== undefined);
}

/** Headers that nobody may add to, and a transform that adds one: bare axios fails, ours sends a copy of them. */
function isBetter({ interceptors = [], request }: Shape): boolean {
  const isClosed = interceptors.some((one) => one.request === 'headersClosed');
  return isClosed && request?.fields.transformRequest !== undefined;
}

/** JSON of a stream shows the listener that hears its errors while a token is awaited; beside a form, the boundary that we name. */
function isBodyAsText({ again, request }: Shape): boolean {
  return again === 'json' && /stream|form/i.test(String(request?.fields.data));
}

/** A form that axios made of plain fields is sent again as its bytes. */
function bytesOf(body: unknown): unknown {
  const isForm = typeof body === 'object' && body !== null && '_streams' in body;
  return isForm ? (body as unknown as FormDataPackage).getBuffer() : body;
}

/** A stream, or one within; a form that axios made of plain fields can be made again. */
function isReadOnce(body: unknown, seen = new Set<unknown>()): boolean {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body) || seen.has(body))
    return false;
  seen.add(body);
  const parts = '_streams' in body ? body._streams : body;
  if (parts === body && ('pipe' in body || 'getReader' in body || Symbol.asyncIterator in body))
    return true;
  return Object.values(parts as object).some((part) => isReadOnce(part, seen));
}
