import { describe, expect, it } from '@jest/globals';

import { truecaller } from '../../src/providers/index.js';
import { judge, requestOf } from './conversation.js';

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

  it('goes to a base URL of the caller’s own instead', async () => {
    const { url } = await requestOf(truecaller({ ...CREDENTIALS, baseURL: 'http://localhost:9' }));

    expect(url).toBe('http://localhost:9/organisations/fake-org/campaigns/token');
  });

  it('behaviour 30: is counted against the documented ten in half an hour', () => {
    expect(provider.tokenBudget).toEqual({ calls: 10, windowMs: 1_800_000 });
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
  });

  it.each([
    [429, 'transient'],
    [503, 'transient'],
    [400, 'refused'],
  ])('of status %d is %s', async (status, verdict) => {
    expect(await judge(provider, status, {})).toBe(verdict);
  });

  it('is malformed with the token under another name', async () => {
    expect(await judge(provider, 200, { access_token: 't' })).toBe(
      'malformed: has no access token',
    );
  });
});
