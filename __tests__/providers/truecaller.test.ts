import { describe, expect, it } from '@jest/globals';

import { truecaller } from '../../src/providers/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { ended, handHeldEndpoint } from '../token-source/hand-held.js';
import { judge, refusalOf, requestOf } from './conversation.js';

const CREDENTIALS = { organisationId: 'fake-org', apiKey: 'fake-api-key', keyId: 'fake-key-id' };
const provider = truecaller(CREDENTIALS);

/** When it answers, by its own clock, which is not ours. Of a `Date` header the end of that second counts. */
const ITS_CLOCK = Date.parse('2030-02-03T04:05:06.999Z');
const headers = { date: new Date(ITS_CLOCK).toUTCString() };

const issued = (secondsAgo: number) => ({
  token: 'fakeOpaqueToken_0123456789abcdef-fake',
  created_at: new Date(ITS_CLOCK - secondsAgo * 1_000).toISOString(),
});

describe('the token request of Truecaller', () => {
  it('is the documented one, byte for byte: X-Public-Access, and no Authorization', async () => {
    expect(await requestOf(provider)).toEqual({
      method: 'POST',
      url: 'https://enterprise-portal-noneu.truecaller.com/organisations/fake-org/campaigns/token',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'X-Public-Access': 'allow',
      },
      data: '{"api_key":"fake-api-key","key_id":"fake-key-id"}',
    });
  });

  it('keeps the organisation within its segment of the path', async () => {
    const { url } = await requestOf(truecaller({ ...CREDENTIALS, organisationId: '../x y' }));

    expect(url).toBe(
      'https://enterprise-portal-noneu.truecaller.com/organisations/..%2Fx%20y/campaigns/token',
    );
  });

  it('is not sent an eleventh time within half an hour: the error says how long to wait', async () => {
    const clock = createFakeClock();
    const endpoint = handHeldEndpoint(clock);
    endpoint.onCall = (call) => call.answer(200, { token: `token-${endpoint.calls.length}` });
    const source = createTokenSource(provider, {
      clock,
      transport: { adapter: endpoint.adapter },
    });
    for (let token = 1; token <= 10; token += 1) {
      source.clear();
      expect(await ended(source.getToken())).toBe(`token-${token}`);
      await clock.advanceAsync(60_000);
    }
    source.clear();

    expect(await ended(source.getToken())).toMatchObject({
      code: 'ERR_TOKEN_BUDGET_SPENT',
      retryable: true,
      retryInMs: 20 * 60_000,
    });
    expect(endpoint.calls).toHaveLength(10);
    await clock.advanceAsync(20 * 60_000);
    expect(await ended(source.getToken())).toBe('token-11');
  });
});

describe('the answer of Truecaller', () => {
  it('stands for the 60 minutes that only the prose names', async () => {
    expect(await judge(provider, 200, issued(0), headers)).toEqual({
      token: 'fakeOpaqueToken_0123456789abcdef-fake',
      seconds: 3_600,
    });
  });

  it('counts them from created_at, by Truecaller’s own clock', async () => {
    expect(await judge(provider, 200, issued(600), headers)).toMatchObject({ seconds: 3_000 });
  });

  it.each([
    ['absent', {}],
    ['unreadable', { created_at: 'yesterday' }],
    ['in the future', { created_at: '2031-01-01T00:00:00.000Z' }],
  ])('counts them from the request where created_at is %s', async (_, more) => {
    expect(await judge(provider, 200, { token: 't', ...more }, headers)).toEqual({
      token: 't',
      seconds: 3_600,
    });
  });

  it('behaviour 7: of 401 means a bad key, though it complains of a missing header', async () => {
    const body = { slug: 'authorization-error', message: 'Missing authorization header' };

    expect(await judge(provider, 401, body)).toBe('credentials');
    expect((await refusalOf(provider, 401, body)).diagnosis).toEqual({
      code: 'authorization-error',
      message: 'Missing authorization header',
    });
  });

  it('is malformed with the token under another name', async () => {
    expect(await judge(provider, 200, { access_token: 't' })).toBe(
      'malformed: has no access token',
    );
  });
});
