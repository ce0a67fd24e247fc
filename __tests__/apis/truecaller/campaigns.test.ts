import { describe, expect, it } from '@jest/globals';
import { hashReceiverNumber, type TruecallerEntry } from '../../../src/apis/truecaller/index.js';
import { answerNext, failureOf } from '../canned-answer.js';
import {
  anEntry,
  PORTAL,
  RECEIVED,
  truecallerApi,
  WEBHOOK_TOKEN,
  WEBHOOKS,
} from './truecaller-organisation.js';

const receiversIn = (body: unknown) =>
  (body as { campaigns: { receiver_number: string }[] }).campaigns.map(
    (entry) => entry.receiver_number,
  );

describe('bulkUpload', () => {
  it('sends entries with the bearer, as the table names them', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: RECEIVED });
    const receipt = await truecallerApi().campaigns.bulkUpload([
      anEntry({
        receiverNumber: '+91 98765 43210',
        contents: [
          { displayUnit: 'cid', title: 'Hello', subTitle: 'World', ttlDays: 7 },
          {
            displayUnit: 'mid',
            title: 'Hello',
            callToAction: 'Open',
            deeplink: 'app://orders/7',
            extra: { new_field: 1 },
          },
        ],
        extra: { reference_id: 'ref-1' },
      }),
    ]);
    expect(receipt).toEqual({ status: 200, message: RECEIVED.message, raw: RECEIVED });
    expect(sent).toMatchObject([
      {
        path: '/organisations/fake-org/campaigns/bulk-upload',
        headers: { authorization: 'Bearer fake-token', 'content-type': 'application/json' },
      },
    ]);
    expect(sent[0]?.headers).not.toHaveProperty('x-org-token');
    expect(sent[0]?.body).toEqual({
      campaigns: [
        {
          campaign_id: 'fake-campaign-1',
          receiver_number: '919876543210',
          reference_id: 'ref-1',
          contents: [
            { display_unit: 'cid', title: 'Hello', sub_title: 'World', ttl: '7' },
            {
              display_unit: 'mid',
              title: 'Hello',
              call_to_action: 'Open',
              deeplink: 'app://orders/7',
              new_field: 1,
            },
          ],
        },
      ],
    });
  });

  it('accepts any success, even one without a body', async () => {
    answerNext(PORTAL, 'POST', { status: 202, body: '' });
    expect(await truecallerApi().campaigns.bulkUpload([anEntry()])).toMatchObject({
      status: 202,
      message: undefined,
    });
  });

  it('hashes every receiver if the client says so, but none twice', async () => {
    const sent = answerNext(PORTAL, 'POST', { body: RECEIVED });
    const hash = 'efc187bdaca8e73ddffb1b4615e9652bb775721335bc97f47888dfebd9058444';
    const { campaigns } = truecallerApi({ hashReceivers: true, defaultCountry: 'IN' });
    const receivers = ['911234567891', '+91 1234567891', hash];
    await campaigns.bulkUpload(receivers.map((receiverNumber) => anEntry({ receiverNumber })));
    expect(receiversIn(sent[0]?.body)).toEqual(Array(3).fill(hash));
  });

  it.each<[string, Partial<Record<keyof TruecallerEntry, unknown>>]>([
    ['entries.1.campaignId', { campaignId: '' }],
    ['entries.1.campaignId', { campaignId: 'x'.repeat(501) }],
    ['entries.1.receiverNumber', { receiverNumber: '9876543210' }],
    ['entries.1.receiverNumber', { receiverNumber: '+1 202 555 0100' }],
    ['entries.1.contents', { contents: [] }],
    ['entries.1.contents', { contents: Array(6).fill({ displayUnit: 'cid' }) }],
    ['entries.1.contents', { contents: Array(2).fill({ displayUnit: 'cid' }) }],
    ['entries.1.contents.0.displayUnit', { contents: [{ displayUnit: 'popup' }] }],
    ['entries.1.contents.0.ttlDays', { contents: [{ displayUnit: 'cid', ttlDays: 366 }] }],
    ['entries.1.contents.0.ttlDays', { contents: [{ displayUnit: 'cid', ttlDays: '7' }] }],
    ['entries.1.contents.0.deeplink', { contents: [{ displayUnit: 'mid', deeplink: '/x' }] }],
    ['entries.1.contents.0.sub_title', { contents: [{ displayUnit: 'cid', sub_title: 'x' }] }],
  ])('sends nothing when %s is invalid', async (field, wrong) => {
    const entries = [anEntry(), { ...anEntry(), ...wrong } as TruecallerEntry];
    const error = await failureOf(truecallerApi().campaigns.bulkUpload(entries));
    expect(error).toMatchObject({
      code: 'ERR_API_INPUT',
      api: 'truecaller',
      operation: 'campaigns.bulkUpload',
      field,
    });
  });

  it.each([0, 501])('refuses %i entries', async (count) => {
    const entries = Array<TruecallerEntry>(count).fill(anEntry());
    await expect(truecallerApi().campaigns.bulkUpload(entries)).rejects.toMatchObject({
      field: 'entries',
    });
  });
});

describe('the template of an entry', () => {
  const send = (template: TruecallerEntry['template'], content: object) =>
    truecallerApi().campaigns.bulkUpload([
      anEntry({ template, contents: [content] as unknown as TruecallerEntry['contents'] }),
    ]);

  it.each([
    ['text', { displayUnit: 'cid', title: 'x' }, 'subTitle'],
    ['text-image-left', { displayUnit: 'acs-answered', title: 'x', subTitle: 'y' }, 'callToAction'],
    ['text', { displayUnit: 'mid', title: 'x', callToAction: 'z' }, 'deeplink'],
    ['text-image-right', { displayUnit: 'business-profile' }, 'title'],
    ['image-banner', { displayUnit: 'mid' }, 'deeplink'],
    ['image-banner', { displayUnit: 'business-profile' }, 'deeplink'],
  ] as const)('%s makes %j want its %#', async (template, content, missing) => {
    await expect(send(template, content)).rejects.toMatchObject({
      field: `entries.0.contents.0.${missing}`,
      message: expect.stringContaining(`is required at ${content.displayUnit}`),
    });
  });

  it.each([
    ['text', { displayUnit: 'mid', title: 'x', callToAction: 'y', deeplink: 'https://x.invalid' }],
    ['image-banner', { displayUnit: 'cid' }],
    ['text', { displayUnit: 'acs-missed-rejected' }],
    [undefined, { displayUnit: 'business-profile' }],
  ] as const)('%s is content with %j, and is not sent', async (template, content) => {
    const sent = answerNext(PORTAL, 'POST', { body: RECEIVED });
    await send(template, content);
    expect(JSON.stringify(sent[0]?.body)).not.toContain('template');
  });
});

describe('trigger', () => {
  it("sends the generator's payload as it is, with the two headers and no bearer", async () => {
    const sent = answerNext(WEBHOOKS, 'POST', { body: '' });
    const payload = {
      profile: { campaign_id: 'c', receiver_number: '910000000000' },
      content: { display_unit: 'cid' },
    };
    expect(await truecallerApi().campaigns.trigger({ payload })).toMatchObject({ status: 200 });
    expect(sent).toMatchObject([
      {
        path: '/v2/campaigns',
        headers: { 'x-org-id': 'fake-org', 'x-org-token': WEBHOOK_TOKEN },
        body: payload,
      },
    ]);
    expect(sent[0]?.headers).not.toHaveProperty('authorization');
  });

  it("sends an entry in the bulk upload's shape", async () => {
    const sent = answerNext(WEBHOOKS, 'POST', { body: '' });
    await truecallerApi().campaigns.trigger(anEntry());
    expect(sent[0]?.body).toEqual({
      campaign_id: 'fake-campaign-1',
      receiver_number: '910000000000',
      contents: [{ display_unit: 'cid', title: 'Hello', sub_title: 'World' }],
    });
  });

  it.each([
    ['payload.campaign_id', { payload: {} }],
    ['payload.campaign_id', { payload: 'text' as never }],
    ['payload.receiver_number', { payload: { campaign_id: 'c' } }],
    ['receiverNumber', anEntry({ receiverNumber: 'x' })],
    ['campaignId', {} as TruecallerEntry],
  ])('sends nothing without %s', async (field, input) => {
    await expect(truecallerApi().campaigns.trigger(input)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      operation: 'campaigns.trigger',
      field,
    });
  });
});

describe('exit', () => {
  it('sends the plural that the samples use', async () => {
    const sent = answerNext(WEBHOOKS, 'POST', { body: '' });
    await truecallerApi({
      webhook: () => Promise.resolve({ token: 'other', orgId: 'org-2' }),
    }).campaigns.exit([{ campaignId: 'c', receiverNumbers: ['+91 98765 43210', '910000000000'] }]);
    expect(sent).toMatchObject([
      {
        path: '/v2/campaigns/exit',
        headers: { 'x-org-id': 'org-2', 'x-org-token': 'other' },
        body: { data: [{ campaign_id: 'c', receiver_numbers: ['919876543210', '910000000000'] }] },
      },
    ]);
  });

  it('uses the form of the upload', async () => {
    const sent = answerNext(WEBHOOKS, 'POST', { body: '' });
    const { campaigns } = truecallerApi({ hashReceivers: true });
    await campaigns.exit([{ campaignId: 'c', receiverNumbers: ['911234567891'] }]);
    expect(sent[0]?.body.data[0].receiver_numbers).toEqual([
      await hashReceiverNumber('911234567891'),
    ]);
  });

  it.each([
    ['removals', []],
    ['removals', Array(11).fill({ campaignId: 'c', receiverNumbers: ['910000000000'] })],
    ['removals.0.receiverNumbers', [{ campaignId: 'c', receiverNumbers: [] }]],
    [
      'removals.0.receiverNumbers',
      [{ campaignId: 'c', receiverNumbers: Array(1001).fill('910000000000') }],
    ],
    [
      'removals.0.receiverNumbers.1',
      [{ campaignId: 'c', receiverNumbers: ['910000000000', '98'] }],
    ],
  ])('sends nothing when %s is invalid', async (field, removals) => {
    await expect(truecallerApi().campaigns.exit(removals)).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field,
    });
  });
});

describe('the credentials of the webhook host', () => {
  it.each([
    ['missing', undefined],
    ['returned empty', () => ({ token: '' })],
    ['returned as null', () => null as never],
  ])('are asked for by name when they are %s', async (_, webhook) => {
    await expect(truecallerApi({ webhook }).campaigns.trigger(anEntry())).rejects.toMatchObject({
      code: 'ERR_API_INPUT',
      field: 'options.webhook.token',
      message: expect.stringContaining('console'),
    });
  });
});

describe('options that cannot work are refused at once, and named:', () => {
  it.each([
    ['organisationId', { organisationId: '' }],
    ['hosts.portal', { hosts: { portal: 'portal.example' } }],
    ['defaultCountry', { defaultCountry: 'india' as 'IN' }],
    ['hashReceivers', { hashReceivers: 'yes' as unknown as boolean }],
    ['webhook', { webhook: 'a-token' as never }],
    ['webhook.token', { webhook: { token: '' } }],
  ])('%s', (field, wrong) => {
    expect(() => truecallerApi(wrong)).toThrow(
      expect.objectContaining({ code: 'ERR_API_INPUT', operation: 'createTruecallerApi', field }),
    );
  });
});
