import { beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import {
  createTruecallerApi,
  parseTruecallerEvent,
  type TruecallerApi,
} from '../../../src/apis/truecaller/index.js';
import { createFakeClock } from '../../../src/testing/index.js';
import { useSandbox } from '../use-sandbox.js';
import { webhookListener } from '../webhook-listener.js';

const clock = createFakeClock();
const truecaller = useSandbox('truecaller', { now: clock.now });
let api: TruecallerApi;
beforeEach(() => {
  const { organisationId } = truecaller.credentials;
  const { orgId, orgToken } = truecaller.webhookCredentials;
  api = createTruecallerApi(axios.create(), {
    organisationId,
    webhook: { orgId, token: orgToken },
    hosts: { portal: truecaller.url, webhooks: truecaller.webhookUrl },
  });
});

const ENTRY = {
  campaignId: 'fake-campaign-1',
  receiverNumber: '910000000000',
  contents: [{ displayUnit: 'cid', title: 'Hello', subTitle: 'World' }],
} as const;

describe('the webhook connector', () => {
  it('takes an entry, and a payload in sections', async () => {
    const { campaigns } = api;
    await campaigns.trigger(ENTRY);
    const profile = { campaign_id: 'c', receiver_number: '910000000000' };
    await campaigns.trigger({ payload: { profile, content: {} } });
    expect(truecaller.pushes).toMatchObject([{ campaign_id: 'fake-campaign-1' }, { profile }]);
  });

  it('takes exits', async () => {
    await api.campaigns.exit([{ campaignId: 'c', receiverNumbers: ['910000000000'] }]);
    expect(truecaller.exits).toHaveLength(1);
  });

  it('is served on the portal as well, for a client of one baseURL, and takes no bearer token there either', async () => {
    const http = axios.create({ baseURL: truecaller.url });
    const { organisationId } = truecaller.credentials;
    const { orgToken: token } = truecaller.webhookCredentials;
    const on = (webhook: { token: string }) =>
      createTruecallerApi(http, { organisationId, webhook }).campaigns.trigger(ENTRY);
    await on({ token });
    await expect(on({ token: 'another' })).rejects.toMatchObject({ status: 401 });
    expect(truecaller.pushes).toHaveLength(1);
  });
});

describe('an event', () => {
  it('is posted to a listener, and its click under the same id', async () => {
    const { url, posts } = await webhookListener();
    const news = { referenceId: '910000000000', campaignId: 'c', displayUnit: 'cid' };
    const eventId = truecaller.postEvent(url, news);
    await truecaller.webhooksSettled();
    truecaller.postEvent(url, { ...news, eventId, clicked: true });
    await truecaller.webhooksSettled();
    expect(posts.map(({ body }) => parseTruecallerEvent(body))).toMatchObject([
      { eventId, clicked: false, campaignId: 'c', impressionTime: new Date(clock.now()) },
      { eventId, clicked: true, isInterested: true },
    ]);
    expect(truecaller.webhooks).toHaveLength(2);
  });
});
