import { describe, expect, test } from '@jest/globals';

import type { Event, Phase } from '../../../src/testing/sandbox-ui/happening.js';
import { withLogged, type LogEntry } from '../../../src/testing/sandbox-ui/page/log.js';
import {
  callInWords,
  callLabel,
  flagLabel,
  inWords,
  seconds,
} from '../../../src/testing/sandbox-ui/page/words.js';
import { happening, NOTHING_COUNTED, TOKEN } from './lane-builder.js';

const told = (event: Event) => inWords(happening(event));

describe('what happened, in words', () => {
  test.each<{ event: Event; words: string | RegExp }>([
    {
      event: { kind: 'refreshed', reason: 'rejected', serial: 4, tookMs: 812, attempts: 1 },
      words: 'Token #4 is here after 0.8 s, fetched because the old one drew a 401.',
    },
    {
      event: { kind: 'refreshed', reason: 'cold', serial: 1, tookMs: 2_500, attempts: 3 },
      words: 'Token #1 is here after 2.5 s and 3 calls, fetched because there was none.',
    },
    {
      event: {
        kind: 'refresh-failed',
        reason: 'early',
        code: 'ERR_X',
        nextAttemptInMs: 1,
        stillServing: true,
      },
      words: 'No new token could be fetched. The current one is valid and stays in use.',
    },
    {
      event: {
        kind: 'refresh-failed',
        reason: 'expired',
        code: 'ERR_X',
        nextAttemptInMs: 1,
        stillServing: false,
      },
      words: 'No token could be fetched, and there is none to use (ERR_X).',
    },
    {
      event: { kind: 'cool-down', cause: 'server-set', delayMs: 8_000 },
      words: 'The token endpoint is not called for 8.0 s, because it asked for that.',
    },
    {
      event: { kind: 'rejected', count: 1, consequence: 'replay' },
      words: '1 request drew a 401. Sent again with another token.',
    },
    {
      event: { kind: 'rejected', count: 2, consequence: 'endpoint-cooling' },
      words: '2 requests drew a 401. No token can be fetched now, so the caller gets it.',
    },
    {
      event: { kind: 'waited', count: 12, longestMs: 790 },
      words: '12 requests waited up to 0.8 s for a token, then went out.',
    },
    { event: { kind: 'replayed', count: 3, accepted: true }, words: /No caller noticed/ },
    { event: { kind: 'replayed', count: 3, accepted: false }, words: /rejected again/ },
    {
      event: { kind: 'failed', count: 5, code: 'HTTP 401' },
      words: '5 requests failed for their callers (HTTP 401).',
    },
    { event: { kind: 'pressed', fault: 'burst' }, words: 'You sent 50 requests at once.' },
    { event: { kind: 'pressed', fault: 'revoke' }, words: /^You pressed Revoke\. The provider/ },
    {
      event: { kind: 'switched', fault: 'hang', on: ['hang'] },
      words: /^You switched on Hang\. The token endpoint accepts/,
    },
    { event: { kind: 'switched', fault: 'hang', on: [] }, words: 'You switched Hang off.' },
    { event: { kind: 'switched', on: [] }, words: 'You switched every fault off.' },
    {
      event: { kind: 'called', tookMs: 801, attempt: 2, status: 503, errorType: '503' },
      words: 'Token call, attempt 2: answered 503 after 0.8 s.',
    },
  ])('$event.kind: $words', ({ event, words }) => {
    expect(told(event)).toMatch(words);
  });

  test.each<Event>([
    { kind: 'calling' },
    { kind: 'called', tookMs: 1, attempt: 1, status: 200 },
    { kind: 'traffic', ok: 1, failed: 0, counters: NOTHING_COUNTED },
    { kind: 'phase', phase: 'fresh', token: TOKEN },
    { kind: 'phase', phase: 'none' },
  ])('says nothing of $kind, which something else tells', (event) => {
    expect(told(event)).toBeUndefined();
  });

  test.each<Phase>(['early', 'last', 'suspect', 'expired'])(
    'tells that a token has become %s',
    (phase) => {
      expect(told({ kind: 'phase', phase, token: TOKEN })).toMatch(/^Token #1 /);
    },
  );

  test('a call without an answer was given up', () => {
    const call = happening({ kind: 'called', tookMs: 3_000, attempt: 1, errorType: 'ETIMEDOUT' });
    expect(call.kind === 'called' && callInWords(call)).toBe(
      'Token call: no answer for 3.0 s, given up.',
    );
  });
});

describe('labels of the time line', () => {
  test('say how long a call took that brought a token, and nothing of the others', () => {
    const ended = (errorType?: string) => ({
      kind: 'called' as const,
      id: 1,
      lane: 'exotel',
      at: 0,
      tookMs: 812,
      attempt: 1,
      errorType,
    });
    expect(callLabel({ id: 1, from: 0, ended: ended() })).toBe('0.8 s');
    expect(callLabel({ id: 1, from: 0, ended: ended('503') })).toBe('');
    expect(callLabel({ id: 1, from: 0 })).toBe('');
  });

  test.each<{ event: Event; label: string }>([
    { event: { kind: 'pressed', fault: 'expire' }, label: 'Expire' },
    { event: { kind: 'pressed', fault: 'burst' }, label: '+50' },
    { event: { kind: 'switched', fault: 'slow', on: ['slow'] }, label: 'Slow' },
    { event: { kind: 'switched', fault: 'slow', on: [] }, label: 'Slow off' },
    { event: { kind: 'switched', on: [] }, label: 'all well' },
    { event: { kind: 'calling' }, label: '' },
  ])('flag $event as "$label"', ({ event, label }) => {
    expect(flagLabel(happening(event))).toBe(label);
  });

  test('give milliseconds up to a tenth of a second, tenths up to ten, and whole seconds above', () => {
    expect([seconds(40.4), seconds(100), seconds(9_949), seconds(9_950), seconds(61_000)]).toEqual([
      '40 ms',
      '0.1 s',
      '9.9 s',
      '10 s',
      '61 s',
    ]);
  });
});

describe('the log', () => {
  const log = (...events: readonly Event[]) =>
    events.map((event) => happening(event)).reduce<readonly LogEntry[]>(withLogged, []);

  test('leaves out what has no words', () => {
    expect(log({ kind: 'calling' })).toEqual([]);
  });

  test('tells a crowd in one entry', () => {
    const entries = log(
      { kind: 'rejected', count: 2, consequence: 'replay' },
      { kind: 'pressed', fault: 'revoke' },
      { kind: 'rejected', count: 3, consequence: 'replay' },
    );
    expect(entries.map((entry) => inWords(entry))).toEqual([
      expect.stringMatching(/^5 requests drew a 401/),
      expect.stringMatching(/^You pressed Revoke/),
    ]);
  });

  test('keeps the crowds of two providers apart', () => {
    const one = happening({ kind: 'joined', count: 1 });
    const other = { ...happening({ kind: 'joined', count: 1 }), lane: 'truecaller' };
    expect([one, other].reduce<readonly LogEntry[]>(withLogged, [])).toHaveLength(2);
  });

  test('forgets its oldest entries', () => {
    const entries = log(...Array.from({ length: 200 }, (): Event => ({ kind: 'cool-down-ended' })));
    expect(entries).toHaveLength(150);
  });
});
