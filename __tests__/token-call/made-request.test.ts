import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';

import { createTokenSource, defineProvider, type TokenRequest } from '../../src/index.js';
import { checkedRequest } from '../../src/provider-definition/token-request.js';

const SECRET = 'v-secret-1234567';

/** The error of a token call whose request is what `tokenRequest` returns here. */
async function errorOf(returned: unknown, isVault = false): Promise<unknown> {
  const credentials = { key: SECRET };
  try {
    const provider = defineProvider({
      name: 'acme',
      baseURL: 'https://api.acme.test',
      credentials: isVault ? () => credentials : credentials,
      credentialFields: { key: { secret: true } },
      tokenRequest: () => returned as TokenRequest,
      parseToken: () => ({ accessToken: 'T1' }),
    });
    return await createTokenSource(provider).getToken();
  } catch (error) {
    return error;
  }
}

const text = JSON.stringify({ k: SECRET });

describe('what is not a token request', () => {
  test.each([
    ['a body that is text', { url: '/t', body: text }, 'tokenRequest().body'],
    ['a body that is a list', { url: '/t', body: [SECRET] }, 'tokenRequest().body'],
    ['a form that is text', { url: '/t', body: { form: text } }, 'tokenRequest().body'],
    [
      'a form whose fields are no members',
      { url: '/t', body: { form: new URLSearchParams({ k: SECRET }) } },
      'tokenRequest().body',
    ],
    [
      'a field that is not set',
      { url: '/t', body: { form: { k: SECRET, scope: undefined } } },
      'tokenRequest().body.form.scope',
    ],
    [
      'a list with a number',
      { url: '/t', body: { form: { k: SECRET, ids: ['1', 2] } } },
      'tokenRequest().body.form.ids',
    ],
    ['no URL', { body: { json: { k: SECRET } } }, 'tokenRequest().url'],
    ['fields outside of the body', { url: '/t', json: { k: SECRET } }, 'tokenRequest().json'],
    ['headers by another name', { url: '/t', header: { k: SECRET } }, 'tokenRequest().header'],
    ['nothing at all', undefined, 'tokenRequest()'],
    ['text', text, 'tokenRequest()'],
  ])('is refused by name, and no part of it shows: %s', async (_, returned, option) => {
    const errors = [
      await errorOf(returned),
      await errorOf(returned, true),
      await errorOf(Promise.resolve(returned)),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_BEARER_MISCONFIGURED', option });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
    }
  });
});

describe('what JavaScript names without a value', () => {
  test.each<[string, object, object | undefined]>([
    ['no body', { body: null }, undefined],
    [
      'a form beside no JSON',
      { body: { json: undefined, form: { k: 'v' } } },
      { form: { k: 'v' } },
    ],
    ['JSON beside no form', { body: { json: { k: 1 }, form: null } }, { json: { k: 1 } }],
    ['no headers', { headers: null }, undefined],
  ])('counts as not named: %s', (_, members, body) => {
    const request = checkedRequest('acme', { url: '/t', ...members });
    expect(request).toEqual({ url: '/t', headers: {}, body });
  });
});
