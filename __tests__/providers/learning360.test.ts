import { describe, expect, it } from '@jest/globals';

import { learning360 } from '../../src/providers/index.js';
import { judge, misconfiguration, refusalOf, requestOf } from './conversation.js';

const CREDENTIALS = { clientId: 'fake-client', clientSecret: 'fake-client-secret' };
const provider = learning360(CREDENTIALS);

describe('the token request of 360Learning', () => {
  it('is the documented one, byte for byte, and nothing more: unknown properties are refused there', async () => {
    expect(await requestOf(provider)).toEqual({
      method: 'POST',
      url: 'https://app.360learning.com/api/v2/oauth2/token',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      data: '{"grant_type":"client_credentials","client_id":"fake-client","client_secret":"fake-client-secret"}',
    });
  });

  it('goes to the platform in the USA by option', async () => {
    const { url } = await requestOf(learning360({ ...CREDENTIALS, region: 'us' }));

    expect(url).toBe('https://app.us.360learning.com/api/v2/oauth2/token');
  });

  it('is refused for a region that does not exist', () => {
    const create = () => learning360({ ...CREDENTIALS, region: 'asia' as 'eu' });

    expect(misconfiguration(create).message).toBe(
      'learning360: region "asia" is not known. Use one of: eu, us.',
    );
  });

  it('names the user and the company where they are given', async () => {
    const userId = 'a'.repeat(24);
    const companyId = 'b'.repeat(24);
    const { data } = await requestOf(learning360({ ...CREDENTIALS, userId, companyId }));

    expect(JSON.parse(data!)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'fake-client',
      client_secret: 'fake-client-secret',
      user_id: userId,
      company_id: companyId,
    });
  });

  it('behaviour 39: names the user and the company of one call before those of the options', async () => {
    const own = learning360({ ...CREDENTIALS, userId: 'user-1', companyId: 'company-1' });
    const { data } = await requestOf(own, { user_id: 'user-2' });

    expect(JSON.parse(data!)).toMatchObject({ user_id: 'user-2', company_id: 'company-1' });
    expect(own.paramNames).toEqual(['user_id', 'company_id']);
  });
});

describe('the answer of 360Learning', () => {
  it.each([
    ['a string, as every guide shows it', '3600'],
    ['a number, as the schema says', 3600],
  ])('has expires_in as %s', async (_, expiresIn) => {
    const body = { token_type: 'Bearer', access_token: 'fake-360-token', expires_in: expiresIn };

    expect(await judge(provider, 200, body)).toEqual({ token: 'fake-360-token', seconds: 3_600 });
  });

  it('stands for an hour where expires_in says nothing', async () => {
    expect(await judge(provider, 200, { access_token: 't', expires_in: 'NaN' })).toEqual({
      token: 't',
      seconds: 3_600,
    });
  });

  it('behaviour 7: of 401 with invalid_client means bad credentials, not an old token', async () => {
    expect(await judge(provider, 401, { error: 'invalid_client' })).toBe('credentials');
  });

  it.each([
    ['a string, as the token endpoint has it', { error: 'invalid_client' }, 'invalid_client'],
    ['an object, as the others have it', { error: { code: 'userNotFound' } }, 'userNotFound'],
  ])('hands on its error, which is %s', async (_, body, code) => {
    expect((await refusalOf(provider, 401, body)).diagnosis).toEqual({ code });
  });

  it('of 400 for a user that does not exist is not asked for again within the refresh', async () => {
    expect(await judge(provider, 400, { error: 'non_existing_user' })).toBe('refused');
  });
});
