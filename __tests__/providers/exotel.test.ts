import { describe, expect, it } from '@jest/globals';

import { exotel } from '../../src/providers/index.js';
import { judge, misconfiguration, refusalOf, requestOf } from './conversation.js';

const CREDENTIALS = { accountSid: 'fake-sid', apiKey: 'fake-key', apiToken: 'fake-token' };
const provider = exotel(CREDENTIALS);

/** The documented envelope around what the token call yields. */
const envelope = (data: unknown, code = 200, status = 'success') => ({
  request_id: 'rq-0001',
  method: 'POST',
  http_code: code,
  response: { code, status, data },
});

const failure = (code: number, errorCode: number) => ({
  request_id: 'rq-0001',
  method: 'POST',
  http_code: code,
  response: {
    code,
    error_data: { code: errorCode, message: 'Authorization failed', description: '' },
    status: 'failure',
    data: null,
  },
});

describe('the token request of Exotel', () => {
  it('is the documented one, byte for byte: Basic, a content type, and no body', async () => {
    expect(await requestOf(provider)).toEqual({
      method: 'POST',
      url: 'https://ccm-api.exotel.com/v2/accounts/fake-sid/configuration/basicauth',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        Authorization: 'Basic ZmFrZS1rZXk6ZmFrZS10b2tlbg==',
      },
      data: undefined,
    });
  });

  it('goes to the data centre in Mumbai by option', async () => {
    const inMumbai = exotel({ ...CREDENTIALS, region: 'mumbai' });
    const origin = 'https://ccm-api.in.exotel.com';

    expect((await requestOf(inMumbai)).url).toBe(
      `${origin}/v2/accounts/fake-sid/configuration/basicauth`,
    );
    expect(inMumbai.allowedOrigins).toEqual([origin]);
  });

  it('goes to a base URL of the caller’s own instead', async () => {
    const inSandbox = exotel({
      ...CREDENTIALS,
      region: 'mumbai',
      baseURL: 'http://127.0.0.1:9/x/',
    });

    expect((await requestOf(inSandbox)).url).toBe(
      'http://127.0.0.1:9/x/v2/accounts/fake-sid/configuration/basicauth',
    );
  });

  it('keeps the account within its segment of the path', async () => {
    const { url } = await requestOf(exotel({ ...CREDENTIALS, accountSid: 'a/b?c#d' }));

    expect(url).toBe(
      'https://ccm-api.exotel.com/v2/accounts/a%2Fb%3Fc%23d/configuration/basicauth',
    );
  });

  it('does not form-encode the key: this is HTTP Basic, not client_secret_basic', async () => {
    const { headers } = await requestOf(exotel({ ...CREDENTIALS, apiToken: 'a+b %' }));

    expect(Buffer.from(headers['Authorization']!.slice(6), 'base64').toString()).toBe(
      'fake-key:a+b %',
    );
  });

  it.each(['delhi', 'constructor', ''])(
    'is refused for a region that does not exist: %j',
    (region) => {
      expect(
        misconfiguration(() => exotel({ ...CREDENTIALS, region: region as 'mumbai' })),
      ).toMatchObject({
        option: 'region',
        message: `exotel: region "${region}" is not known. Use one of: singapore, mumbai.`,
      });
    },
  );
});

describe('the answer of Exotel', () => {
  it('has the token in a nested envelope', async () => {
    const data = { access_token: 'eyJfake.fake.fake', token_type: 'Bearer', expires_in: 86_400 };

    expect(await judge(provider, 200, envelope(data))).toEqual({
      token: 'eyJfake.fake.fake',
      seconds: 86_400,
    });
  });

  it('stands for 24 hours where it names no life', async () => {
    expect(await judge(provider, 200, envelope({ access_token: 't' }))).toEqual({
      token: 't',
      seconds: 86_400,
    });
  });

  it.each([
    [401, 'credentials'],
    [429, 'transient'],
  ])('of status %d with the envelope of a failure is %s', async (status, verdict) => {
    expect(await judge(provider, status, failure(status, 1010))).toBe(verdict);
  });

  it.each([
    ['of status 401', 401, 401],
    ['that wraps a 401 into a 200', 200, 401],
  ])(
    '%s explains that a valid key in the wrong region gets the same answer',
    async (_, status, code) => {
      const { message } = await refusalOf(provider, status, failure(code, 1010));
      expect(message).toContain('check `region`');
    },
  );

  it.each([
    ['of status 403', 403, 403],
    ['that wraps a 403 into a 200', 200, 403],
  ])('%s says what the documentation says, and does not blame the key', async (_, status, code) => {
    const { message } = await refusalOf(provider, status, failure(code, 1003));
    expect(message).toContain('this account is not authorized for CCM');
    expect(message).not.toMatch(/region|[Cc]heck the credentials/);
  });

  it('hands on what Exotel says of it, and the request that its support will ask for', async () => {
    const error = await refusalOf(provider, 401, failure(401, 1010));
    expect(error.diagnosis).toEqual({
      code: '1010',
      message: 'Authorization failed',
      requestId: 'rq-0001',
    });
    expect(error.message).toContain('answered 401 (1010: Authorization failed; request rq-0001).');
  });

  it.each([
    [401, 1010, 'credentials'],
    [503, 0, 'transient'],
    [400, 1001, 'refused'],
  ])(
    'that wraps a failure %d into a 200 is judged by the failure',
    async (code, errorCode, verdict) => {
      expect(await judge(provider, 200, failure(code, errorCode))).toBe(verdict);
    },
  );

  it('that wraps a failure without a code into a 200 is no token either', async () => {
    expect(await judge(provider, 200, { response: { status: 'failure' } })).toBe('refused');
  });

  it.each([
    ['an empty envelope', { response: { code: 200, status: 'success', data: null } }],
    ['the token at the top', { access_token: 't' }],
  ])('is malformed with %s', async (_, body) => {
    expect(await judge(provider, 200, body)).toBe('malformed: has no access token');
  });
});
