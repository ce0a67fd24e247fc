import { describe, expect, it } from '@jest/globals';
import { askOAuth2, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const oauth2 = useSandbox('oauth2');

/** RFC 6749, section 2.3.1: each half is form-encoded before the pair is encoded in base64. */
function basic(clientId: string, clientSecret: string): string {
  const [id, secret] = [clientId, clientSecret].map((text) =>
    encodeURIComponent(text).replaceAll('%20', '+'),
  );
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
const askWithBasic = (body: string, authorization?: string) => {
  const { clientId, clientSecret } = oauth2.credentials;
  return http.post(oauth2.tokenUrl, body, {
    headers: {
      authorization: authorization ?? basic(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
};

describe('the OAuth 2.0 token endpoint', () => {
  it('takes client_secret_basic, form-encoded as the standard asks', async () => {
    const { status, data, headers } = await askWithBasic('grant_type=client_credentials');

    expect([status, data]).toEqual([
      200,
      { access_token: oauth2.issuedTokens[0], token_type: 'Bearer', expires_in: 3600 },
    ]);
    expect([headers['cache-control'], headers.pragma]).toEqual(['no-store', 'no-cache']);
  });

  it('refuses client_secret_basic without that encoding', async () => {
    const { clientId, clientSecret } = oauth2.credentials;
    const raw = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const { status, data, headers } = await askWithBasic(
      'grant_type=client_credentials',
      `Basic ${raw}`,
    );

    expect([status, data]).toEqual([401, { error: 'invalid_client' }]);
    expect(headers['www-authenticate']).toMatch(/^Basic /);
  });

  it('takes client_secret_post', async () => {
    expect((await askOAuth2(oauth2)).status).toBe(200);
  });

  it('takes a JSON body', async () => {
    const { clientId, clientSecret } = oauth2.credentials;
    const { status } = await http.post(oauth2.tokenUrl, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });

    expect(status).toBe(200);
  });

  it('refuses a wrong secret, with a challenge only for one that came by header', async () => {
    const byBody = await askOAuth2(oauth2, { client_secret: 'wrong' });
    const byHeader = await askWithBasic('grant_type=client_credentials', basic('x', 'y'));

    expect([byBody.status, byBody.data]).toEqual([401, { error: 'invalid_client' }]);
    expect(byBody.headers).not.toHaveProperty('www-authenticate');
    expect(byHeader.headers).toHaveProperty('www-authenticate');
  });

  it.each([
    ['two ways of authentication', 'grant_type=client_credentials&client_secret=x'],
    ['a repeated parameter', 'grant_type=client_credentials&scope=a&scope=b'],
    ['no grant type', 'grant_type='],
  ])('answers %s with invalid_request', async (_what, body) => {
    const { status, data } = await askWithBasic(body);

    expect([status, data]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('answers another content type with invalid_request', async () => {
    const { status } = await http.post(oauth2.tokenUrl, 'grant_type=client_credentials', {
      headers: { 'content-type': 'text/plain' },
    });

    expect(status).toBe(400);
  });

  it('answers another grant with unsupported_grant_type', async () => {
    const { status, data } = await askOAuth2(oauth2, { grant_type: 'password' });

    expect([status, data]).toEqual([400, { error: 'unsupported_grant_type' }]);
  });

  it('gives a token of its own for each scope, audience and resource, and echoes the scope', async () => {
    const { data } = await askOAuth2(oauth2, {
      scope: 'read write',
      audience: 'https://api.example.invalid',
    });
    const other = await askWithBasic('grant_type=client_credentials&resource=a&resource=b');
    const seen = async (token: unknown) =>
      (await http.get(`${oauth2.url}/resource`, bearer(token))).data as unknown;

    expect(data.scope).toBe('read write');
    expect(await seen(data.access_token)).toEqual({
      scope: 'read write',
      audience: 'https://api.example.invalid',
    });
    expect(await seen(other.data.access_token)).toEqual({ resource: 'a b' });
  });

  it('gives the same string again only for the same scope', async () => {
    oauth2.issueSameToken();
    const mint = async (scope: string) =>
      (await askOAuth2(oauth2, { scope })).data.access_token as string;

    const [a, b, again] = [await mint('a'), await mint('b'), await mint('a')];

    expect([a === again, a === b]).toEqual([true, false]);
  });
});

describe('a percent sign out of place', () => {
  it('does no harm in a path or in Basic credentials', async () => {
    const { data } = await askOAuth2(oauth2);
    const path = await http.get(`${oauth2.url}/__sandbox/status/%zz`, bearer(data.access_token));
    const credentials = await askWithBasic(
      'grant_type=client_credentials',
      `Basic ${Buffer.from('%zz:%&').toString('base64')}`,
    );

    expect([path.status, credentials.status]).toEqual([400, 401]);
  });
});

describe('the OAuth 2.0 resource', () => {
  it('challenges a request without a token, naming no error', async () => {
    const { status, headers } = await http.get(`${oauth2.url}/resource`);

    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="sandbox"']);
  });

  it('says invalid_token of a dead one', async () => {
    const { data } = await askOAuth2(oauth2);
    oauth2.revokeTokens();
    const { status, headers } = await http.post(
      `${oauth2.url}/resource`,
      {},
      bearer(data.access_token),
    );

    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });
});
