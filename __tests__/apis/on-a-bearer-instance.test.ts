import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import { createExotelApi, type ExotelApi } from '../../src/apis/exotel/index.js';
import { createTruecallerApi } from '../../src/apis/truecaller/index.js';
import { createProviderClient } from '../../src/index.js';
import { exotel, truecaller } from '../../src/providers/index.js';
import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { everyFormOf, failureOf } from './canned-answer.js';

/*
 * The wrappers know nothing of tokens, and the core nothing of the wrappers: here they meet.
 */

let sandbox: Sandbox<'exotel' | 'truecaller'>;
beforeAll(async () => {
  sandbox = await startSandbox({ only: ['exotel', 'truecaller'] });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function exotelClient(): { http: AxiosInstance; api: ExotelApi } {
  const { credentials, url } = sandbox.exotel;
  const http = createProviderClient(exotel({ ...credentials, baseURL: url }));
  const { accountSid, ...basic } = credentials;
  return {
    http,
    api: createExotelApi(http, { accountSid, basic, hosts: { ccm: url, voice: url } }),
  };
}
const call = () => ({
  from: { userId: sandbox.exotel.agents[0]!.userId },
  to: '+910000000000',
  virtualNumber: '+910000000001',
});

describe('a call on an instance of ours', () => {
  it('is healed when the token was revoked, and placed once', async () => {
    const { api } = exotelClient();
    await api.presence.list();
    sandbox.exotel.revokeTokens();
    const { callSid } = await api.calls.create(call(), { authScheme: 'bearer' });
    expect(sandbox.exotel.calls.map(({ sid }) => sid)).toEqual([callSid]);
    expect(sandbox.exotel.tokenCalls).toBe(2);
  });

  it('with Basic asks for no token, and is not replayed after a 401', async () => {
    const { accountSid } = sandbox.exotel.credentials;
    const { http } = exotelClient();
    const api = createExotelApi(http, {
      accountSid,
      basic: { apiKey: 'wrong', apiToken: 'wrong-token' },
      hosts: { ccm: sandbox.exotel.url, voice: sandbox.exotel.url },
    });
    await expect(api.users.list()).rejects.toMatchObject({
      code: 'ERR_EXOTEL_API',
      status: 401,
      reason: 'authentication-failed',
    });
    expect([sandbox.exotel.tokenCalls, sandbox.exotel.requests.length]).toEqual([0, 1]);
  });

  it('that stays 401 is an ExotelApiError', async () => {
    const { api } = exotelClient();
    sandbox.exotel.api.fail({ status: 401 });
    await expect(api.calls.get('s', { authScheme: 'bearer' })).rejects.toMatchObject({
      code: 'ERR_EXOTEL_API',
      status: 401,
    });
  });

  it('without a token fails as the token source does', async () => {
    const { api } = exotelClient();
    sandbox.exotel.rotateCredentials();
    await expect(api.calls.get('s', { authScheme: 'bearer' })).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_REJECTED',
    });
  });
});

describe('an upload on an instance of ours', () => {
  it('is replayed with all its rows when the token was revoked', async () => {
    const { api } = exotelClient();
    await api.presence.list();
    sandbox.exotel.revokeTokens();
    const contacts = Array.from({ length: 10_000 }, (_, index) => ({
      phoneNumber: `+9198${String(index).padStart(8, '0')}`,
    }));
    await api.contacts.upload({ contacts });
    expect(sandbox.exotel.contactUploads.map(({ rows }) => rows.length)).toEqual([10_000]);
    const uploads = sandbox.exotel.requests.filter(({ path }) => path.endsWith('/upload'));
    expect(uploads.map(({ status }) => status)).toEqual([401, 202]);
  });
});

describe('Truecaller on an instance of ours', () => {
  const ENTRY = {
    campaignId: 'c',
    receiverNumber: '910000000000',
    contents: [{ displayUnit: 'cid', title: 'x', subTitle: 'y' }],
  } as const;
  const campaigns = (hosts?: { portal: string; webhooks: string }) => {
    const { credentials, url, webhookUrl, webhookCredentials } = sandbox.truecaller;
    const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
    const { organisationId } = credentials;
    return createTruecallerApi(http, {
      organisationId,
      webhook: { token: webhookCredentials.orgToken, orgId: webhookCredentials.orgId },
      hosts: hosts ?? { portal: url, webhooks: webhookUrl },
    }).campaigns;
  };

  it('sends the token to the portal, and never to the webhook host', async () => {
    await campaigns().bulkUpload([ENTRY]);
    await campaigns().trigger(ENTRY);
    expect(sandbox.truecaller.requests.map(({ token }) => token !== undefined)).toEqual([
      true,
      false,
    ]);
  });

  it.each(['Truecaller', 'Exotel'])('prints no secret of %s when no answer comes', async (name) => {
    const nobody = 'http://127.0.0.1:1';
    const { accountSid, ...basic } = sandbox.exotel.credentials;
    const error = await failureOf(
      name === 'Truecaller'
        ? campaigns({ portal: nobody, webhooks: nobody }).trigger(ENTRY)
        : createExotelApi(exotelClient().http, {
            accountSid,
            basic,
            hosts: { ccm: nobody },
          }).users.list(),
    );
    expect(error.code).toBe('ECONNREFUSED');
    const { apiKey, apiToken } = basic;
    for (const secret of ['fake-webhook-token', apiToken, btoa(`${apiKey}:${apiToken}`)]) {
      expect(everyFormOf(error)).not.toContain(secret);
    }
  });
});
