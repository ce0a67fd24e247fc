import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AxiosError } from 'axios';
import {
  createExotelApi,
  ExotelApiError,
  isAgentUnavailable,
  isExotelApiError,
} from '../../../src/apis/exotel/index.js';
import { toReason } from '../../../src/apis/exotel/error-reasons.js';
import { answerNext, everyFormOf, failureOf, noAnswer } from '../canned-answer.js';
import { serve } from '../../setup/loopback-server.js';
import { nock } from '../../setup/nock.js';
import { CHOOSABLE, FIXED } from './every-call.js';
import { A_CALL, authorisedInstance, CCM, exotelApi, TENANT, VOICE } from './exotel-account.js';

const failure = (code: number | string, status: number, message = 'no') => ({
  request_id: 'rq-9',
  method: 'POST',
  http_code: status,
  response: {
    code: status,
    error_data: { code, message, description: 'more' },
    status: 'failure',
    data: null,
  },
});

it.each([
  [400, undefined, 'bad-request'],
  [403, 1003, 'not-authorised'],
  [403, 10810, 'other-device-on'],
  [403, 10814, 'kyc-incomplete'],
  [403, 10815, 'trial-limit'],
  [403, 10817, 'device-not-pstn'],
  [404, 1017, 'tenant-not-found'],
  [404, 10716, 'virtual-number-not-found'],
  [409, 10705, 'agent-device-unverified'],
  [409, 10706, 'agent-device-busy'],
])('the reason of HTTP %i with the code %s is %s', (status, code, reason) => {
  expect(toReason(status, code)).toBe(reason);
});

describe('a failure in the v2 envelope becomes an ExotelApiError with its reason:', () => {
  it.each([
    [401, 1010, 'authentication-failed'],
    [404, 10731, 'user-not-found'],
    [409, 1012, 'agent-device-off'],
    [429, 10724, 'rate-limited'],
    [410, 1000, 'file-expired'],
    [413, 1002, 'file-too-large'],
    [500, 1100, 'server-error'],
    [409, 99999, 'conflict'],
    [418, 99999, 'unknown'],
  ])('HTTP %i with code %i is %s', async (status, code, reason) => {
    answerNext(CCM, 'POST', { status, body: failure(code, status, 'Agent says no') });
    const error = await failureOf(exotelApi().calls.create(A_CALL));
    expect(error).toBeInstanceOf(ExotelApiError);
    expect(error).toMatchObject({
      name: 'ExotelApiError',
      code: 'ERR_EXOTEL_API',
      operation: 'calls.create',
      status,
      httpStatus: status,
      exotelCode: code,
      reason,
      requestId: 'rq-9',
      description: 'more',
    });
    expect(error.message).toContain('Agent says no');
  });
});

describe('the business states', () => {
  it.each([1012, 10705, 10706])('of code %i are told apart by a guard', async (code) => {
    answerNext(CCM, 'POST', { status: 409, body: failure(code, 409) });
    expect(isAgentUnavailable(await failureOf(exotelApi().calls.create(A_CALL)))).toBe(true);
  });

  it('are not a duplicate, nor an error of anybody else', async () => {
    answerNext(CCM, 'POST', { status: 409, body: failure(1008, 409) });
    const error = await failureOf(exotelApi().calls.create(A_CALL));
    expect(isExotelApiError(error)).toBe(true);
    expect([error, new Error('x'), undefined].map(isAgentUnavailable)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a failure inside a success', () => {
  it('of HTTP 200 is an error with the status that the body claims', async () => {
    answerNext(CCM, 'POST', { status: 200, body: failure(1008, 409) });
    expect(await failureOf(exotelApi().calls.create(A_CALL))).toMatchObject({
      status: 409,
      httpStatus: 200,
      exotelCode: 1008,
      reason: 'duplicate',
      message: expect.stringContaining('409 inside HTTP 200'),
    });
  });

  it('of HTTP 207 is an error that lists the failed items', async () => {
    const good = { code: 200, status: 'success', data: { id: 'u-1' } };
    const bad = { code: 404, status: 'failure', error_data: { code: 10801, message: 'who?' } };
    answerNext(CCM, 'GET', {
      status: 207,
      body: { metadata: { total: 2, success: 1, failed: 1 }, response: [good, bad] },
    });
    expect(await failureOf(exotelApi().users.list())).toMatchObject({
      status: 404,
      httpStatus: 207,
      reason: 'user-not-found',
      failures: [{ index: 1, code: 10801, message: 'who?' }],
    });
  });

  it('of HTTP 207 is an error even if only the count shows it', async () => {
    answerNext(CCM, 'GET', { status: 207, body: { metadata: { failed: 2 }, response: [] } });
    await expect(exotelApi().users.list()).rejects.toMatchObject({ httpStatus: 207 });
  });

  it.each([
    { where: 'http_code', body: { http_code: 500, response: { call_details: { sid: 's' } } } },
    {
      where: 'a status word',
      body: { response: { status: 'failure', call_details: { sid: 's' } } },
    },
    { where: 'error_data', body: { response: { error_data: { code: '10744' } } } },
    { where: 'RestException', body: { RestException: { Status: 404, Message: 'no' } } },
    { where: 'the tenant envelope', body: { statusCode: 404, errorCode: 'CONF-1001' } },
  ])('is found in $where', async ({ body }) => {
    answerNext(CCM, 'GET', { body });
    await expect(exotelApi().calls.get('s')).rejects.toMatchObject({
      code: 'ERR_EXOTEL_API',
      httpStatus: 200,
      reason: expect.not.stringMatching('unexpected-body'),
    });
  });

  it('is not seen in a tenant’s answer that only repeats the status of its success', async () => {
    answerNext(TENANT, 'GET', { body: { statusCode: 200, response: [] } });
    const page = await exotelApi().configuration.listProcesses({ contactCenterId: 1 });
    expect(page.items).toEqual([]);
  });

  it('is not seen in an upload that is accepted, nor in a call that failed', async () => {
    answerNext(CCM, 'POST', {
      status: 202,
      body: {
        http_code: 202,
        response: { code: 202, status: 'accepted', data: { upload_id: 'up' } },
      },
    });
    answerNext(CCM, 'GET', {
      body: { response: { call_details: { sid: 's', status: 'failed' } } },
    });
    const api = exotelApi();
    const csv = 'phone_number\n+910000000000';
    expect(await api.contacts.upload({ csv })).toMatchObject({ uploadId: 'up' });
    expect(await api.calls.get('s')).toMatchObject({ outcome: 'failed' });
  });
});

describe('the other envelopes:', () => {
  it('RestException of Voice v1, with the word for the rate limit', async () => {
    answerNext(VOICE, 'GET', {
      status: 429,
      body: { RestException: { Status: 429, Message: 'slow down', Code: 'RATE_LIMIT_EXCEEDED' } },
      headers: { 'retry-after': '30' },
    });
    await expect(exotelApi().voice.get('s')).rejects.toMatchObject({
      status: 429,
      exotelCode: 'RATE_LIMIT_EXCEEDED',
      reason: 'rate-limited',
      retryAfterMs: 30_000,
    });
  });

  it('RestException in XML', async () => {
    const exception =
      '<RestException><Status>401</Status><Message>Who &amp; why</Message></RestException>';
    answerNext(VOICE, 'POST', {
      status: 401,
      body: `<?xml version="1.0"?><TwilioResponse>${exception}</TwilioResponse>`,
    });
    const call = { from: '+910000000000', to: '+910000000001', callerId: '08000000000' };
    const error = await failureOf(exotelApi().voice.connectNumbers(call));
    expect(error).toMatchObject({ status: 401, reason: 'authentication-failed' });
    expect(error.message).toContain('Who & why');
    expect(error.message).toContain('region');
  });

  it('that of the tenant host', async () => {
    answerNext(TENANT, 'GET', {
      status: 404,
      body: {
        statusCode: 404,
        status: 'Not Found',
        errorCode: 'CONF-1001',
        errorMessage: 'no such',
      },
    });
    await expect(exotelApi().configuration.listCampaigns(1)).rejects.toMatchObject({
      status: 404,
      exotelCode: 'CONF-1001',
      reason: 'not-found',
      description: 'Not Found',
    });
  });

  it.each([
    [402, 'plan-or-usage'],
    [404, 'not-found'],
    [502, 'server-error'],
  ])('none at all, HTTP %i is %s', async (status, reason) => {
    answerNext(CCM, 'GET', { status, body: '<html></html>' });
    await expect(exotelApi().contacts.errors('u')).rejects.toMatchObject({
      status,
      reason,
      exotelCode: undefined,
    });
  });
});

describe('code that was written for axios', () => {
  it('finds the HTTP status and the body in response, and what the body claims in status', async () => {
    answerNext(CCM, 'POST', { status: 200, body: failure(1008, 409) });
    const error = await failureOf(exotelApi().calls.create(A_CALL));
    expect(error.response).toEqual({ status: 200, data: failure(1008, 409) });
    expect(error.status).toBe(409);
  });

  it('does not print the body, which may hold personal data', async () => {
    answerNext(CCM, 'GET', { status: 404, body: { note: 'Asha Rao' } });
    const error = await failureOf(exotelApi().calls.get('s'));
    expect(error.response.data).toEqual({ note: 'Asha Rao' });
    expect(inspect(error, { depth: 20 }) + JSON.stringify(error)).not.toContain('Asha');
  });
});

describe('a call that may have been placed', () => {
  const ringing = () => nock(CCM).post(/.*/).times(2);
  const DOUBT = 'may ring anyway';

  it.each([
    ['a time-out', () => ringing().delay(500).reply(200), { timeout: 20 }],
    ['a broken connection', () => ringing().replyWithError(noAnswer()), {}],
    ['a 5xx', () => ringing().reply(502), {}],
  ])('says so after %s, and is not sent again', async (_, prepare, options) => {
    prepare();
    const error = await failureOf(exotelApi().calls.create(A_CALL, options));
    expect(error.message).toContain(DOUBT);
    // The second answer is left.
    expect(nock.isDone()).toBe(false);
  });

  it('casts no doubt where nothing was sent, nothing rings, or Exotel said no', async () => {
    const host = await serve(() => undefined);
    const unreachable = exotelApi({ hosts: { ccm: host.replace(/\d+$/, '1') } });
    answerNext(CCM, 'GET', { status: 502 });
    answerNext(CCM, 'POST', { status: 409, body: failure(1012, 409) });
    const errors = [
      await failureOf(unreachable.calls.create(A_CALL)),
      await failureOf(exotelApi().calls.create(A_CALL, { signal: AbortSignal.abort() })),
      await failureOf(exotelApi().calls.get('s')),
      await failureOf(exotelApi().calls.create(A_CALL)),
    ];
    for (const { message } of errors) expect(message).not.toContain(DOUBT);
  });
});

describe('a 401 of the wrong scheme', () => {
  it.each([
    ['bearer', 'basic'],
    ['basic', 'bearer'],
  ] as const)('that went out with %s names the other one', async (authScheme, other) => {
    answerNext(CCM, 'GET', { status: 401, body: failure(1010, 401) });
    const error = await failureOf(exotelApi().calls.get('s', { authScheme }));
    expect(error.message).toContain(`{ authScheme: '${other}' }`);
  });

  it('names none where there is no choice', async () => {
    answerNext(VOICE, 'GET', { status: 401 });
    const error = await failureOf(exotelApi().voice.get('s'));
    expect(error.message).not.toContain('authScheme');
  });
});

describe('a rate limit', () => {
  it('surfaces its headers', async () => {
    answerNext(CCM, 'GET', {
      status: 429,
      headers: {
        'Retry-After': new Date(Date.now() + 60_000).toUTCString(),
        'X-RateLimit-Limit': '200',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': '1893553445',
      },
    });
    const error = await failureOf(exotelApi().calls.get('s'));
    expect(error).toMatchObject({
      reason: 'rate-limited',
      rateLimit: { limit: 200, remaining: 0, resetTime: new Date(1893553445_000) },
    });
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('may have but one of them', async () => {
    answerNext(CCM, 'GET', { status: 429, headers: { 'x-ratelimit-limit': '200' } });
    const { rateLimit } = await failureOf(exotelApi().calls.get('s'));
    expect(rateLimit).toEqual({ limit: 200, remaining: undefined, resetTime: undefined });
  });

  it('needs none of them', async () => {
    answerNext(CCM, 'GET', { status: 429 });
    await expect(exotelApi().calls.get('s')).rejects.toMatchObject({
      retryAfterMs: undefined,
      rateLimit: undefined,
    });
  });
});

describe('no error holds a secret', () => {
  const SECRETS = ['fake-api-token', btoa('fake-api-key:fake-api-token'), 'fake-token'];

  it('when the server quotes the request back', async () => {
    const quote = `bad Authorization: Basic ${btoa('fake-api-key:fake-api-token')} fake-api-token eyJhbGci.eyJzdWIi.sig`;
    answerNext(CCM, 'GET', { status: 401, body: failure(1010, 401, quote) });
    const error = await failureOf(exotelApi().users.list());
    for (const secret of [...SECRETS, 'eyJhbGci']) expect(everyFormOf(error)).not.toContain(secret);
    expect(inspect(error, { showHidden: true, depth: 20 })).not.toContain('fake-api-token');
    expect(error.cause).toBeUndefined();
  });

  it('when the server quotes the token that the instance attached', async () => {
    answerNext(CCM, 'GET', { status: 400, body: failure(1002, 400, 'fake-token is odd') });
    const error = await failureOf(exotelApi().users.list({}, { authScheme: 'bearer' }));
    expect(error.message).toContain('is odd');
    expect(everyFormOf(error)).not.toContain('fake-token');
    expect(inspect(error.response, { depth: 20 })).not.toContain('fake-token');
  });

  it('when the server quotes a password back', async () => {
    answerNext(CCM, 'PUT', { status: 400, body: failure(1002, 400, 'Hunter2-Hunter2 is weak') });
    const error = await failureOf(exotelApi().devices.setPassword('u', 1, 'Hunter2-Hunter2'));
    expect(everyFormOf(error)).not.toContain('Hunter2-Hunter2');
  });

  it.each(['basic', 'bearer'] as const)('when no answer came to a %s call', async (authScheme) => {
    nock(CCM).get(/.*/).replyWithError(noAnswer());
    const error = await failureOf(exotelApi().users.list({}, { authScheme }));
    expect(error).toBeInstanceOf(AxiosError);
    expect(error.code).toBe('ECONNRESET');
    for (const secret of SECRETS) expect(everyFormOf(error)).not.toContain(secret);
    expect(error.config.url).toContain('/users');
  });

  it('when other calls are under way on the same agent', async () => {
    nock.restore(); // It takes the agent's place.
    const httpAgent = new Agent({ keepAlive: true });
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const host = await serve(() => arrive());
    const api = exotelApi({ hosts: { ccm: host } });
    const leave = new AbortController();
    const other = failureOf(api.users.list({}, { httpAgent, signal: leave.signal }));
    await arrived;
    const error = await failureOf(api.users.get('u', { httpAgent, timeout: 100 }));
    const [socket] = Object.values(httpAgent.sockets).flat();
    expect(inspect(socket, { depth: 3 })).toContain('Authorization: Basic');
    for (const secret of SECRETS) expect(everyFormOf(error)).not.toContain(secret);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      code: 'ECONNABORTED',
      config: { method: 'get', timeout: 100, url: expect.stringContaining('/users/u') },
    });
    leave.abort();
    await other;
    httpAgent.destroy();
    nock.activate();
  });

  it('and a long message is cut', async () => {
    answerNext(CCM, 'GET', { status: 500, body: failure(1100, 500, 'x'.repeat(5000)) });
    expect((await failureOf(exotelApi().users.list())).message.length).toBeLessThan(700);
  });
});

it('a POST that rings telephones does not follow a redirect, which would send it again', async () => {
  const paths: string[] = [];
  const host = await serve((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const api = createExotelApi(authorisedInstance(), { accountSid: 'acme', hosts: { ccm: host } });
  await expect(api.calls.create(A_CALL)).rejects.toMatchObject({ status: 307 });
  expect(paths).toEqual(['/v2/accounts/acme/calls']);
});

describe.each(Object.entries({ ...CHOOSABLE, ...FIXED }))('%s', (operation, call) => {
  const answerAll = (status: number, body: string | object) => {
    for (const host of [CCM, VOICE, TENANT]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
        answerNext(host, method, { status, body: body as string });
      }
    }
  };

  it('is named in the error of a failure', async () => {
    answerAll(503, failure(1100, 503));
    const error: unknown = await failureOf(call(exotelApi()));
    expect(error).toMatchObject({ operation, status: 503, reason: 'server-error' });
    expect((error as ExotelApiError).toJSON()).toMatchObject({
      name: 'ExotelApiError',
      operation,
      requestId: 'rq-9',
    });
  });

  it('does not take a page of HTML for a success, unless any answer is one', async () => {
    answerAll(200, '<html>maintenance</html>');
    const anyAnswerWillDo = ['calls.list', 'request'].includes(operation);
    const outcome = await call(exotelApi()).then(
      (result: any): unknown => result.raw,
      (error: unknown): unknown => (error as ExotelApiError).reason,
    );
    expect(outcome).toBe(anyAnswerWillDo ? '<html>maintenance</html>' : 'unexpected-body');
  });
});
