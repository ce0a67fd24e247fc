import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AxiosError } from 'axios';
import { isTruecallerApiError, TruecallerApiError } from '../../../src/apis/truecaller/index.js';
import { answerNext, everyFormOf, failureOf, noAnswer } from '../canned-answer.js';
import { json, serve } from '../../setup/loopback-server.js';
import { nock } from '../../setup/nock.js';
import {
  anEntry,
  PORTAL,
  truecallerApi,
  WEBHOOK_TOKEN,
  WEBHOOKS,
} from './truecaller-organisation.js';

const upload = (options = {}) => truecallerApi(options).campaigns.bulkUpload([anEntry()]);

describe('a failure becomes a TruecallerApiError', () => {
  it('with slug and message', async () => {
    answerNext(PORTAL, 'POST', {
      status: 401,
      body: { slug: 'authorization-error', message: 'Missing authorization header' },
    });
    const error = await failureOf(upload());
    expect(error).toBeInstanceOf(TruecallerApiError);
    expect(isTruecallerApiError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'TruecallerApiError',
      code: 'ERR_TRUECALLER_API',
      operation: 'campaigns.bulkUpload',
      status: 401,
      slug: 'authorization-error',
    });
    expect(error.message).toBe(
      'truecaller campaigns.bulkUpload: 401 authorization-error. ' +
        'Truecaller says: Missing authorization header',
    );
  });

  it.each([
    { what: 'HTML', status: 502, body: '<html></html>', slug: undefined },
    { what: 'nothing', status: 500, body: '', slug: undefined },
    { what: 'a list', status: 400, body: [], slug: undefined },
    {
      what: 'fields of other types',
      status: 400,
      body: { slug: {}, message: [] },
      slug: undefined,
    },
    {
      what: 'a failure inside HTTP 200',
      status: 200,
      body: { slug: 'forbidden-error' },
      slug: 'forbidden-error',
    },
    {
      what: "the sister product's status_info",
      status: 200,
      body: { status_info: { status: 'error', message: 'no' } },
      slug: undefined,
    },
  ])('from $what', async ({ status, body, slug }) => {
    answerNext(PORTAL, 'POST', { status, body });
    await expect(upload()).rejects.toMatchObject({ code: 'ERR_TRUECALLER_API', status, slug });
  });

  it('with the answer where code that was written for axios looks for it', async () => {
    const body = { slug: 'invalid-input', message: 'no', details: [{ row: 3 }] };
    answerNext(PORTAL, 'POST', { status: 400, body });
    expect((await failureOf(upload())).response).toEqual({ status: 400, data: body });
  });

  it('with the wait that the server asks for', async () => {
    answerNext(PORTAL, 'POST', { status: 429, headers: { 'Retry-After': '60' } });
    await expect(upload()).rejects.toMatchObject({ status: 429, retryAfterMs: 60_000 });
  });
});

describe('no error holds a secret', () => {
  it('when the server quotes the request back', async () => {
    answerNext(WEBHOOKS, 'POST', {
      status: 403,
      body: { slug: WEBHOOK_TOKEN, message: `X-Org-Token ${WEBHOOK_TOKEN} is not known` },
    });
    const error = await failureOf(truecallerApi().campaigns.trigger(anEntry()));
    expect(everyFormOf(error)).not.toContain(WEBHOOK_TOKEN);
    expect(inspect(error.response, { depth: 20 })).not.toContain(WEBHOOK_TOKEN);
  });

  it('when the server quotes the token that the instance attached', async () => {
    const body = { slug: 'invalid-token', message: 'fake-token is not for this organisation' };
    answerNext(PORTAL, 'POST', { status: 400, body });
    const error = await failureOf(truecallerApi().campaigns.bulkUpload([anEntry()]));
    expect(error.message).toContain('is not for this organisation');
    expect(everyFormOf(error)).not.toContain('fake-token');
    expect(inspect(error.response, { depth: 20 })).not.toContain('fake-token');
  });

  it('when no answer came', async () => {
    nock(WEBHOOKS).post(/.*/).replyWithError(noAnswer());
    const error = await failureOf(truecallerApi().campaigns.trigger(anEntry()));
    expect(error).toBeInstanceOf(AxiosError);
    expect(everyFormOf(error)).not.toContain(WEBHOOK_TOKEN);
  });
});

it('an upload follows no redirect, which would send it again', async () => {
  let requests = 0;
  const host = await serve((_request, response) => {
    requests += 1;
    response.setHeader('location', '/elsewhere');
    json(response, 307, {});
  });
  await expect(upload({ hosts: { portal: host } })).rejects.toMatchObject({ status: 307 });
  expect(requests).toBe(1);
});
