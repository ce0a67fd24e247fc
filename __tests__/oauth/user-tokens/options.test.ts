import { describe, expect, test } from '@jest/globals';

import { createTokenSource, MisconfigurationError } from '../../../src/index.js';
import { createUserTokens } from '../../../src/oauth/index.js';
import { CLIENT, usersBench } from './bench.js';

const given = {
  createTokenSource,
  ...CLIENT,
  tokenUrl: 'https://login.acme.test/token',
  baseURL: 'https://api.acme.test',
  load: () => undefined,
  save: () => undefined,
};

describe('a mistake in the options', () => {
  test.each([
    ['load', { load: undefined }],
    ['save', { save: 'sql' }],
    ['createTokenSource', { createTokenSource: undefined }],
    ['tokenUrl', { tokenUrl: '/token' }],
    ['tokenUrl', { tokenUrl: 'http://login.acme.test/token' }],
    ['baseURL', { baseURL: undefined }],
    ['clientSecret', { clientSecret: undefined }],
    ['clientSecret', { clientSecret: '' }],
    ['clientSecret', { clientSecret: 'acme-secret\n' }],
    ['clientId', { clientId: ' acme-client' }],
    ['clientAuthentication', { clientAuthentication: 'basic' }],
    ['clientAuthentication', { clientAuthentication: null }],
    ['paramNames', { paramNames: ['scope'] }],
  ])('is named at creation: %s', (option, change) => {
    const create = () => createUserTokens({ ...given, ...change } as typeof given);
    expect(create).toThrow(MisconfigurationError);
    expect(create).toThrow(expect.objectContaining({ option }));
    expect(create).not.toThrow(/acme-secret/);
  });

  test('of the token source is named as well', () => {
    expect(() => createUserTokens(given, { maxEntries: 0 })).toThrow(/maxEntries must be/);
  });

  test('a load that returns something else is named, and no token call is made', async () => {
    const { process, endpoint } = usersBench({ options: { load: () => 7 as never } });
    expect(await process().token('u1')).toMatchObject({ option: 'load' });
    expect(endpoint.calls).toEqual([]);
  });
});

describe('the options of the token request', () => {
  test('a public client sends its id, and extraParams go along but replace nothing', async () => {
    const { process, endpoint } = usersBench({
      options: {
        clientSecret: undefined,
        clientAuthentication: 'none',
        extraParams: { scope: 'profile', refresh_token: 'mine' },
      },
    });
    expect(await process().token('u1')).toBe('u1-a2');
    expect(endpoint.lastCall.params).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'u1-r1',
      client_id: 'acme-client',
      scope: 'profile',
    });
  });
});

test('the tokens of the users that were used longest ago make room, and cost a refresh when they come back', async () => {
  const rows = { u1: 'u1-r1', u2: 'u2-r1', u3: 'u3-r1' };
  const { process, sent } = usersBench({ rows, maxEntries: 2 });
  const { token } = process();
  for (const user of ['u1', 'u2', 'u3', 'u3', 'u2', 'u1']) await token(user);
  expect(sent()).toEqual(['u1-r1', 'u2-r1', 'u3-r1', 'u1-r2']);
});
