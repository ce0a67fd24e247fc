import { expect, it, test } from '@jest/globals';

import {
  adobe,
  auth0,
  box,
  databricks,
  dockerHub,
  docusign,
  entra,
  genesys,
  googleServiceAccount,
  marketo,
  okta,
  paypal,
} from '../../src/presets/index.js';
import { judge, jwt, misconfiguration, requestOf, SENT_AT } from '../providers/conversation.js';

const client = { clientId: 'client-1', clientSecret: 'client-secret' };
const oktaOptions = {
  ...client,
  baseURL: 'https://api.example',
  domain: 'acme.okta.com',
  scope: 'read',
};

test.each([
  ['https://acme.okta.com'],
  ['acme.okta.com/oauth2'],
  ['user@acme.okta.com'],
  ['acme okta'],
])('a domain is a host name and not %s', (domain) => {
  const error = misconfiguration(() => okta({ ...oktaOptions, domain }));

  expect(error).toMatchObject({ provider: 'okta', option: 'domain' });
  expect(error.message).toContain('such as acme.okta.com');
});

it('asks the authorization server that is given', async () => {
  const { url } = await requestOf(okta({ ...oktaOptions, authorizationServerId: 'aus1/../x' }));

  expect(url).toBe('https://acme.okta.com/oauth2/aus1%2F..%2Fx/v1/token');
});

it('prefers the parameters of a request to the options', async () => {
  const { data } = await requestOf(okta(oktaOptions), { scope: ['write', 'admin'] });
  const { data: forAnother } = await requestOf(
    auth0({ ...client, baseURL: 'https://api.example', domain: 'acme.auth0.com', audience: 'a' }),
    { audience: 'b', organization: 'org_1' },
  );

  expect(new URLSearchParams(data).getAll('scope')).toEqual(['write admin']);
  expect(forAnother).toContain('&audience=b&organization=org_1&');
});

it('keeps a tenant within its part of the path', async () => {
  const { url } = await requestOf(
    entra({ ...client, baseURL: 'https://graph.microsoft.com', tenantId: '../common', scope: 's' }),
  );

  expect(url).toBe('https://login.microsoftonline.com/..%2Fcommon/oauth2/v2.0/token');
});

it('takes the scopes of Adobe as they were copied, too', async () => {
  const { data } = await requestOf(
    adobe({ ...client, baseURL: 'https://api.example', scope: 'openid,AdobeID' }),
  );

  expect(new URLSearchParams(data).get('scope')).toBe('openid,AdobeID');
});

test.each([
  ['neither', {}],
  ['both', { enterpriseId: '1', userId: '2' }],
])('box acts for an enterprise or a user, and not for %s', (_, subject) => {
  expect(misconfiguration(() => box({ ...client, ...subject })).option).toBe('enterpriseId');
});

it('acts for a user of Box', async () => {
  const { data } = await requestOf(box({ ...client, userId: '42' }));

  expect(data).toContain('box_subject_type=user&box_subject_id=42');
});

test('an environment or region that is not known is refused with those that are', () => {
  const environment = misconfiguration(() => paypal({ ...client, environment: 'test' as 'live' }));
  const region = misconfiguration(() => genesys({ ...client, region: 'mars' as 'eu_west_1' }));

  expect(environment.message).toContain('Use one of: live, sandbox.');
  expect(region.message).toContain('us_east_1');
  const none = misconfiguration(() => genesys(client as never));
  expect(none.message).toContain('region is missing. Use one of: us_east_1');
});

test('a preset called without options says whose are missing', () => {
  expect(misconfiguration(() => paypal(undefined as never)).provider).toBe('paypal');
});

test.each([7, true, {}])('a scope that is neither text nor a list is named: %j', (scope) => {
  const credentials = () => ({});
  const wrong = { credentials, baseURL: 'https://api.example', scope } as never;
  const makers = [databricks, docusign, googleServiceAccount];

  for (const make of makers)
    expect(misconfiguration(() => make(wrong)).message).toContain(
      'scope is neither a string nor a list of strings',
    );
});

test('an option that a preset does not have is refused', () => {
  const error = misconfiguration(() => paypal({ ...client, sandbox: true } as never));

  expect(error).toMatchObject({ provider: 'paypal', option: 'sandbox' });
});

it('reads the life of a Docker Hub token from the token', async () => {
  const token = jwt({ exp: SENT_AT / 1_000 + 600 });

  expect(
    await judge(dockerHub({ identifier: 'acme', secret: 'dckr_oat_1' }), 200, {
      access_token: token,
    }),
  ).toEqual({ token, seconds: 600 });
});

test.each([
  ['601 in a 200', 200, { success: false, errors: [{ code: '601' }] }, true],
  ['602 in a 200', 200, { success: false, errors: [{ code: '602' }] }, true],
  ['603, which is about permissions', 200, { success: false, errors: [{ code: '603' }] }, false],
  ['a success', 200, { success: true, result: [{ errors: [{ code: '601' }] }] }, false],
  ['a 401', 401, '', true],
])('marketo: %s', (_, status, data, rejected) => {
  const { isTokenRejection } = marketo({
    ...client,
    baseURL: 'https://a.mktorest.example',
    identityUrl: 'https://a.mktorest.example/identity',
  });
  const request = { method: 'GET', url: 'https://a.mktorest.example/rest/v1/leads.json' };

  expect(isTokenRejection?.({ status, headers: {}, data }, request)).toBe(rejected);
});

it('lets the option isTokenRejection go before the rule of the preset', () => {
  const own = () => false;
  const provider = marketo({
    ...client,
    baseURL: 'https://a.mktorest.example',
    identityUrl: 'https://a.mktorest.example/identity',
    isTokenRejection: own,
  });

  expect(provider.isTokenRejection).toBe(own);
});
