import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../../src/testing/index.js';
import { askExotel, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const clock = createFakeClock();
const exotel = useSandbox('exotel', { now: clock.now });

const account = () => `${exotel.url}/v2/accounts/${exotel.credentials.accountSid}`;
async function signIn() {
  const { data } = await askExotel(exotel);
  return bearer(data.response.data.access_token);
}
const order = (from: object, to: unknown = { number: '+910000000000' }) => ({
  from,
  to,
  virtual_number: '+910000000001',
});

describe("Exotel's token endpoint", () => {
  it('answers in its nested envelope, with the life in seconds', async () => {
    const { status, data } = await askExotel(exotel);

    expect(status).toBe(200);
    expect(data).toEqual({
      request_id: expect.any(String),
      method: 'POST',
      http_code: 200,
      response: {
        code: 200,
        status: 'success',
        data: {
          access_token: exotel.issuedTokens[0],
          token_type: 'Bearer',
          expires_in: 86_400,
        },
      },
    });
  });

  it('gives JWTs', async () => {
    await askExotel(exotel);
    const payload = exotel.issuedTokens[0]!.split('.')[1]!;
    const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());

    expect([iat, exp - iat]).toEqual([clock.now() / 1000, 86_400]);
  });

  it.each([
    ['a wrong key', { username: 'wrong', password: 'fake-exotel-token-1' }],
    ['a wrong token', { username: 'fake-exotel-key-1', password: 'wrong' }],
    ['no credentials', undefined],
  ])('refuses %s with 401', async (_what, auth) => {
    const { status, data } = await http.post(exotel.tokenUrl, undefined, auth && { auth });

    expect([status, data.response.error_data.code]).toEqual([401, 1010]);
  });

  it("refuses another account's path", async () => {
    const { apiKey, apiToken } = exotel.credentials;
    const { status } = await http.post(
      exotel.tokenUrl.replace('sandbox-account', 'other'),
      undefined,
      { auth: { username: apiKey, password: apiToken } },
    );

    expect(status).toBe(401);
  });

  it('refuses good credentials on the host of the other region', async () => {
    const { apiKey, apiToken } = exotel.credentials;
    const { status } = await http.post(
      exotel.tokenUrl.replace(exotel.url, exotel.wrongRegionUrl),
      undefined,
      { auth: { username: apiKey, password: apiToken } },
    );

    expect([status, exotel.tokenCalls, exotel.issuedTokens]).toEqual([401, 1, []]);
  });

  it.each([
    '/v1/Accounts/sandbox-account/Balance.json',
    '/v1/Accounts/sandbox-account/Calls.json',
    '/v2/accounts/sandbox-account/calls',
    '/v2/accounts/sandbox-account/campaigns',
  ])('nor does the wrong region answer %s for Basic', async (path) => {
    const auth = { username: exotel.credentials.apiKey, password: exotel.credentials.apiToken };
    const statuses = [exotel.url, exotel.wrongRegionUrl].map(
      async (origin) => (await http.get(origin + path, { auth })).status,
    );

    expect(await Promise.all(statuses)).toEqual([200, 401]);
  });

  it('nor does the wrong region tell a good token which paths there are', async () => {
    const config = await signIn();

    expect((await http.get(`${exotel.wrongRegionUrl}/nowhere`, config)).status).toBe(401);
  });

  it('takes POST only', async () => {
    const { status, headers } = await http.get(exotel.tokenUrl);

    expect([status, headers.allow]).toEqual([405, 'POST']);
  });
});

describe("Exotel's calls", () => {
  it('are placed, kept and ended', async () => {
    const auth = await signIn();
    const agent = exotel.agents[0]!;
    const placed = await http.post(
      `${account()}/calls`,
      { ...order({ user_contact_uri: agent.contactUri }), recording: true, custom_field: 't-1' },
      auth,
    );
    const sid = String(placed.data.response.call_sid);
    const details = async (): Promise<unknown> =>
      (await http.get(`${account()}/calls/${sid}`, auth)).data.response.call_details;

    expect(placed.data).toMatchObject({
      http_code: 200,
      response: {
        call_state: 'active',
        call_status: null,
        assigned_agent_details: { user_id: agent.userId, contact_uri: agent.contactUri },
        customer_details: { number: '+910000000000' },
        virtual_number: '+910000000001',
        recording: true,
      },
    });
    expect(await details()).toMatchObject({ sid, state: 'active', status: null, end_time: null });

    clock.advance(30_000);
    exotel.endCall(sid);

    expect(await details()).toMatchObject({
      state: 'terminal',
      status: 'completed',
      total_duration: 30,
      custom_field: 't-1',
    });
    expect(exotel.calls).toMatchObject([{ sid, state: 'terminal', outcome: 'completed' }]);
  });

  it('are listed', async () => {
    const auth = await signIn();
    exotel.letAgentsTakeManyCalls();
    const { userId } = exotel.agents[0]!;
    await http.post(`${account()}/calls`, order({ user_id: userId }), auth);
    await http.post(
      `${account()}/calls`,
      order({ user_id: userId }, { customer_contact_uri: '+910000000009' }),
      auth,
    );

    const { data } = await http.get(`${account()}/calls`, auth);

    expect(data.metadata).toEqual({ total: 2, count: 2, offset: 0, limit: 2 });
    expect(data.response).toMatchObject([
      { data: { customer_details: { number: '+910000000000' } } },
      { data: { customer_details: { number: '+910000000009' } } },
    ]);
  });

  it('are refused for an unknown agent', async () => {
    const { status, data } = await http.post(
      `${account()}/calls`,
      order({ user_id: 'nobody' }),
      await signIn(),
    );

    expect([status, data.response.error_data.code]).toEqual([404, 10731]);
  });

  it.each([
    ['off', 1012],
    ['unverified', 10705],
    ['busy', 10706],
  ] as const)('are refused with 409 while the device is %s', async (device, code) => {
    const { userId } = exotel.agents[0]!;
    exotel.setAgentDevice(userId, device);

    const { status, data } = await http.post(
      `${account()}/calls`,
      order({ user_id: userId }),
      await signIn(),
    );

    expect([status, data.response.status, data.response.error_data.code]).toEqual([
      409,
      'failure',
      code,
    ]);
  });

  it('make their agent busy until they end', async () => {
    const auth = await signIn();
    const place = () =>
      http.post(`${account()}/calls`, order({ user_id: exotel.agents[0]!.userId }), auth);

    const [first, second] = [await place(), await place()];
    exotel.endCall(String(first.data.response.call_sid), 'customer_unanswered');
    const third = await place();

    expect([first.status, second.status, third.status]).toEqual([200, 409, 200]);
  });

  it('are unknown under another sid, also to the switches', async () => {
    const { status } = await http.get(`${account()}/calls/none`, await signIn());

    expect(status).toBe(404);
    expect(() => exotel.endCall('none')).toThrow(/no Exotel call "none"/);
    expect(() => exotel.setAgentDevice('none', 'off')).toThrow(/no Exotel agent "none"/);
  });

  it.each(['missing', 'expired'])('answer a %s token with 401', async (state) => {
    const auth = await signIn();
    clock.advance(86_400_000);

    const { status, data } = await http.get(`${account()}/calls`, state === 'missing' ? {} : auth);

    expect([status, data.response.error_data.code]).toEqual([401, 1010]);
  });
});

describe("Exotel's agents", () => {
  it('are listed with their presence and a summary', async () => {
    const { data } = await http.get(
      `${account()}/agents/presence?status=on-call&limit=5`,
      await signIn(),
    );

    expect(data.response).toMatchObject({
      code: 200,
      status: 'success',
      data: {
        agents: [{ user_id: exotel.agents[1]!.userId, status: 'on-call' }],
        summary: { total_agents: 3, available: 1, on_call: 1, offline: 1 },
      },
      metadata: { total: 1, limit: 5, offset: 0 },
    });
  });

  it('change their presence along the allowed moves only', async () => {
    const auth = await signIn();
    const { userId } = exotel.agents[0]!;
    const url = `${account()}/agents/${userId}/presence`;

    const allowed = await http.put(url, { status: 'busy' }, auth);
    const system = await http.put(url, { status: 'on-call' }, auth);
    const { data } = await http.get(url, auth);

    expect([allowed.status, system.status, data.response.data.status]).toEqual([200, 400, 'busy']);
  });

  it.each(['get', 'put'] as const)('are unknown under another id (%s)', async (method) => {
    const { status } = await http.request({
      method,
      url: `${account()}/agents/nobody/presence`,
      ...(await signIn()),
    });

    expect(status).toBe(404);
  });

  it('answer 404 in the envelope for any other path', async () => {
    const { status, data } = await http.get(`${account()}/nothing`, await signIn());

    expect([status, data.http_code, data.response.error_data.code]).toEqual([404, 404, 1000]);
  });
});
