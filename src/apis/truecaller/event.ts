import { ApiPayloadError } from '../api-payload-error.js';
import type { OpenWord } from '../open-word.js';
import { readWebhookBody } from '../webhook-body.js';
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
  const fields = readWebhookBody(body);
  if (fields === undefined) throw nonsense('body', 'is not a JSON object');
  const eventId = textOf(fields.event_id);
  if (eventId === undefined) throw nonsense('event_id', 'is missing');
  const impressionTime = eventTime(fields.impression_timestamp, 'impression_timestamp');
  const clickTime = eventTime(fields.click_timestamp, 'click_timestamp');
  if (impressionTime === undefined && clickTime === undefined) {
    throw nonsense('impression_timestamp', 'is missing');
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

function nonsense(field: string, problem: string): ApiPayloadError {
  return new ApiPayloadError({ api: 'truecaller', payload: 'event', field, problem });
}
