import { ApiPayloadError } from '../api-payload-error.js';
import type { OpenWord } from '../open-word.js';
import { readWebhookBody } from '../webhook-body.js';
import { booleanOf, numberOf, textOf } from '../wire-values.js';
import type { TruecallerDisplayUnit } from './content.js';

/** Somebody saw a campaign, or tapped on it. */
export interface TruecallerEvent {
  /** Groups what one person did: an impression and its later click share it. */
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
  /** The same for every delivery of the same news. That an event id comes once with and once without a click is our inference. */
  deduplicationKey: string;
  raw: unknown;
}

/**
 * Reads an event that Truecaller posted to your webhook: a parsed body, or the raw text or bytes of its JSON. Both
 * spellings of the organisation (`org_id`, `organisation_id`) are read; unknown fields stay in `raw`.
 *
 * Nothing is signed. The documents suggest a secret of your own in the query of your URL: compare it in constant
 * time, and keep it out of logs. Answer 2xx within two seconds; events may come twice.
 *
 * @throws ApiPayloadError when it is no such event.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-events/event-types
 */
export function parseTruecallerEvent(body: unknown): TruecallerEvent {
  const fields = readWebhookBody(body);
  if (fields === undefined) throw nonsense('body', 'is no JSON object');
  const eventId = textOf(fields.event_id);
  if (eventId === undefined) throw nonsense('event_id', 'is missing');
  const impressionTime = instantOf('impression_timestamp', fields.impression_timestamp);
  const clickTime = instantOf('click_timestamp', fields.click_timestamp);
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

/** The table says "Timestamp", the sample has epoch seconds in a string; ISO 8601 is how the token call writes time. */
function instantOf(field: string, value: unknown): Date | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const seconds = numberOf(text);
  const at = seconds === undefined ? Date.parse(text) : seconds * 1000;
  if (Number.isNaN(at) || Math.abs(at) > LATEST_MS) throw nonsense(field, 'is no timestamp');
  return new Date(at);
}

/** Year 5138. Above it the number was not in seconds, and guessing would put a wrong date into somebody's report. */
const LATEST_MS = 1e14;

function nonsense(field: string, problem: string): ApiPayloadError {
  return new ApiPayloadError({ api: 'truecaller', payload: 'event', field, problem });
}
