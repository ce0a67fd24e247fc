import { describe, expect, it, jest } from '@jest/globals';
import {
  createExotelApi,
  cursorOf,
  type ExotelVoiceListQuery,
} from '../../../src/apis/exotel/index.js';
import { allOf, failureOf } from '../canned-answer.js';
import { answeringInstance, type NextAnswer } from './answering-instance.js';
import { BASIC } from './exotel-account.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 - days * DAY_MS);

const page = (sids: string[], after?: string): NextAnswer => ({
  body: {
    Metadata: { NextPageUri: after === undefined ? null : `/Calls.json?After=${after}` },
    Calls: sids.map((Sid) => ({ Sid })),
  },
});

function voiceThat(...answers: NextAnswer[]) {
  const { instance, sent } = answeringInstance(...answers);
  const api = createExotelApi(instance, {
    accountSid: 'acme',
    basic: BASIC,
    zonelessOffset: '+00:00',
  });
  const queries = () =>
    sent.map(({ url = '' }) => Object.fromEntries(new URLSearchParams(url.split('?')[1])));
  return { api, voice: api.voice, users: api.users, queries };
}

describe('a list that stopped', () => {
  it.each([
    ['a refusal', { status: 429 }],
    ['a broken connection', 'reset'],
  ] as const)('at %s tells where to go on, and goes on there', async (_, failure) => {
    const { voice, queries } = voiceThat(page(['a', 'b'], 'c1'), failure, page(['c']));
    const query: ExotelVoiceListQuery = {
      status: ['busy'],
      created: { from: daysAgo(2), to: daysAgo(1) },
    };
    const sids: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const { callSid } of voice.iterate(query)) sids.push(callSid);
      })(),
    );
    const rest = await allOf(voice.iterate({ ...query, cursor: cursorOf(error) }));
    expect([...sids, ...rest.map(({ callSid }) => callSid)]).toEqual(['a', 'b', 'c']);
    expect(queries()[2]).toEqual(queries()[1]);
  });

  it('resumes after the last page that was done, with its cursor', async () => {
    const { voice, queries } = voiceThat(page(['a'], 'c1'), page(['b'], 'c2'), page(['c']));
    let kept: string | undefined;
    for await (const { cursor } of voice.pages()) {
      kept = cursor;
      break;
    }
    const pages = await allOf(voice.pages({ cursor: kept }));
    expect(pages.map(({ calls }) => calls[0]?.callSid)).toEqual(['b', 'c']);
    expect(pages.map(({ cursor }) => cursor === undefined)).toEqual([false, true]);
    expect(queries().map(({ After }) => After)).toEqual([undefined, 'c1', 'c2']);
  });

  it('at its first page starts over', async () => {
    const { voice, queries } = voiceThat('reset', page(['a']));
    const cursor = cursorOf(await failureOf(allOf(voice.iterate())));
    expect(await allOf(voice.iterate({ cursor }))).toMatchObject([{ callSid: 'a' }]);
    expect(queries()).toEqual([{}, {}]);
  });

  it('by offset reports the offset', async () => {
    const { users } = voiceThat(
      {
        body: {
          metadata: { total: 3 },
          response: [{ data: { id: 'u1' } }, { data: { id: 'u2' } }],
        },
      },
      { status: 503 },
    );
    expect(cursorOf(await failureOf(allOf(users.iterate())))).toBe('2');
  });

  it.each([
    ['users', 'id'],
    ['campaigns', 'id'],
    ['campaignLists', 'sid'],
  ] as const)('by offset counts a record that cannot be read: %s', async (group, id) => {
    const answers = [[{ [id]: 'a' }, {}], [{ [id]: 'b' }], []].map((records) => ({
      body: { response: records.map((data) => ({ data })) },
    }));
    const { api, queries } = voiceThat(...answers);
    const found = await allOf<object>(api[group].iterate({ limit: 2 }));
    expect(found).toHaveLength(2);
    expect(queries().map(({ offset }) => offset)).toEqual(['0', '2', '3']);
  });

  it('has no cursor if the error comes from elsewhere', () => {
    expect([new Error('x'), undefined, { cursor: 'c' }].map(cursorOf)).toEqual(
      Array(3).fill(undefined),
    );
  });

  it.each(['c1', 'from=x&to=y', 'from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z'])(
    'does not resume at %s, which is not a cursor',
    async (cursor) => {
      const { voice } = voiceThat(page([]));
      await expect(allOf(voice.pages({ cursor }))).rejects.toMatchObject({ field: 'cursor' });
    },
  );
});

describe('a wide range', () => {
  const created = { from: daysAgo(90), to: daysAgo(0) };
  const windows = (queries: Record<string, string>[]) =>
    queries.map(({ DateCreated = '' }) =>
      [...DateCreated.matchAll(/te:([^;]+)/g)].map(([, time]) => Date.parse(`${time}Z`)),
    );

  it.each(['oldest-first', 'newest-first'] as const)(
    'is read in windows of at most 28 days, %s, without a gap or a second twice',
    async (order) => {
      const { voice, queries } = voiceThat(page(['x']));
      await allOf(voice.iterate({ created, order }));
      const read = windows(queries());
      const ordered = order === 'oldest-first' ? read : read.reverse();
      expect(ordered).toHaveLength(4);
      expect([ordered[0]?.[0], ordered.at(-1)?.[1]]).toEqual([+created.from, +created.to]);
      for (const [index, [from = 0, to = 0]] of ordered.entries()) {
        expect(to - from).toBeLessThan(28 * DAY_MS);
        const next = ordered[index + 1]?.[0];
        if (next !== undefined) expect(next - to).toBe(1_000);
      }
    },
  );

  it('resumes in the window where it stopped', async () => {
    const answers = [
      page(['a']),
      page(['b'], 'c1'),
      'reset',
      page(['c']),
      page(['d']),
      page(['e']),
    ];
    const { voice, queries } = voiceThat(...(answers as NextAnswer[]));
    const error = await failureOf(allOf(voice.iterate({ created })));
    const rest = await allOf(voice.iterate({ created, cursor: cursorOf(error) }));
    expect(rest.map(({ callSid }) => callSid)).toEqual(['c', 'd', 'e']);
    expect(queries()[3]).toEqual(queries()[2]);
    expect(new Set(windows(queries()).map(String)).size).toBe(4);
  });

  it.each<[string, ExotelVoiceListQuery['created']]>([
    ['created', { from: daysAgo(32), to: daysAgo(0) }],
    ['created.from', { from: daysAgo(190), to: daysAgo(180) }],
    ['created.to', { from: daysAgo(1), to: daysAgo(2) }],
    ['created.to', { from: daysAgo(1), to: new Date('9999-12-31') }],
  ])('that one request may not ask for is refused: %s', async (field, range) => {
    const { voice, queries } = voiceThat(page([]));
    await expect(voice.list({ created: range })).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field,
    });
    expect(queries()).toEqual([]);
  });
});

describe('with retries', () => {
  it('a page is fetched again after the time that a 429 asks for', async () => {
    jest.useFakeTimers();
    const { voice, queries } = voiceThat(
      page(['a'], 'c1'),
      { status: 429, headers: { 'retry-after': '20' } },
      page(['b']),
    );
    const all = allOf(voice.iterate({}, { retries: 1 }));
    await jest.advanceTimersByTimeAsync(19_900);
    expect(queries()).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(200);
    expect((await all).map(({ callSid }) => callSid)).toEqual(['a', 'b']);
  });

  it.each([
    ['a refusal that will not pass', { status: 400 }, 1],
    ['a wait of more than a minute', { status: 429, headers: { 'retry-after': '3600' } }, 1],
    ['the last of them', { status: 503 }, 3],
  ] as const)('the reading ends at %s', async (_, failure, requests) => {
    jest.useFakeTimers();
    const { voice, queries } = voiceThat(failure);
    const failed = failureOf(allOf(voice.iterate({}, { retries: 2 })));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(await failed).toMatchObject({ status: failure.status });
    expect(queries()).toHaveLength(requests);
  });
});
