import { describe, expect, it } from '@jest/globals';

import { singleview } from '../../src/providers/index.js';
import {
  everythingShownOf,
  judge,
  jwt,
  misconfiguration,
  refusalOf,
  requestOf,
  SENT_AT,
} from './conversation.js';

const CREDENTIALS = {
  clientId: 'fake-client',
  clientCode: 'fake-code',
  merchantId: 'fake-merchant',
};
const provider = singleview(CREDENTIALS);

/** The documented answer, as text: its sample is not JSON. */
const answer = (expiresIn: string, token = 'fake.sv.token') =>
  `{ "success": true, "payload": { "access_token": "${token}", "token_type": "Bearer", "expires_in": ${expiresIn} } }`;

describe('the token request of SingleView', () => {
  it('is the documented one, byte for byte', async () => {
    expect(await requestOf(provider)).toEqual({
      method: 'POST',
      url: 'https://obsandbox.onesingleview.com/v1/api/observice/token',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      data: '{"clientId":"fake-client","clientCode":"fake-code","merchantId":"fake-merchant","grantType":"client_credentials"}',
    });
  });

  it.each(['client_credentials', 'client_Credentials', 'Client_Credentials'] as const)(
    'spells the grant in any of the three documented ways: %s',
    async (grantType) => {
      const { data } = await requestOf(singleview({ ...CREDENTIALS, grantType }));

      expect(JSON.parse(data!)).toMatchObject({ grantType });
    },
  );

  it('is refused for a grant that is spelt in another way', () => {
    const create = () => singleview({ ...CREDENTIALS, grantType: 'Client-Credentials' as never });

    expect(misconfiguration(create).message).toContain(
      'grantType "Client-Credentials" is not known. Use one of: client_credentials, ',
    );
  });

  it('carries the headers that some snapshots of the document ask for', async () => {
    const tokenHeaders = { signature: 'fake-signature', clientId: 'fake-client' };
    const { headers } = await requestOf(singleview({ ...CREDENTIALS, tokenHeaders }));

    expect(headers).toEqual({
      Accept: 'application/json',
      'Content-Type': 'application/json',
      ...tokenHeaders,
    });
  });

  it('goes to the address that is handed over at go-live', async () => {
    const live = singleview({ ...CREDENTIALS, baseURL: 'https://bank.example/sv' });

    expect((await requestOf(live)).url).toBe('https://bank.example/sv/v1/api/observice/token');
    expect(live.allowedOrigins).toEqual(['https://bank.example']);
  });

  it('is refused for an environment without a public address', () => {
    const create = () => singleview({ ...CREDENTIALS, environment: 'production' as 'sandbox' });

    expect(misconfiguration(create)).toMatchObject({
      option: 'environment',
      message: 'singleview: environment "production" is not known. Use one of: sandbox.',
    });
  });

  it('behaviour 45: shows none of the headers of the token call', () => {
    const tokenHeaders = { signature: 'fake-signature', clientCode: 'fake-code-in-a-header' };
    const shown = everythingShownOf(singleview({ ...CREDENTIALS, tokenHeaders }));

    expect(shown).not.toContain('fake-signature');
    expect(shown).not.toContain('fake-code');
  });
});

describe('the answer of SingleView', () => {
  it('has the token nested under payload', async () => {
    expect(await judge(provider, 200, answer('1800'))).toEqual({
      token: 'fake.sv.token',
      seconds: 1_800,
    });
  });

  it.each(['0000', '"0000"', 'null'])(
    'behaviour 10: stands for the 60 minutes of the prose where expires_in is %s',
    async (expiresIn) => {
      expect(await judge(provider, 200, answer(expiresIn))).toMatchObject({ seconds: 3_600 });
    },
  );

  it('lives as long as the JWT says where that is less', async () => {
    const now = SENT_AT / 1_000;
    const token = jwt({ data: 'encrypted', iat: now, exp: now + 600 });

    expect(await judge(provider, 200, answer('0000', token))).toEqual({ token, seconds: 600 });
    expect(await judge(provider, 200, answer('6000', token))).toEqual({ token, seconds: 600 });
  });

  it.each([200, 400, 401])(
    'behaviour 38: that is the failure envelope means rejected credentials, also with status %d',
    async (status) => {
      const body = { status: 'FAILURE', errorCode: 'OB-401', message: 'Authentication failed' };

      expect(await judge(provider, status, body)).toBe('credentials');
      expect(await judge(provider, status, { success: false })).toBe('credentials');
    },
  );

  it('advises to check more than the secret, since the envelope also means bad requests', async () => {
    const { message } = await refusalOf(provider, 200, { status: 'FAILURE' });
    expect(message).toContain('`grantType`');
  });

  it('hands on what SingleView says of it, in either of its envelopes', async () => {
    const documented = { status: 'FAILURE', errorCode: 'OB-1', message: 'Bad details' };
    expect((await refusalOf(provider, 200, documented)).diagnosis).toEqual({
      code: 'OB-1',
      message: 'Bad details',
    });
    const b2b = { correlationId: 'c-1', errorCode: 'MW-401', errorMessage: 'UNAUTHORIZED' };
    expect((await refusalOf(provider, 401, b2b)).diagnosis).toEqual({
      code: 'MW-401',
      message: 'UNAUTHORIZED',
      requestId: 'c-1',
    });
  });

  it.each([429, 503])(
    'of status %d is worth another try, even as a failure envelope',
    async (status) => {
      expect(await judge(provider, status, { status: 'FAILURE' })).toBe('transient');
      expect(await judge(provider, status, { success: false })).toBe('transient');
    },
  );

  it.each([
    ['a success without a token', { success: true, payload: {} }],
    ['the token at the top', { success: true, access_token: 't' }],
  ])('is malformed as %s', async (_, body) => {
    expect(await judge(provider, 200, body)).toBe('malformed: has no access token');
  });

  it('is malformed as the JavaScript literal in the documentation', async () => {
    expect(await judge(provider, 200, '{status:"FAILURE",errorCode:"1"}')).toBe(
      'malformed: is not JSON',
    );
  });
});
