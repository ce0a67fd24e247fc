import { describe, expect, jest, test } from '@jest/globals';
import { Readable } from 'node:stream';

import {
  createBearerFetch,
  whyNotReplayed,
  type BearerRequestInit,
} from '../../src/fetch/index.js';
import { multipartBlob } from '../../src/fetch/multipart.js';
import { createFakeClock } from '../../src/testing/index.js';
import { providerOf } from '../axios/support.js';
import { ECHO, fetchOf, fetchWithDeadToken, useOAuth2 } from './support.js';

const server = useOAuth2();
const echo = () => server.url + ECHO;

/** What arrived of each send: content type, length and bytes. */
const sends = () =>
  server.requests.map(({ headers, body }) => [
    headers['content-type'],
    headers['content-length'],
    body.toString('latin1'),
  ]);

const bytes = (text: string) => new TextEncoder().encode(text);

/** A form with everything that has to be escaped or kept. */
function oddForm(): FormData {
  const form = new FormData();
  form.append('plain', 'a b&c=d');
  form.append('line\r\nend "quoted"', 'one\ntwo\r\nthree\rfour');
  form.append('ünïcode', '💡');
  form.append('file', new File([bytes('file\n\0')], 'na"me\n.txt', { type: 'text/csv' }));
  form.append('nameless', new Blob([bytes('blob')]));
  return form;
}

const KINDS: readonly [string, () => BodyInit][] = [
  ['a string', () => 'hello'],
  ['URLSearchParams', () => new URLSearchParams({ a: '1', b: 'x y' })],
  ['a Blob', () => new Blob([bytes('hello')], { type: 'text/csv' })],
  ['an ArrayBuffer', () => bytes('hello').buffer],
  ['a view of a buffer', () => bytes('hello').subarray(1, 4)],
  ['a form', oddForm],
];

describe('a body that can be sent again', () => {
  test.each(KINDS)('is replayed byte for byte: %s', async (_, body) => {
    const api = await fetchWithDeadToken(server);
    const response = await api(echo(), { method: 'POST', body: body() });

    expect(response.status).toBe(200);
    expect(sends()).toHaveLength(2);
    expect(sends()[1]).toEqual(sends()[0]);
    expect(sends()[0]![2]).not.toBe('');
  });

  test.each<[string, BodyInit]>([
    ['a string', 'hello'],
    ['a form', oddForm()],
  ])('is replayed byte for byte within a Request: %s', async (_, body) => {
    const api = await fetchWithDeadToken(server);
    const response = await api(new Request(echo(), { method: 'POST', body }));

    expect(response.status).toBe(200);
    expect(sends()).toHaveLength(2);
    expect(sends()[1]).toEqual(sends()[0]);
    expect(sends()[0]![2]).not.toBe('');
  });

  test('is sent as it was when fetch was called, whatever the caller does to it afterwards', async () => {
    const api = await fetchWithDeadToken(server);
    const body = bytes('hello');
    for (const given of [body, body.buffer]) {
      body.set(bytes('hello'));
      const answer = api(echo(), { method: 'POST', body: given });
      body.fill(0);
      await answer;
      server.revokeTokens();
    }

    expect(sends().map(([, , text]) => text)).toEqual(['hello', 'hello', 'hello', 'hello']);
  });
});

describe('a form', () => {
  test('has the bytes that fetch gives it, but for the boundary', async () => {
    const own = multipartBlob(oddForm());
    const native = new Response(oddForm());
    const boundaryOf = (type: string | null) => /boundary=(.+)$/.exec(type ?? '')![1]!;
    const text = (await native.text()).replaceAll(
      boundaryOf(native.headers.get('content-type')),
      boundaryOf(own.contentType),
    );

    // Node 20 leaves out the last line end.
    expect((await own.body.text()).trimEnd()).toBe(text.trimEnd());
  });

  test('comes with the content type of the caller where there is one', async () => {
    const api = await fetchWithDeadToken(server);
    const headers = { 'content-type': 'application/x-own' };
    await api(echo(), { method: 'POST', body: oddForm(), headers });

    expect(sends().map(([type]) => type)).toEqual(['application/x-own', 'application/x-own']);
  });
});

describe('a body that can be read only once', () => {
  const once: readonly [string, () => unknown][] = [
    ['a web stream', () => new Blob([bytes('hello')]).stream()],
    ['a Node stream', () => Readable.from([bytes('hello')])],
    [
      'an async iterable',
      async function* () {
        await Promise.resolve();
        yield bytes('hello');
      },
    ],
  ];
  test.each(once)('is sent once, and its 401 is the caller’s: %s', async (_, body) => {
    const api = await fetchWithDeadToken(server);
    const init = { method: 'POST', body: body(), duplex: 'half' } as BearerRequestInit;
    const response = await api(echo(), init);

    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'body-consumed']);
    expect(server.requests).toHaveLength(1);
    expect((await api(echo())).status).toBe(200);
  });

  test('that fails while its request waits for a token fails the request, and nothing else', async () => {
    const api = fetchOf(server);
    const held = server.tokenEndpoint.holdNext();
    const body = new Readable({ read: () => undefined });
    const answer = api(echo(), { method: 'POST', body, duplex: 'half' } as never);
    await held.arrived;
    body.destroy(new Error('no such file'));
    held.release();

    await expect(answer).rejects.toMatchObject({ name: 'TypeError' });
  });

  test('is closed if its request is never sent', async () => {
    const reasons: unknown[] = [];
    const body = () => new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
    const api = await fetchWithDeadToken(server, { maxAttempts: 1 });
    api.source.clear();
    server.tokenEndpoint.fail({ status: 400, body: { error: 'invalid_request' } });
    const init = { method: 'POST', duplex: 'half' } as const;
    const failures = await Promise.allSettled([
      api(echo(), { ...init, body: body() }),
      api(new Request(echo(), { ...init, body: body() })),
    ]);

    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reasons).toMatchObject([
      { code: 'ERR_TOKEN_REQUEST_REFUSED' },
      { code: 'ERR_TOKEN_REQUEST_REFUSED' },
    ]);
  });
});

describe('the stream of a Request', () => {
  const chunk = new Uint8Array(1_000_000);
  const streamOf = (chunks: number, pulled: { count: number }) =>
    new ReadableStream({
      pull(it) {
        if (pulled.count === chunks) it.close();
        else it.enqueue(chunk);
        pulled.count += 1;
      },
    });
  const requestOf = (body: ReadableStream) =>
    new Request(echo(), { method: 'POST', body, duplex: 'half' } as RequestInit);

  test('is replayed if it is short', async () => {
    const api = await fetchWithDeadToken(server);
    const response = await api(requestOf(streamOf(2, { count: 0 })));

    expect(response.status).toBe(200);
    expect(server.requests.map(({ body }) => body.length)).toEqual([2_000_000, 2_000_000]);
    // Unread, the echo of that much would keep its connection open, and with it the process.
    await response.body?.cancel();
  });

  test('keeps the process alive while its 401 waits for the end of the body', async () => {
    const clock = createFakeClock();
    const schedule = jest.spyOn(clock, 'schedule');
    const api = createBearerFetch(providerOf(server), {
      clock,
      fetch: (url: string | Request) =>
        Promise.resolve(
          url === server.tokenUrl
            ? Response.json({ access_token: 'token', expires_in: 3600 })
            : new Response(null, { status: 401 }),
        ),
    });
    await api.source.getToken();
    schedule.mockClear();
    const endless = new ReadableStream({ pull: () => new Promise(() => undefined) });
    const init = { method: 'POST', body: endless, duplex: 'half' } as const;
    const answered = api(new Request(echo(), init));
    await clock.advanceAsync(1_000);
    expect((await answered).status).toBe(401);
    expect(schedule).toHaveBeenCalledWith(expect.anything(), 1_000, { keepAlive: true });
  });

  test('is not kept in memory if it is long, and its 401 is the caller’s', async () => {
    const pulled = { count: 0 };
    const send: typeof fetch = (input, init) =>
      input instanceof Request
        ? Promise.resolve(new Response(null, { status: 401 }))
        : fetch(input, init);
    const api = await fetchWithDeadToken(server, { fetch: send });
    const answer = api(requestOf(streamOf(1_000, pulled)));

    const response = await answer;
    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'body-consumed']);
    expect(pulled.count).toBeLessThan(15);
  });

  test('is not waited for if the caller wants no replay', async () => {
    const send = () => Promise.resolve(new Response(null, { status: 401 }));
    // Its time stands still, so nothing stops waiting.
    const api = await fetchWithDeadToken(server, { clock: createFakeClock() });
    const another = createBearerFetch(api.source, { fetch: send });
    const response = await another(requestOf(new ReadableStream()), { bearer: { replay: false } });

    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'opted-out']);
  });
});
