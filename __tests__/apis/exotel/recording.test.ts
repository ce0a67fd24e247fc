import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import axios, { type AxiosRequestConfig } from 'axios';
import { createExotelApi } from '../../../src/apis/exotel/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import { serve } from '../../setup/loopback-server.js';
import { BASIC, BASIC_HEADER, exotelApi, VOICE } from './exotel-account.js';

const SOUND = Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x80, 0xfe]);

/** A place where recordings are kept, which notes what credentials came. */
async function recordings(status = 200, headers: Record<string, string> = {}, body = SOUND) {
  const seen: (string | undefined)[] = [];
  const host = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(status, { 'content-type': 'audio/mpeg', ...headers }).end(body);
  });
  return { host, seen };
}

describe('downloadRecording', () => {
  it('takes the API key to a host of the list, and gives bytes', async () => {
    const { host, seen } = await recordings();
    const { voice } = exotelApi({ recordingHosts: [host] });
    expect(await voice.downloadRecording({ recordingUrl: `${host}/acme/c1.mp3` })).toEqual({
      body: new Uint8Array(SOUND),
      contentType: 'audio/mpeg',
      sizeBytes: undefined,
    });
    expect(seen).toEqual([BASIC_HEADER]);
  });

  it('gives a stream that can be iterated, with progress', async () => {
    const body = Buffer.from('sound'.repeat(50_000));
    const { host } = await recordings(200, { 'content-length': String(body.length) }, body);
    const loaded: number[] = [];
    const recording = await exotelApi({ recordingHosts: [host] }).voice.downloadRecording(
      { recordingUrl: `${host}/c1.mp3` },
      { as: 'stream', onDownloadProgress: (progress) => loaded.push(progress.loaded) },
    );
    expect(recording.sizeBytes).toBe(body.length);
    expect(await text(recording.body)).toBe(String(body));
    expect(loaded.at(-1)).toBe(body.length);
  });

  it('keeps the API key out of a printed stream, which can still be piped', async () => {
    const { host } = await recordings();
    const recording = await exotelApi({ recordingHosts: [host] }).voice.downloadRecording(
      { recordingUrl: `${host}/c1.mp3` },
      { as: 'stream' },
    );
    const printed = inspect(recording, { depth: Infinity, showHidden: true });
    expect(printed).not.toContain(BASIC_HEADER.slice('Basic '.length));
    const chunks: Uint8Array[] = [];
    await pipeline(recording.body, async (body: AsyncIterable<Uint8Array>) => {
      for await (const chunk of body) chunks.push(chunk);
    });
    expect(Buffer.concat(chunks)).toEqual(SOUND);
  });

  it('keeps the API key out of the error of a stream that is aborted', async () => {
    const host = await serve((_request, response) => {
      response.writeHead(200).write('half');
    });
    const leave = new AbortController();
    const { body } = await exotelApi({ recordingHosts: [host] }).voice.downloadRecording(
      { recordingUrl: `${host}/c1.mp3` },
      { as: 'stream', signal: leave.signal },
    );
    const error = await failureOf(
      (async () => {
        for await (const chunk of body) if (chunk.length > 0) leave.abort();
      })(),
    );
    expect(error).toMatchObject({ code: 'ERR_CANCELED' });
    const printed = inspect(error, { depth: Infinity, showHidden: true });
    expect(printed).not.toContain(BASIC_HEADER.slice('Basic '.length));
  });

  it('takes no credentials to a signed address, which goes first', async () => {
    const { host, seen } = await recordings();
    const instance = axios.create({
      auth: { username: 'key', password: 'of the app' },
      headers: { Authorization: 'Basic of-the-app' },
    });
    const { voice } = createExotelApi(instance, {
      accountSid: 'acme',
      region: 'mumbai',
      basic: BASIC,
      recordingHosts: [host],
    });
    await voice.downloadRecording({
      recordingUrl: `${host}/c1.mp3`,
      signedRecordingUrl: `${host}/c1.mp3?X-Amz-Signature=abc`,
    });
    expect(seen).toEqual([undefined]);
  });

  it("is not stopped by the login of the instance's defaults", async () => {
    const { host, seen } = await recordings();
    const instance = axios.create({ auth: { username: 'key', password: 'of the app' } });
    const options = { accountSid: 'acme', region: 'mumbai', basic: BASIC } as const;
    const { voice } = createExotelApi(instance, { ...options, recordingHosts: [host] });
    await voice.downloadRecording({ recordingUrl: `${host}/c1.mp3` });
    expect(seen).toEqual([BASIC_HEADER]);
  });

  it('keeps the key away from a place that a redirect leads to', async () => {
    const elsewhere = await recordings();
    const { host } = await recordings(302, { location: `${elsewhere.host}/c1.mp3` });
    const { voice } = exotelApi({ recordingHosts: [host] });
    const download = voice.downloadRecording(
      { recordingUrl: `${host}/c1.mp3` },
      { maxRedirects: 5 },
    );
    await expect(download).rejects.toMatchObject({ status: 302 });
    expect(elsewhere.seen).toEqual([]);
  });

  it.each([true, false])(
    'takes two slashes at the start of a path for no host (%s)',
    async (allowAbsoluteUrls) => {
      let sent: AxiosRequestConfig | undefined;
      const instance = axios.create({
        baseURL: VOICE,
        allowAbsoluteUrls,
        adapter: async (config) => {
          sent = config;
          await Promise.resolve();
          return { config, data: SOUND, headers: {}, status: 200, statusText: '' };
        },
      });
      const { voice } = createExotelApi(instance, { accountSid: 'acme', basic: BASIC });
      const recordingUrl = 'https://recordings.exotel.com//evil.example/c1.mp3';
      await voice.downloadRecording({ recordingUrl });
      expect(axios.getUri(sent)).toBe(recordingUrl);
    },
  );

  it.each([
    ['another host', 'https://recordings.example/c1.mp3'],
    ['a host with the name in front', 'https://recordings.exotel.com.evil.example/c1.mp3'],
    ['a host behind the name', 'https://recordings.exotel.com@evil.example/c1.mp3'],
    ["another bucket of Amazon's", 'https://s3-ap-southeast-1.amazonaws.com/evil/c1.mp3'],
    ['a way out of the bucket', 'https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/../evil'],
    ['plain http', 'http://recordings.exotel.com/c1.mp3'],
  ])('sends nothing to %s', async (_, recordingUrl) => {
    await expect(exotelApi().voice.downloadRecording({ recordingUrl })).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field: 'recordingUrl',
      message: expect.stringContaining('recordingHosts'),
    });
  });

  it.each([
    [{}, 'recordingUrl'],
    [{ recordingUrl: 'c1.mp3' }, 'recordingUrl'],
    [{ signedRecordingUrl: 'http://169.254.169.254/latest/meta-data' }, 'signedRecordingUrl'],
  ])('names what is wrong with %j', async (place, field) => {
    await expect(exotelApi().voice.downloadRecording(place)).rejects.toMatchObject({ field });
  });

  it.each([
    'https://recordings.exotel.com/exotelrecordings/acme/c1.mp3',
    'https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/acme/c1.mp3',
    `${VOICE}/recordings/c1.mp3`,
  ])('knows the place of %s', async (recordingUrl) => {
    const sent = answerNext(new URL(recordingUrl).origin, 'GET', { body: 'sound' });
    await exotelApi().voice.downloadRecording({ recordingUrl });
    expect(sent[0]?.headers.authorization).toBe(BASIC_HEADER);
  });

  it.each([
    [
      'a signed address that is no longer valid',
      { signed: true, status: 403 },
      'file-expired',
      'from voice.get',
    ],
    ['a key that is refused', { signed: false, status: 403 }, 'not-authorised', ''],
    [
      'a recording that is not there yet',
      { signed: false, status: 404 },
      'not-found',
      'a few minutes',
    ],
  ])('tells %s', async (_, { signed, status }, reason, words) => {
    const { host } = await recordings(status, {}, Buffer.from('<Error>no</Error>'));
    const { voice } = exotelApi({ recordingHosts: [host] });
    const place = { [signed ? 'signedRecordingUrl' : 'recordingUrl']: `${host}/c1.mp3` };
    const error = await failureOf(voice.downloadRecording(place));
    expect(error).toMatchObject({ reason, status, operation: 'voice.downloadRecording' });
    expect(error.message).toContain(words);
    expect(error.response.data).toBe('<Error>no</Error>');
  });

  it('is an error when the recording breaks off, not a call without a body', async () => {
    const host = await serve((_request, response) => {
      response
        .writeHead(200, { 'content-length': '1000' })
        .write('half', () => response.socket?.end());
    });
    const { voice } = exotelApi({ recordingHosts: [host] });
    const download = voice.downloadRecording({ recordingUrl: `${host}/c1.mp3` });
    await expect(download).rejects.toMatchObject({ isAxiosError: true, code: 'ERR_BAD_RESPONSE' });
  });

  it('knows the host of the calls when it is written with a slash at its end', async () => {
    const { host, seen } = await recordings();
    const instance = axios.create({ baseURL: `${host}/` });
    const { voice } = createExotelApi(instance, { accountSid: 'acme', basic: BASIC });
    await voice.downloadRecording({ recordingUrl: `${host}/exotelrecordings/c1.mp3` });
    expect(seen).toEqual([BASIC_HEADER]);
  });

  it('closes the connection of a stream that is refused', async () => {
    let closed: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (closed = resolve));
    const host = await serve((_request, response) => {
      response.on('close', closed);
      response.writeHead(401).write('an error page without an end');
    });
    const { voice } = exotelApi({ recordingHosts: [host] });
    const error = await failureOf(
      voice.downloadRecording({ recordingUrl: `${host}/c1.mp3` }, { as: 'stream' }),
    );
    expect(error).toMatchObject({ reason: 'authentication-failed' });
    await done;
  });
});

describe('an answer with a recording', () => {
  const CALL = {
    Sid: 'c1',
    PhoneNumber: '08044656833',
    ConversationDuration: '120',
    Currency: 'INR',
    RecordingUrl: 'https://recordings.exotel.com/c1.mp3',
    PreSignedRecordingUrl: 'https://s3.example/c1.mp3?X-Amz-Signature=abc',
  };
  const READ = {
    phoneNumber: '08044656833',
    conversationSeconds: 120,
    currency: 'INR',
    recordingUrl: CALL.RecordingUrl,
    signedRecordingUrl: CALL.PreSignedRecordingUrl,
  };

  it('of one call has the signed address, on request', async () => {
    const sent = answerNext(VOICE, 'GET', { body: { Call: CALL } });
    expect(await exotelApi().voice.get('c1', { recordingUrlMinutes: 10 })).toMatchObject(READ);
    expect(sent[0]?.path).toBe('/v1/Accounts/acme/Calls/c1.json?RecordingUrlValidity=10');
  });

  it('of a list carries it, the line that rang and the time talked', async () => {
    answerNext(VOICE, 'GET', { body: { Metadata: {}, Calls: [CALL] } });
    expect((await exotelApi().voice.list({ recordingUrlMinutes: 60 })).calls).toMatchObject([READ]);
  });

  it.each([4, 61, 5.5])('cannot be asked for %d minutes', async (recordingUrlMinutes) => {
    await expect(exotelApi().voice.get('c1', { recordingUrlMinutes })).rejects.toMatchObject({
      field: 'recordingUrlMinutes',
    });
  });
});
