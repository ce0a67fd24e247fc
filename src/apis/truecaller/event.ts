import type { OpenWord } from '../open-word.js';
import { missing, requiredText, webhookFields } from '../webhook-body.js';
import { booleanOf, textOf } from '../wire-values.js';
import type { TruecallerDisplayUnit } from './content.js';
import { eventTime } from './event-time.js';

/** Someone saw a campaign, or tapped on it. */
export interface TruecallerEvent {
  /** Groups one person's actions: an impression and its later click share it. */
  eventId: string;
  /** The receiver's number, its SHA-256, or the `reference_id` that you sent. Personal data. */
  referenceId: string | undefined;
  organisationId: string | undefined;
  campaignId: string | undefined;
  displayUnit: OpenWord<TruecallerDisplayUnit> | undefined;
  impressionTime: Date | undefined;
  /** Only if there was a click. */
  clickTime: Date | undefined;
  clicked: boolean;
  isInterested: boolean | undefined;
  businessNumber: string | undefined;
  /** The same for every delivery of the same event. We assume that an event id comes once with and once without a click. */
  deduplicationKey: string;
  raw: unknown;
}

const WEBHOOK = { api: 'truecaller', payload: 'event' } as const;

/**
 * Reads an event that Truecaller posted to your webhook: a parsed body, or the raw text or bytes of its JSON. Both
 * spellings of the organisation (`org_id`, `organisation_id`) are read; unknown fields stay in `raw`.
 *
 * Nothing is signed. The docs suggest putting your own secret into the query of your URL: compare it in constant
 * time, and keep it out of logs. Answer 2xx within two seconds; events may come twice.
 *
 * @throws ApiPayloadError if the body is not such an event.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-events/event-types
 */
export function parseTruecallerEvent(body: unknown): TruecallerEvent {
  const fields = webhookFields(body, WEBHOOK);
  const eventId = requiredText(fields, 'event_id', WEBHOOK);
  const time = (field: string) => eventTime(fields[field], field, WEBHOOK);
  const [impressionTime, clickTime] = [time('impression_timestamp'), time('click_timestamp')];
  if (impressionTime === undefined && clickTime === undefined) {
    throw missing('impression_timestamp', WEBHOOK);
  }
  const clicked = clickTime !== undefined;
  return {
    eventId,
    referenceId: textOf(fields.reference_id),
    organisationId: textOf(fields.organisation_id) ?? textOf(fields.org_id),
    campaignId: textOf(fields.campaign_id),
    displayUnit: textOf(fields.display_unit),
    impressionTime,
    clickTime,
    clicked,
    isInterested: booleanOf(fields.is_interested),
    businessNumber: textOf(fields.business_number),
    deduplicationKey: `${eventId}:${clicked ? 'click' : 'impression'}`,
    raw: body,
  };
}
