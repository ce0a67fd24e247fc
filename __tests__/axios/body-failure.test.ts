import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import fs, { createReadStream, type ReadStream } from 'node:fs';
import { once } from 'node:events';
import { finished, PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { unlessBodyFails } from '../../src/axios/body-failure.js';
import { clientOf, ECHO, failureOf, useOAuth2, warmClientOf } from './support.js';

const FILE = fileURLToPath(import.meta.url);

const configOf = (data: unknown) =>
  ({ headers: new AxiosHeaders(), data }) as InternalAxiosRequestConfig;

/** A wait that the test ends. */
function wait<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise: () => promise, resolve, reject };
}

/** Ends when a stream has told that it is closed, whether it failed or not: `closed` says so a moment before. */
const closed = (stream: Readable) =>
  new Promise<void>((resolve) =>
    finished(stream, { readable: false, writable: false }, () => resolve()),
  );

/** A file that has been opened, and whether it has been closed. Its descriptor does not show that: another file may get the same. */
async function openFile(): Promise<{ stream: ReadStream; isClosed: () => boolean }> {
  const close = jest.fn(fs.close);
  const stream = createReadStream(FILE, { fs: { ...fs, close } });
  const [descriptor] = (await once(stream, 'open')) as [number];
  return { stream, isClosed: () => close.mock.calls.some(([one]) => one === descriptor) };
}

// Jest would let the test pass that lets an error of a stream escape.
const uncaught = jest.fn();
beforeEach(() => {
  uncaught.mockClear();
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
});
afterEach(() => {
  process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught);
  if (uncaught.mock.calls.length > 0) throw new Error('uncaught', { cause: uncaught.mock.calls });
});

describe('a wait goes on as if it had no body', () => {
  test.each<[string, () => unknown]>([
    ['none', () => undefined],
    ['text', () => 'text'],
    ['fields that look like a stream', () => ({ pipe: 'steel', on: true, off: false })],
    ['one with a `pipe` that is not a stream', () => ({ pipe: () => 'an observable' })],
    ['a Node stream', () => Readable.from(['a'])],
    ['a web stream', () => new ReadableStream()],
  ])('if the body is whole: %s', async (_, body) => {
    expect(await unlessBodyFails(configOf(body()), () => Promise.resolve('token'))).toBe('token');
  });

  test('and leaves its stream unread, with one listener: it hears an error until the adapter does', async () => {
    const body = new PassThrough();
    const before = body.listenerCount('close');
    await unlessBodyFails(configOf(body), () => Promise.resolve('token'));
    expect(body.readableFlowing).toBeNull();
    expect(body.listenerCount('error')).toBe(1);
    expect(body.listenerCount('close')).toBe(before);
  });

  test('even if the stream fails later', async () => {
    const body = new PassThrough();
    expect(await unlessBodyFails(configOf(body), () => Promise.resolve('token'))).toBe('token');
    body.destroy(new Error('too late'));
    await closed(body);
  });
});

describe('behaviour 47: a wait ends as soon as its stream fails, with the error that axios gives for it', () => {
  const failure = Object.assign(new Error('disk on fire'), { code: 'EIO' });

  test.each<[string, (body: PassThrough) => Promise<unknown>]>([
    ['in the same tick as the wait', (body) => Promise.resolve(body.destroy(failure))],
    [
      'in the middle of the wait',
      async (body) => {
        await new Promise(setImmediate);
        body.destroy(failure);
      },
    ],
    ['by an event alone', (body) => Promise.resolve(body.emit('error', failure))],
  ])('%s', async (_, fail) => {
    const body = new PassThrough();
    const config = configOf(body);
    const waiting = failureOf(unlessBodyFails(config, wait().promise));
    await fail(body);
    const error = await waiting;
    expect(error).toMatchObject({ isAxiosError: true, message: 'disk on fire', code: 'EIO' });
    expect(error.config).toBe(config);
  });

  test('or if it had failed before', async () => {
    const body = new PassThrough().on('error', () => undefined);
    body.destroy(failure);
    await closed(body);
    const error = await failureOf(unlessBodyFails(configOf(body), wait().promise));
    expect(error).toMatchObject({ isAxiosError: true, code: 'EIO' });
  });

  test.each(['before', 'meanwhile'])(
    'and as a cancellation if it was destroyed without an error: %s',
    async (when) => {
      const body = new PassThrough();
      if (when === 'before') await closed(body.destroy());
      const waiting = failureOf(unlessBodyFails(configOf(body), wait().promise));
      body.destroy();
      expect(await waiting).toMatchObject({
        code: 'ERR_CANCELED',
        message: 'Request stream has been aborted',
      });
    },
  );

  test('and not again when the wait fails after it', async () => {
    const body = new PassThrough();
    const token = wait();
    const waiting = failureOf(unlessBodyFails(configOf(body), token.promise));
    body.destroy(failure);
    expect((await waiting).message).toBe('disk on fire');
    token.reject(new Error('no token either'));
  });
});

describe('the body of a request that is never sent', () => {
  const refused = new Error('no token');

  test('its file is closed, and the error is that of the wait', async () => {
    const { stream, isClosed } = await openFile();
    expect(isClosed()).toBe(false);
    const waiting = unlessBodyFails(configOf(stream), () => Promise.reject(refused));
    expect(await failureOf(waiting)).toBe(refused);
    await closed(stream);
    expect(isClosed()).toBe(true);
  });

  test('its web stream is cancelled, with the reason, and may refuse', async () => {
    const cancel = jest.fn<(reason: unknown) => Promise<void>>(() =>
      Promise.reject(new Error('refused as well')),
    );
    const body = new ReadableStream({ cancel });
    const waiting = unlessBodyFails(configOf(body), () => Promise.reject(refused));
    expect(await failureOf(waiting)).toBe(refused);
    expect(cancel).toHaveBeenCalledWith(refused);
  });

  test('a stream that cannot be destroyed does no harm', async () => {
    const body = { pipe: () => undefined, on: () => undefined, off: () => undefined };
    const waiting = unlessBodyFails(configOf(body), () => Promise.reject(refused));
    expect(await failureOf(waiting)).toBe(refused);
  });
});

describe('a request of a cold client', () => {
  const server = useOAuth2();

  test('behaviour 47: whose upload fails while the token is awaited gets that failure, and is never sent', async () => {
    const { http, source } = clientOf(server);
    const refresh = server.tokenEndpoint.holdNext();
    const body = new PassThrough();
    const request = failureOf(http.post(ECHO, body));
    await refresh.arrived;
    body.destroy(Object.assign(new Error('disk on fire'), { code: 'EIO' }));
    expect(await request).toMatchObject({ isAxiosError: true, code: 'EIO' });
    refresh.release();
    await source.getToken();
    expect(server.requests).toEqual([]);
  });

  test('whose file does not exist gets that, as with bare axios', async () => {
    const { http } = clientOf(server);
    const error = await failureOf(http.post(ECHO, createReadStream(`${FILE}.missing`)));
    expect(error).toMatchObject({ isAxiosError: true, code: 'ENOENT' });
  });

  test('that gets no token leaves no file open', async () => {
    const { http } = clientOf(server, {}, { maxAttempts: 1 });
    server.tokenEndpoint.fail({ status: 400 });
    const { stream, isClosed } = await openFile();
    await failureOf(http.post(ECHO, stream));
    await closed(stream);
    expect(isClosed()).toBe(true);
  });

  test('that gets one sends its upload whole', async () => {
    const { http } = clientOf(server);
    await http.post(ECHO, Readable.from(['a', 'b']));
    expect(String(server.requests[0]!.body)).toBe('ab');
  });

  test.each(['cold', 'warm'])(
    'whose upload fails while it is sent, %s, gets that failure',
    async (kind) => {
      const { http } = kind === 'cold' ? clientOf(server) : await warmClientOf(server);
      const body = new Readable({
        read() {
          this.push('a');
          this.destroy(Object.assign(new Error('disk on fire'), { code: 'EIO' }));
        },
      });
      expect(await failureOf(http.post(ECHO, body))).toMatchObject({
        isAxiosError: true,
        code: 'EIO',
      });
    },
  );
});
