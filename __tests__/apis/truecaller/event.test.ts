import { describe, expect, it } from '@jest/globals';
import { parseTruecallerEvent } from '../../../src/apis/truecaller/index.js';

const EVENT = {
  event_id: 'fake-event-1',
  reference_id: '910000000000',
  org_id: 'fake-org-1',
  campaign_id: 'fake-campaign-1',
  display_unit: 'business-profile',
  impression_timestamp: '1893556800',
  click_timestamp: '1893556860',
  is_interested: true,
  business_number: '910000000001',
};
const { org_id, ...rest } = EVENT;

it.each([
  { copy: 'the earlier copy', body: EVENT },
  { copy: 'the later copy', body: { ...rest, organisation_id: org_id } },
  { copy: 'JSON text', body: JSON.stringify(EVENT) },
  {
    copy: 'numbers',
    body: { ...EVENT, impression_timestamp: 1893556800, click_timestamp: 1893556860 },
  },
  {
    copy: 'ISO times',
    body: {
      ...EVENT,
      impression_timestamp: '2030-01-02T04:00:00.000Z',
      click_timestamp: '2030-01-02T04:01:00.000Z',
    },
  },
])('reads the same event from $copy', ({ body }) => {
  expect(parseTruecallerEvent(body)).toEqual({
    eventId: 'fake-event-1',
    referenceId: '910000000000',
    organisationId: 'fake-org-1',
    campaignId: 'fake-campaign-1',
    displayUnit: 'business-profile',
    impressionTime: new Date('2030-01-02T04:00:00Z'),
    clickTime: new Date('2030-01-02T04:01:00Z'),
    clicked: true,
    isInterested: true,
    businessNumber: '910000000001',
    deduplicationKey: 'fake-event-1:click',
    raw: body,
  });
});

it('distinguishes an impression from its later click, which has the same id', () => {
  const impression = { ...EVENT, click_timestamp: undefined, is_interested: undefined };
  expect(parseTruecallerEvent(impression)).toMatchObject({
    clicked: false,
    clickTime: undefined,
    isInterested: undefined,
    deduplicationKey: 'fake-event-1:impression',
  });
});

describe('an invalid body is refused with the name of the field:', () => {
  it.each([
    ['body', 'hello'],
    ['body', [EVENT]],
    ['event_id', {}],
    ['impression_timestamp', { event_id: 'e' }],
    ['impression_timestamp', { event_id: 'e', impression_timestamp: 'soon' }],
    ['click_timestamp', { ...EVENT, click_timestamp: '1893556860000' }],
  ])('%s', (field, body) => {
    expect(() => parseTruecallerEvent(body)).toThrow(
      expect.objectContaining({ code: 'ERR_API_PAYLOAD', api: 'truecaller', field }),
    );
  });
});
