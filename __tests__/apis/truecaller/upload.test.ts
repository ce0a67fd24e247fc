import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import {
  createTruecallerApi,
  isTruecallerUploadError,
  toCsv,
  type TruecallerEntry,
  type TruecallerUploadError,
  type TruecallerUploadOptions,
} from '../../../src/apis/truecaller/index.js';
import { createProviderClient } from '../../../src/index.js';
import { truecaller } from '../../../src/providers/index.js';
import { startSandbox } from '../../../src/testing/index.js';
import { allOf, answerNext, failureOf, noAnswer, type SentRequest } from '../canned-answer.js';
import { serve } from '../../setup/loopback-server.js';
import { nock } from '../../setup/nock.js';
import { anEntry, PORTAL, RECEIVED, truecallerApi } from './truecaller-organisation.js';

/** Rows that can be told apart; those at the given places are invalid. */
function someRows(count: number, ...bad: number[]): TruecallerEntry[] {
  return Array.from({ length: count }, (_, index) =>
    anEntry({ receiverNumber: bad.includes(index) ? '12345' : numberOf(index) }),
  );
}
const numberOf = (index: number) => `9198765${String(index).padStart(5, '0')}`;

const upload = (rows: TruecallerEntry[], options?: TruecallerUploadOptions) =>
  truecallerApi().campaigns.upload(rows, options);

/** The error with which an upload stops. */
const stopOf = async (work: Promise<unknown>): Promise<TruecallerUploadError> =>
  (await failureOf(work)) as TruecallerUploadError;

const receiversIn = ({ body }: SentRequest): string[] =>
  (body as { campaigns: { receiver_number: string }[] }).campaigns.map(
    (entry) => entry.receiver_number,
  );

/** How many rows have each status, in the order of the rows: `received 500, unknown 500`. */
function runsOf(rows: TruecallerUploadError['rows']): string {
  const runs: { status: string; count: number }[] = [];
  for (const { status } of rows) {
    const last = runs.at(-1);
    if (last?.status === status) last.count += 1;
    else runs.push({ status, count: 1 });
  }
  return runs.map(({ status, count }) => `${status} ${count}`).join(', ');
}

it('a page that something on the way answered reports no row as received', async () => {
  answerNext(PORTAL, 'POST', { body: '<!doctype html><title>Log in</title>' });
  const stop = await stopOf(upload(someRows(2)));
  expect(runsOf(stop.rows)).toBe('unknown 2');
  expect(stop.message).toContain('not an API response');
});

describe('an answer that breaks off', () => {
  it('reports no row as received', async () => {
    const portal = await serve((request, response) => {
      request.resume();
      response
        .writeHead(200, { 'content-length': '1000' })
        .write('{"message":', () => response.socket?.end());
    });
    const { campaigns } = createTruecallerApi(axios.create({ baseURL: portal }), {
      organisationId: 'fake-organisation',
    });
    const stop = await stopOf(campaigns.upload(someRows(2)));
    expect(runsOf(stop.rows)).toBe('unknown 2');
  });
});

describe('before anything is sent', () => {
  it.each(['upload', 'uploadInBatches'] as const)(
    '%s checks every row, and names the invalid one by its index',
    async (operation) => {
      const sent = answerNext(PORTAL, 'POST', { body: RECEIVED });
      const work = truecallerApi().campaigns[operation](someRows(1300, 1234));
      const error = await failureOf(Symbol.asyncIterator in work ? allOf(work) : work);

      expect(error).toMatchObject({
        code: 'ERR_API_INPUT',
        operation: `campaigns.${operation}`,
        field: 'entries.1234.receiverNumber',
      });
      expect(sent).toEqual([]);
    },
  );

  it.each<[string, TruecallerUploadOptions]>([
    ['options.onInvalid', { onInvalid: 'ignore' as 'skip' }],
    ['options.from', { from: -1 }],
    ['options.retries', { retries: 0.5 }],
  ])('refuses %s', async (field, options) => {
    await expect(upload(someRows(1), options)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field,
    });
  });
});

describe("with onInvalid: 'skip'", () => {
  it('sends all other rows, and reports the outcome of each', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: RECEIVED }, { body: RECEIVED });
    const { rows } = await upload(someRows(503, 0, 7, 502), { onInvalid: 'skip' });

    expect(sent.map((request) => receiversIn(request).length)).toEqual([500]);
    expect(runsOf(rows)).toBe('rejected 1, received 6, rejected 1, received 494, rejected 1');
    expect(rows.map(({ index }) => index)).toEqual([...rows.keys()]);
    expect(rows[7]).toMatchObject({ error: { field: 'entries.7.receiverNumber' } });
    expect((await allOf(toCsv(rows, ['index', 'status']))).slice(0, 2).join('')).toBe(
      'index,status\r\n0,rejected\r\n',
    );
  });

  it('sends nothing when every row is invalid', async () => {
    const batches = await allOf(
      truecallerApi().campaigns.uploadInBatches(someRows(2, 0, 1), { onInvalid: 'skip' }),
    );

    expect(batches).toMatchObject([{ firstIndex: 0, next: 2, count: 0, receipt: undefined }]);
    expect(runsOf(batches[0]!.rows)).toBe('rejected 2');
  });
});

describe('batches', () => {
  it('hold 500 rows to send, follow each other without a gap, and are sent one per iteration', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: RECEIVED }, { body: RECEIVED });
    const batches = [];
    const rows = someRows(1002, 3, 1001);
    for await (const batch of truecallerApi().campaigns.uploadInBatches(rows, {
      onInvalid: 'skip',
    })) {
      batches.push(batch);
      expect(sent).toHaveLength(batches.length);
    }

    expect(batches).toMatchObject([
      { firstIndex: 0, next: 501, count: 500, receipt: { message: RECEIVED.message } },
      { firstIndex: 501, next: 1002, count: 500 },
    ]);
    expect(sent.flatMap(receiversIn)).toEqual(
      rows
        .filter((_, index) => ![3, 1001].includes(index))
        .map(({ receiverNumber }) => receiverNumber),
    );
  });

  it('come from an asynchronous source as well', async () => {
    answerNext(PORTAL, 'POST', { body: RECEIVED });
    async function* lines() {
      for (const row of someRows(3)) yield await Promise.resolve(row);
    }

    expect(runsOf((await truecallerApi().campaigns.upload(lines())).rows)).toBe('received 3');
  });
});

describe('an upload that stops reports the outcome of each row, and where to resume', () => {
  it.each([
    // Refused: surely not taken.
    ['400', { status: 400 }, 'received 500, unsent 700', 500],
    ['503', { status: 503 }, 'received 500, unsent 700', 500],
    ['a redirect', { status: 307 }, 'received 500, unsent 700', 500],
    ['a refusal inside 200', { body: { slug: 'no' } }, 'received 500, unsent 700', 500],
    // These may come after the work was done.
    ['500', { status: 500 }, 'received 500, unknown 500, unsent 200', 1000],
  ] as const)('after %s', async (_, answer, runs, next) => {
    answerNext(PORTAL, 'POST', { body: RECEIVED }, answer);
    const error = await stopOf(upload(someRows(1200)));

    expect(isTruecallerUploadError(error)).toBe(true);
    expect(error).toMatchObject({ operation: 'campaigns.upload', next });
    expect(error.cause).toMatchObject({ code: 'ERR_TRUECALLER_API' });
    expect(runsOf(error.rows)).toBe(runs);
    expect(error.message).toContain(`Resume with { from: ${next} }`);
  });

  it.each([
    ['ECONNRESET', 'unknown 2', 2],
    ['ECONNREFUSED', 'unsent 2', 0],
    ['ENOTFOUND', 'unsent 2', 0],
  ])('after %s', async (code, runs, next) => {
    nock(PORTAL).post(/.*/).replyWithError(noAnswer(code));
    const error = await stopOf(upload(someRows(2)));

    expect(error).toMatchObject({ next, cause: { code } });
    expect(runsOf(error.rows)).toBe(runs);
  });

  it('after a time-out', async () => {
    const portal = await serve(() => {});
    const { campaigns } = truecallerApi({ hosts: { portal } });
    const error = await stopOf(campaigns.upload(someRows(2), { timeout: 30, retries: 3 }));

    expect(runsOf(error.rows)).toBe('unknown 2');
    expect(error.message).toContain('0 rows were received, 2 may or may not have been');
  });

  it('after an abort between two batches', async () => {
    answerNext(PORTAL, 'POST', { body: RECEIVED });
    const leaving = new AbortController();
    const work = truecallerApi().campaigns.uploadInBatches(someRows(600), {
      signal: leaving.signal,
    });
    await work.next();
    leaving.abort();
    const error = await stopOf(work.next());

    expect(error).toMatchObject({ next: 500, cause: { code: 'ERR_CANCELED' } });
    expect(runsOf(error.rows)).toBe('received 500, unsent 100');
  });

  it('when there is no token', async () => {
    await using sandbox = await startSandbox({ only: ['truecaller'] });
    const { credentials, url } = sandbox.truecaller;
    sandbox.truecaller.rotateCredentials();
    const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
    const { organisationId } = credentials;
    const { campaigns } = createTruecallerApi(http, { organisationId });
    const error = await stopOf(campaigns.upload(someRows(2)));

    expect(error).toMatchObject({ next: 0, cause: { code: 'ERR_CREDENTIALS_REJECTED' } });
    expect(runsOf(error.rows)).toBe('unsent 2');
  });

  it('and its JSON form holds no row', async () => {
    answerNext(PORTAL, 'POST', { status: 400 });
    const error = await stopOf(upload(someRows(2)));

    expect(Object.keys(error.toJSON())).toEqual(['name', 'code', 'message', 'operation', 'next']);
  });
});

describe('from', () => {
  it('resumes where an upload stopped, and sends no row twice', async () => {
    const rows = someRows(1200, 100);
    const first = answerNext(PORTAL, 'POST', { body: RECEIVED }, { status: 429 });
    const { next } = await stopOf(upload(rows, { onInvalid: 'skip' }));
    const second = answerNext(PORTAL, 'POST', { body: RECEIVED }, { body: RECEIVED });
    const { rows: later } = await upload(rows, { onInvalid: 'skip', from: next });

    expect(next).toBe(501);
    expect(later[0]).toEqual({ index: 501, status: 'received' });
    expect([first[0]!, ...second].flatMap(receiversIn)).toEqual(
      rows.filter((_, index) => index !== 100).map(({ receiverNumber }) => receiverNumber),
    );
  });

  it('does not check the rows before it', async () => {
    answerNext(PORTAL, 'POST', { body: RECEIVED });

    expect((await upload(someRows(3, 0), { from: 1 })).rows).toHaveLength(2);
  });

  it('beyond the last row sends nothing', async () => {
    expect(await upload(someRows(2), { from: 2 })).toEqual({ rows: [] });
  });
});

describe('retries', () => {
  const NOW = { 'Retry-After': '0' };

  it.each([429, 503])('send a batch again that was answered %i', async (status) => {
    const refused = { status, headers: NOW };
    const sent = answerNext(PORTAL, 'POST', refused, refused, { body: RECEIVED });

    expect(runsOf((await upload(someRows(2), { retries: 2 })).rows)).toBe('received 2');
    expect(sent).toHaveLength(3);
  });

  it('are counted for each batch, and end', async () => {
    const refused = { status: 429, headers: NOW };
    const answers = [refused, { body: RECEIVED }, refused, refused];
    const sent = answerNext(PORTAL, 'POST', ...answers);
    const error = await stopOf(upload(someRows(501), { retries: 1 }));

    expect(sent).toHaveLength(4);
    expect(error).toMatchObject({ next: 500, cause: { status: 429, retryAfterMs: 0 } });
  });

  it.each([400, 500])('never send again what was answered %i', async (status) => {
    const sent = answerNext(PORTAL, 'POST', { status, headers: NOW }, { body: RECEIVED });
    await stopOf(upload(someRows(1), { retries: 3 }));

    expect(sent).toHaveLength(1);
    nock.cleanAll();
  });

  it('do not wait longer than a minute', async () => {
    answerNext(PORTAL, 'POST', { status: 429, headers: { 'Retry-After': '61' } });
    const error = await stopOf(upload(someRows(1), { retries: 1 }));

    expect(error.cause).toMatchObject({ status: 429, retryAfterMs: 61_000 });
  });

  it('stop waiting at once when the signal aborts', async () => {
    const leaving = new AbortController();
    const sent = answerNext(PORTAL, 'POST', { status: 429, headers: { 'Retry-After': '60' } });
    const http = axios.create({ baseURL: PORTAL });
    http.interceptors.response.use(undefined, (error: Error) => {
      setImmediate(() => leaving.abort());
      throw error;
    });
    const { campaigns } = createTruecallerApi(http, { organisationId: 'org' });
    const options = { retries: 1, signal: leaving.signal };
    const error = await stopOf(campaigns.upload(someRows(2), options));

    expect(sent).toHaveLength(1);
    expect(error.cause).toMatchObject({ code: 'ERR_CANCELED' });
    expect(runsOf(error.rows)).toBe('unsent 2');
  });
});
