import { describe, expect, it } from '@jest/globals';

import { requestSecrets } from '../../src/token-call/request-secrets.js';

describe('behaviour 45: the values of a token request are secrets', () => {
  it('whether it stands in the body, in a header or in the query of the URL', () => {
    expect(
      requestSecrets({
        url: '/token?appid=wx-app-1&secret=in-the-query',
        headers: { Authorization: 'Basic aWQ6c2VjcmV0', 'X-Api-Key': 'in-a-header' },
        body: { form: { client_assertion: 'in-the-form', password: ['one-of-two', 'two-of-two'] } },
      }),
    ).toEqual([
      'aWQ6c2VjcmV0',
      'in-a-header',
      'wx-app-1',
      'in-the-query',
      'in-the-form',
      'one-of-two',
      'two-of-two',
    ]);
  });

  it('at any depth of a JSON body, and also if it is a number', () => {
    const json = { login: { keys: [{ pin: 123_456 }, 'in-a-list'], none: null, yes: true } };

    expect(requestSecrets({ url: '/token', body: { json } })).toEqual(['123456', 'in-a-list']);
  });

  it('unless it is a word of the protocol, which error messages are about', () => {
    expect(
      requestSecrets({
        url: '/token?response_type=token',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body: {
          json: {
            grantType: 'client_credentials',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            scope: ['read:things', 'write:things'],
            audience: 'https://api.example.com',
            resource: 'https://api.example.com/things',
          },
        },
      }),
    ).toEqual([]);
  });

  it('unless they are too short to be one', () => {
    expect(
      requestSecrets({
        url: '/token',
        headers: { 'X-Public-Access': 'allow' },
        body: { form: { region: 'eu' } },
      }),
    ).toEqual([]);
  });
});
