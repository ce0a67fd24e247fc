import { describe, expect, it } from '@jest/globals';

import { createProviderClient } from '../../src/index.js';
import { truecaller, truecallerCalls } from '../../src/providers/index.js';
import { startSandbox } from '../../src/testing/index.js';
import { judge, refusalOf, requestOf } from './conversation.js';

const KEY = { apiKey: 'fake-api-key', keyId: 'fake-key-id' };
const provider = truecallerCalls({ ...KEY, clientAccountId: 'fake-account' });

describe('the token request of Truecaller for Business calls', () => {
  it('is that of the campaigns, but for its path', async () => {
    const ofCampaigns = await requestOf(truecaller({ ...KEY, organisationId: 'fake-org' }));

    expect(await requestOf(provider)).toEqual({
      ...ofCampaigns,
      url: 'https://enterprise-portal-noneu.truecaller.com/clients/fake-account/token',
    });
  });

  it('keeps the account within its segment of the path', async () => {
    const { url } = await requestOf(truecallerCalls({ ...KEY, clientAccountId: '../x y' }));

    expect(url).toBe('https://enterprise-portal-noneu.truecaller.com/clients/..%2Fx%20y/token');
  });

  it('has the documented budget: ten tokens in half an hour', () => {
    expect(provider.tokenBudget).toEqual({ calls: 10, windowMs: 1_800_000 });
  });
});

describe('the answer of Truecaller for Business calls', () => {
  it('stands for 60 minutes from created_at, however many digits its fraction has', async () => {
    const headers = { date: 'Sun, 03 Feb 2030 04:05:06 GMT' };
    const issued = { token: 'fake-token', created_at: '2030-02-03T03:55:06.99Z' };

    expect(await judge(provider, 200, issued, headers)).toEqual({
      token: 'fake-token',
      seconds: expect.closeTo(3_000, 1),
    });
  });

  it.each([
    [400, 'invalid-input', 'refused'],
    [403, 'forbidden-error', 'credentials'],
  ])('of status %d and %s is %s', async (status, slug, verdict) => {
    const body = { slug, message: 'in words' };

    expect(await judge(provider, status, body)).toBe(verdict);
    expect((await refusalOf(provider, status, body)).diagnosis).toEqual({
      code: slug,
      message: 'in words',
    });
  });
});

it('a bearer that Truecaller no longer takes is replaced, and the request sent again', async () => {
  await using sandbox = await startSandbox({ only: ['truecallerCalls'] });
  const { credentials, url } = sandbox.truecallerCalls;
  const http = createProviderClient(truecallerCalls({ ...credentials, baseURL: url }));
  await http.get('/__sandbox/echo');
  sandbox.truecallerCalls.revokeTokens();

  expect((await http.get('/__sandbox/echo')).status).toBe(200);
  expect(sandbox.truecallerCalls.tokenCalls).toBe(2);
});
