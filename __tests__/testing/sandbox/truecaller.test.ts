import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../../src/testing/index.js';
import { askTruecaller, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const clock = createFakeClock();
const truecaller = useSandbox('truecaller', { now: clock.now });

async function signIn() {
  return bearer((await askTruecaller(truecaller)).data.token);
}
const campaign = (changes: object = {}) => ({
  campaign_id: 'fake-campaign-1',
  receiver_number: '910000000000',
  contents: [{ display_unit: 'cid', title: 'Hello', sub_title: 'World', ttl: '7' }],
  ...changes,
});

describe("Truecaller's token endpoint", () => {
  it('answers with a token and its birth, and with no life at all', async () => {
    const { status, data } = await askTruecaller(truecaller);

    expect(status).toBe(200);
    expect(data).toEqual({
      token: expect.stringMatching(/^[\w-]{64}$/),
      created_at: new Date(clock.now()).toISOString(),
    });
  });

  it('gives tokens that die 60 minutes after `created_at`', async () => {
    truecaller.issueTokensLiving(10);
    const { data } = await askTruecaller(truecaller);
    const state = () => truecaller.tokenState(String(data.token));

    expect(Date.parse(data.created_at as string) + 3_600_000).toBe(clock.now() + 10_000);
    clock.advance(9999);
    const before = state();
    clock.advance(1);
    expect([before, state()]).toEqual(['live', 'expired']);
  });

  it('wants `X-Public-Access: allow`, and says what the document says without it', async () => {
    const { apiKey, keyId } = truecaller.credentials;
    const { status, data } = await http.post(truecaller.tokenUrl, {
      api_key: apiKey,
      key_id: keyId,
    });

    expect([status, data]).toEqual([
      401,
      { slug: 'authorization-error', message: 'Missing authorization header' },
    ]);
  });

  it.each([
    ['key', { api_key: 'wrong' }],
    ['key id', { key_id: 'wrong' }],
  ])('refuses a wrong %s with 401', async (_what, wrong) => {
    const { apiKey, keyId } = truecaller.credentials;
    const { status, data } = await http.post(
      truecaller.tokenUrl,
      { api_key: apiKey, key_id: keyId, ...wrong },
      { headers: { 'x-public-access': 'allow' } },
    );

    expect([status, data.slug]).toEqual([401, 'authorization-error']);
  });

  it('gives 10 tokens in 30 minutes, then 429 until the first is half an hour old', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 11; call += 1) {
      statuses.push((await askTruecaller(truecaller)).status);
      clock.advance(1000);
    }
    clock.advance(30 * 60_000 - 11_000);
    const later = [await askTruecaller(truecaller), await askTruecaller(truecaller)];

    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
    expect(later.map(({ status }) => status)).toEqual([200, 429]);
  });

  it('gives any number of tokens while the limit is off', async () => {
    truecaller.enforceTokenRateLimit(false);
    for (let call = 0; call < 12; call += 1) await askTruecaller(truecaller);

    expect(truecaller.issuedTokens).toHaveLength(12);
  });
});

describe("Truecaller's bulk upload", () => {
  const upload = async (campaigns: unknown, auth?: object) =>
    http.post(
      truecaller.tokenUrl.replace('/token', '/bulk-upload'),
      { campaigns },
      auth ?? (await signIn()),
    );

  it('accepts a payload and keeps it', async () => {
    const campaigns = [campaign(), campaign({ receiver_number: 'ab'.repeat(32) })];
    const { status, data } = await upload(campaigns);

    expect([status, data]).toEqual([
      200,
      { message: 'Payload received successfully for processing' },
    ]);
    expect(truecaller.bulkUploads).toEqual([{ campaigns }]);
  });

  it.each([
    ['no entries', []],
    ['more than 500 entries', Array(501).fill(campaign())],
    ['a plus sign in the number', [campaign({ receiver_number: '+910000000000' })]],
    ['no contents', [campaign({ contents: [] })]],
    ['an unknown display unit', [campaign({ contents: [{ display_unit: 'billboard' }] })]],
    ['a number as ttl', [campaign({ contents: [{ display_unit: 'cid', ttl: 7 }] })]],
    ['a ttl above a year', [campaign({ contents: [{ display_unit: 'cid', ttl: '366' }] })]],
    ['an over-long campaign id', [campaign({ campaign_id: 'x'.repeat(501) })]],
    ['something that is no list', 'campaigns'],
  ])('refuses %s', async (_what, campaigns) => {
    expect((await upload(campaigns)).status).toBe(400);
    expect(truecaller.bulkUploads).toEqual([]);
  });

  it('refuses a dead token with 401', async () => {
    const auth = await signIn();
    truecaller.expireTokens();

    const { status, data } = await upload([campaign()], auth);

    expect([status, data.slug]).toEqual([401, 'authorization-error']);
  });

  it('answers 404 for any other path', async () => {
    const { status } = await http.get(`${truecaller.url}/organisations`, await signIn());

    expect(status).toBe(404);
  });
});

describe("Truecaller's webhook host", () => {
  const webhookHeaders = () => ({
    headers: {
      'X-Org-ID': truecaller.webhookCredentials.orgId,
      'X-Org-Token': truecaller.webhookCredentials.orgToken,
    },
  });
  const exit = { data: [{ campaign_id: 'fake-campaign-1', receiver_numbers: ['910000000000'] }] };

  it('accepts pushes and exits and keeps them', async () => {
    const push = campaign();
    const pushed = await http.post(`${truecaller.webhookUrl}/v2/campaigns`, push, webhookHeaders());
    const exited = await http.post(
      `${truecaller.webhookUrl}/v2/campaigns/exit`,
      exit,
      webhookHeaders(),
    );

    expect([pushed.status, exited.status]).toEqual([200, 200]);
    expect([truecaller.pushes, truecaller.exits]).toEqual([[push], [exit]]);
  });

  it('takes no bearer token', async () => {
    const { status } = await http.post(
      `${truecaller.webhookUrl}/v2/campaigns`,
      campaign(),
      await signIn(),
    );

    expect(status).toBe(401);
  });

  it('refuses the old token at once when a new one is made', async () => {
    const old = webhookHeaders();
    truecaller.regenerateWebhookToken();
    const send = (config: object) =>
      http.post(`${truecaller.webhookUrl}/v2/campaigns/exit`, exit, config);

    const refused = await send(old);
    expect([refused.status, refused.data.slug]).toEqual([401, 'authorization-error']);
    expect((await send(webhookHeaders())).status).toBe(200);
  });

  it.each([
    ['push', '/v2/campaigns', { campaign_id: 'only' }],
    ['exit', '/v2/campaigns/exit', { data: [] }],
    [
      'exit with the singular name of the field table',
      '/v2/campaigns/exit',
      { data: [{ campaign_id: 'x', receiver_number: ['910000000000'] }] },
    ],
  ])('refuses a malformed %s', async (_what, path, body) => {
    const { status } = await http.post(truecaller.webhookUrl + path, body, webhookHeaders());

    expect(status).toBe(400);
  });

  it('has no token endpoint', async () => {
    const url = truecaller.tokenUrl.replace(truecaller.url, truecaller.webhookUrl);
    const { status } = await http.post(url, {}, webhookHeaders());

    expect([status, truecaller.tokenCalls]).toEqual([404, 0]);
  });
});
