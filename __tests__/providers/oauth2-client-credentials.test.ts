import { describe, expect, it } from '@jest/globals';

import {
  oauth2ClientCredentials,
  type OAuth2ClientCredentialsOptions,
} from '../../src/providers/index.js';
import {
  everythingShownOf,
  judge,
  misconfiguration,
  refusalOf,
  requestOf,
  SENT_AT,
} from './conversation.js';
import { answer } from '../provider-definition/answer.js';

const CREDENTIALS = { clientId: 's6BhdRkqt3', clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw' };

const oauth2 = (changes: Partial<OAuth2ClientCredentialsOptions> = {}) =>
  oauth2ClientCredentials({
    ...CREDENTIALS,
    tokenUrl: 'https://idp.example/token',
    baseURL: 'https://api.example',
    ...changes,
  });

const formOf = async (changes: Partial<OAuth2ClientCredentialsOptions>, params = {}) =>
  (await requestOf(oauth2(changes), params)).data;

describe('the token request of OAuth 2.0', () => {
  it('is that of RFC 6749, section 4.4.2, byte for byte', async () => {
    expect(await requestOf(oauth2())).toEqual({
      method: 'POST',
      url: 'https://idp.example/token',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: 'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
      },
      data: 'grant_type=client_credentials',
    });
  });

  it('form-encodes both parts of client_secret_basic (RFC 6749, section 2.3.1)', async () => {
    const { headers } = await requestOf(oauth2({ clientId: 'a:b', clientSecret: 'c d+e%f/é' }));

    expect(Buffer.from(headers['Authorization']!.slice(6), 'base64').toString()).toBe(
      'a%3Ab:c+d%2Be%25f%2F%C3%A9',
    );
  });

  it('has the credentials as they are with client_secret_basic_interop, for servers that decode nothing', async () => {
    const { headers, data } = await requestOf(
      oauth2({ clientAuthentication: 'client_secret_basic_interop', clientSecret: 'Qk8~8+d/Z==' }),
    );

    expect(Buffer.from(headers['Authorization']!.slice(6), 'base64').toString()).toBe(
      's6BhdRkqt3:Qk8~8+d/Z==',
    );
    expect(data).toBe('grant_type=client_credentials');
  });

  it.each([
    ['clientAuthentication', 'private_key_jwt', 'client_secret_basic, client_secret_basic_interop'],
    ['bodyEncoding', 'xml', 'form, json'],
  ])('is refused with a %s that is not known', (option, value, known) => {
    const error = misconfiguration(() => oauth2({ [option]: value }));

    expect(error.option).toBe(option);
    expect(error.message).toContain(`"${value}" is not known. Use one of: ${known}`);
  });

  it('has the credentials in the body with client_secret_post, and in no header', async () => {
    const request = await requestOf(
      oauth2({ clientAuthentication: 'client_secret_post', clientSecret: 'a&b=c +' }),
    );

    expect(request.headers).not.toHaveProperty('Authorization');
    expect(request.data).toBe(
      'grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret=a%26b%3Dc+%2B',
    );
  });

  it('is JSON by option', async () => {
    const request = await requestOf(
      oauth2({
        bodyEncoding: 'json',
        clientAuthentication: 'client_secret_post',
        scope: ['read', 'write'],
        resource: ['https://a.example', 'https://b.example'],
      }),
    );

    expect(request.headers['Content-Type']).toBe('application/json');
    expect(JSON.parse(request.data!)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      resource: ['https://a.example', 'https://b.example'],
      client_id: CREDENTIALS.clientId,
      client_secret: CREDENTIALS.clientSecret,
    });
  });

  it.each<[string, Partial<OAuth2ClientCredentialsOptions>, string]>([
    ['a scope', { scope: 'read write' }, 'scope=read+write'],
    ['a list of scopes, as one string', { scope: ['read', 'write'] }, 'scope=read+write'],
    ['an audience', { audience: 'https://api.example/' }, 'audience=https%3A%2F%2Fapi.example%2F'],
    ['a resource', { resource: 'urn:a' }, 'resource=urn%3Aa'],
    [
      'several resources, repeated (RFC 8707)',
      { resource: ['urn:a', 'urn:b'] },
      'resource=urn%3Aa&resource=urn%3Ab',
    ],
    ['parameters of its own', { extraParams: { tenant: 't 1' } }, 'tenant=t+1'],
  ])('asks for %s', async (_, changes, form) => {
    expect(await formOf(changes)).toBe(`grant_type=client_credentials&${form}`);
  });

  it('behaviour 39: asks for the parameters of one call before those of the options', async () => {
    const options = { scope: 'read', audience: 'a', paramNames: ['tenant'] };

    expect(await formOf(options, { scope: ['write', 'admin'], tenant: 't' })).toBe(
      'grant_type=client_credentials&scope=write+admin&audience=a&tenant=t',
    );
    expect(oauth2(options).paramNames).toEqual(['scope', 'audience', 'resource', 'tenant']);
  });

  it('never has the client taken over by a parameter', async () => {
    const form = await formOf({
      clientAuthentication: 'client_secret_post',
      extraParams: { client_id: 'someone-else' },
    });

    expect(new URLSearchParams(form).getAll('client_id')).toEqual([CREDENTIALS.clientId]);
  });

  it('has a URL that no token goes to, unlike the API and what was added', () => {
    expect(oauth2({ origins: ['https://files.example'] }).allowedOrigins).toEqual([
      'https://api.example',
      'https://files.example',
    ]);
  });

  it('has its given name', () => {
    expect(oauth2().name).toBe('oauth2');
    expect(oauth2({ name: 'keycloak' }).name).toBe('keycloak');
  });

  it.each(['/token', undefined])('is refused without an absolute token URL: %p', (tokenUrl) => {
    expect(
      misconfiguration(() => oauth2({ tokenUrl: tokenUrl as string, name: 'idp' })),
    ).toMatchObject({
      provider: 'idp',
      option: 'tokenUrl',
    });
  });

  it('is refused over plain http, unless by option or on loopback', () => {
    const tokenUrl = 'http://idp.example/token';

    expect(misconfiguration(() => oauth2({ tokenUrl })).option).toBe('tokenUrl');
    expect(() => oauth2({ tokenUrl, allowInsecureHttp: true })).not.toThrow();
    expect(() => oauth2({ tokenUrl: 'http://127.0.0.1:9/token' })).not.toThrow();
  });

  it('behaviour 45: shows no parameter that may be a secret', () => {
    const extraParams = { client_assertion: 'fake-assertion' };

    expect(everythingShownOf(oauth2({ extraParams }))).not.toContain('fake-assertion');
  });
});

describe('the answer of OAuth 2.0', () => {
  it('is that of RFC 6749, section 5.1', async () => {
    const body = {
      access_token: '2YotnFZFEjr1zCsicMWpAA',
      token_type: 'example',
      expires_in: 3600,
    };

    expect(await judge(oauth2(), 200, body)).toEqual({
      token: '2YotnFZFEjr1zCsicMWpAA',
      seconds: 3_600,
    });
  });

  it('tells the scope that was granted', () => {
    const body = { access_token: 't', scope: 'read' };

    expect(oauth2().parseToken(answer(200, body)).scope).toBe('read');
  });

  it('behaviour 11: has an unknown life without expires_in, unless an option says how long', async () => {
    expect(await judge(oauth2(), 200, { access_token: 't' })).toMatchObject({ seconds: 'unknown' });
    expect(
      await judge(oauth2({ defaultLifetimeSeconds: 60 }), 200, { access_token: 't' }),
    ).toMatchObject({
      seconds: 60,
    });
  });

  it.each([
    ['expires_at in epoch seconds', { expires_at: SENT_AT / 1_000 + 60 }],
    ['expires_at in ISO 8601', { expires_at: new Date(SENT_AT + 60_000).toISOString() }],
    ['expires_on, a string of epoch seconds', { expires_on: String(SENT_AT / 1_000 + 60) }],
    ['expires_on before expires_in', { expires_in: 3_600, expires_on: SENT_AT / 1_000 + 60 }],
    [
      'the earlier one of two',
      { expires_at: SENT_AT / 1_000 + 60, expires_on: SENT_AT / 1_000 + 90 },
    ],
    [
      'one beside another that cannot be read',
      { expires_at: SENT_AT / 1_000 + 60, expires_on: '01/02/2030 03:05:05 AM +00:00' },
    ],
  ])('behaviour 51: reads an absolute expiry: %s', async (_, fields) => {
    expect(await judge(oauth2(), 200, { access_token: 't', ...fields })).toMatchObject({
      seconds: 60,
    });
  });

  it('ignores a lifetime in seconds under the name of a time of expiry', async () => {
    expect(await judge(oauth2(), 200, { access_token: 't', expires_at: 3_600 })).toMatchObject({
      seconds: 'unknown',
    });
  });

  it('is refused a life of nothing as an option: every request would fetch a token', () => {
    const create = () => oauth2({ defaultLifetimeSeconds: 0 });

    expect(misconfiguration(create).option).toBe('defaultLifetimeSeconds');
  });

  it('says by option whether a new token kills the last one', () => {
    expect(oauth2().singleActiveToken).toBeUndefined();
    expect(oauth2({ singleActiveToken: true }).singleActiveToken).toBe(true);
  });

  it('with invalid_grant does not blame the credentials', async () => {
    expect(await judge(oauth2(), 400, { error: 'invalid_grant' })).toBe('refused');
  });

  it.each([
    ['client_secret_basic', ['client_secret_post', 'client_secret_basic_interop']],
    ['client_secret_basic_interop', ['client_secret_basic', 'client_secret_post']],
    ['client_secret_post', ['client_secret_basic', 'client_secret_basic_interop']],
  ] as const)(
    'behaviour 38: with invalid_client on %s speaks of the credentials and of the other methods',
    async (clientAuthentication, others) => {
      const body = { error: 'invalid_client', error_description: 'No such client' };
      const { message } = await refusalOf(oauth2({ clientAuthentication }), 401, body);

      expect(message).toContain(
        'answered 401 (invalid_client: No such client). Check clientId, clientSecret and tokenUrl.',
      );
      for (const other of others) expect(message).toContain(`'${other}' if `);
      expect(message).toContain('form-decode');
    },
  );

  it.each([
    ['invalid_scope', /\. Check the scope: /],
    ['unauthorized_client', /\. This client may not use this grant/],
  ])('behaviour 38: with %s sends nobody to the credentials', async (error, advice) => {
    const { message } = await refusalOf(oauth2(), 400, { error });

    expect(message).toMatch(advice);
    expect(message).not.toMatch(/credentials\.|clientAuthentication/);
  });
});
