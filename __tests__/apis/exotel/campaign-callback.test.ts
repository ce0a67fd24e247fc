import { describe, expect, it } from '@jest/globals';
import { isApiPayloadError, parseCampaignCallback } from '../../../src/apis/exotel/index.js';
import { failureOf } from '../canned-answer.js';

const DATES = {
  date_created: '2030-01-02T09:05:00+05:30',
  date_updated: '2030-01-02T09:05:42+05:30',
};
const ATTEMPT = {
  campaign_sid: 'fakecamp1',
  call_sid: 'fakecall1',
  number: '+910000000001',
  status: 'completed',
  ...DATES,
};
const NUMBER = {
  campaign_sid: 'fakecamp1',
  to: '+910000000001',
  from: '0XXXXXXXXX3',
  call_sids: ['fakecall1', 'fakecall2'],
  status: 'failed',
  ...DATES,
};
const CAMPAIGN = {
  campaign_sid: 'fakecamp1',
  status: 'Completed',
  report_url: 'https://example.invalid/report.csv',
  ...DATES,
};

describe('the webhooks of a campaign', () => {
  it.each([
    [
      'an attempt',
      ATTEMPT,
      {
        kind: 'call-status',
        callSid: 'fakecall1',
        number: '+910000000001',
        status: 'completed',
        deduplicationKey: 'fakecamp1:call:fakecall1',
      },
    ],
    [
      'a number after its last attempt',
      NUMBER,
      {
        kind: 'call-schedule',
        callSids: ['fakecall1', 'fakecall2'],
        to: '+910000000001',
        from: '0XXXXXXXXX3',
        status: 'failed',
        deduplicationKey: 'fakecamp1:number:+910000000001',
      },
    ],
    [
      'a campaign that is over',
      CAMPAIGN,
      {
        kind: 'campaign-status',
        status: 'Completed',
        reportUrl: 'https://example.invalid/report.csv',
        deduplicationKey: 'fakecamp1:campaign:Completed',
      },
    ],
  ])('tell of %s', (_, body, parsed) => {
    expect(parseCampaignCallback(body)).toEqual({
      campaignId: 'fakecamp1',
      createdTime: new Date('2030-01-02T09:05:00+05:30'),
      updatedTime: new Date('2030-01-02T09:05:42+05:30'),
      raw: body,
      ...parsed,
    });
  });

  it.each([
    ['body', 'hello'],
    ['campaign_sid', { campaign_sid: {} }],
    ['status', { campaign_sid: 'fakecamp1' }],
  ])('are refused with the name of what is wrong: %s', async (field, body) => {
    const error = await failureOf(Promise.resolve().then(() => parseCampaignCallback(body)));
    expect(isApiPayloadError(error)).toBe(true);
    expect(error).toMatchObject({ payload: 'campaign callback', field });
  });
});
