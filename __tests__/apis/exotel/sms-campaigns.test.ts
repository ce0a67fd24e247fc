import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { ExotelCreateSmsCampaignInput } from '../../../src/apis/exotel/index.js';
import { allOf, answerNext, failureOf } from '../canned-answer.js';
import { json, serve } from '../../setup/loopback-server.js';
import { AN_SMS_CAMPAIGN, exotelApi, VOICE } from './exotel-account.js';

const PATH = '/v2/accounts/acme/message-campaigns';
const WIRE = {
  sid: 'fakesms1',
  name: 'test_campaign',
  status: 'scheduled',
  date_created: '2030-01-01T10:00:00+05:30',
};
const around = (...records: unknown[]) => ({
  body: { request_id: 'rq-1', response: records.map((data) => ({ status: 'success', data })) },
});
const HOUR_MS = 3_600_000;

describe('an SMS campaign', () => {
  const shared = {
    channel: 'SMS',
    content_type: 'static',
    lists: ['l-1'],
    dlt_entity_id: 12,
    template: 'Hello',
  };

  it.each([
    [
      'message',
      {
        ...shared,
        template_id: 34,
        from: 'EXOTEL',
        message_type: 'Transactional',
        message_status_callback: 'https://hooks.example.invalid/m',
      },
    ],
    [
      'sms',
      {
        ...shared,
        dlt_template_id: 34,
        sender_id: 'EXOTEL',
        sms_type: 'Transactional',
        sms_status_callback: 'https://hooks.example.invalid/m',
      },
    ],
  ] as const)('is created with the fields of the generation %s', async (generation, body) => {
    const sent = answerNext(VOICE, 'POST', around(WIRE));
    const api = exotelApi({ wire: { smsCampaignFields: generation } });
    const messageStatusCallback = 'https://hooks.example.invalid/m';
    const campaign = await api.smsCampaigns.create({ ...AN_SMS_CAMPAIGN, messageStatusCallback });
    expect(campaign).toMatchObject({
      campaignId: 'fakesms1',
      status: 'scheduled',
      createdTime: new Date('2030-01-01T10:00:00+05:30'),
    });
    expect(sent).toMatchObject([{ path: PATH }]);
    expect(sent[0]?.body).toEqual(body);
  });

  it('is created with ids of 19 digits, each of them as it is', async () => {
    const bodies: string[] = [];
    const host = await serve((request, response) => {
      void buffer(request).then((body) => {
        bodies.push(`${request.headers['content-type']} ${String(body)}`);
        json(response, 200, { response: [{ data: WIRE }] });
      });
    });
    await exotelApi({ hosts: { voice: host } }).smsCampaigns.create({
      ...AN_SMS_CAMPAIGN,
      dltEntityId: '1001433200000021508',
      dltTemplateId: '1007162460765661738',
    });
    expect(bodies[0]).toMatch(/^application\/json/);
    expect(bodies[0]).toContain('"dlt_entity_id":1001433200000021508,');
    expect(bodies[0]).toContain('"template_id":1007162460765661738,');
  });

  it('is scheduled at India’s offset', async () => {
    const sent = answerNext(VOICE, 'POST', around(WIRE));
    const schedule = {
      startAt: new Date('2090-01-02T03:30:00Z'),
      endAt: new Date('2090-01-02T05:30:00Z'),
    };
    await exotelApi().smsCampaigns.create({ ...AN_SMS_CAMPAIGN, schedule });
    expect(sent[0]?.body.schedule).toEqual({
      start_time: '2090-01-02T09:00:00+05:30',
      end_time: '2090-01-02T11:00:00+05:30',
    });
  });

  it.each([
    ['lists', { lists: [] }],
    ['dltEntityId', { dltEntityId: 2 ** 60 }],
    ['dltTemplateId', { dltTemplateId: '12x' }],
    ['lists', { contentType: 'dynamic', lists: ['1', '2'] }],
    ['template', { template: 'x'.repeat(2001) }],
    ['messageType', { messageType: 'promo' }],
    ['schedule.startAt', { schedule: { startAt: new Date(), endAt: new Date('2090-01-01') } }],
    [
      'schedule.endAt',
      {
        schedule: {
          startAt: new Date(Date.now() + HOUR_MS),
          endAt: new Date(Date.now() + 2 * HOUR_MS),
        },
      },
    ],
  ])('is not created when %s cannot be right', async (field, wrong) => {
    const input = { ...AN_SMS_CAMPAIGN, ...wrong } as ExotelCreateSmsCampaignInput;
    expect(await failureOf(exotelApi().smsCampaigns.create(input))).toMatchObject({ field });
  });

  it('is read with its counts and its report', async () => {
    const counts = { scheduled: 5, submitted: 4, sent: 3, failed: 1, invalid: 0 };
    const report_url = 'https://example.invalid/report.csv';
    answerNext(VOICE, 'GET', around({ ...WIRE, ...counts, report_url }));
    expect(await exotelApi().smsCampaigns.get('fakesms1')).toMatchObject({
      ...counts,
      reportUrl: report_url,
    });
  });

  it('is controlled by a bare action', async () => {
    const sent = answerNext(VOICE, 'PUT', around({ sid: 'fakesms1', status: 'paused' }));
    await exotelApi().smsCampaigns.pause('fakesms1');
    expect(sent).toMatchObject([{ path: `${PATH}/fakesms1`, body: { action: 'pause' } }]);
  });

  it('is listed by channel', async () => {
    const sent = answerNext(VOICE, 'GET', around(WIRE));
    const page = await exotelApi().smsCampaigns.list({ status: 'completed', limit: 50 });
    expect(page.items).toMatchObject([{ campaignId: 'fakesms1' }]);
    expect(sent[0]?.path).toBe(`${PATH}?channel=sms&limit=50&status=completed`);
  });

  it('has messages', async () => {
    const message = {
      sid: 'fakemessage1',
      number: '+910000000001',
      name: 'A B',
      message: 'Hello',
      status: 'failed_dnd',
      detailed_status: 'DND',
      schedule_time: '2030-01-02T09:00:00+05:30',
      sender_id: 'EXOTEL',
      direction: 'outbound-api',
    };
    const sent = answerNext(VOICE, 'GET', {
      body: { metadata: { total: 1 }, response: [message] },
    });
    const { smsCampaigns } = exotelApi();
    expect(
      await allOf(smsCampaigns.iterateMessages('fakesms1', { number: '+910000000001' })),
    ).toEqual([
      {
        messageSid: 'fakemessage1',
        number: '+910000000001',
        name: 'A B',
        message: 'Hello',
        status: 'failed_dnd',
        detailedStatus: 'DND',
        senderId: 'EXOTEL',
        direction: 'outbound-api',
        scheduledTime: new Date('2030-01-02T09:00:00+05:30'),
      },
    ]);
    expect(sent[0]?.path).toBe(
      `${PATH}/fakesms1/message-details?channel=sms&offset=0&number=%2B910000000001`,
    );
  });
});
