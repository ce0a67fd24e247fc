import type { OpenWord } from '../open-word.js';
import { requiredText, webhookFields } from '../webhook-body.js';
import { asRecord, booleanOf, textOf, type WireRecord } from '../wire-values.js';
import { eventTime } from './event-time.js';

/** A response, from the Truecaller app, by someone you called. */
export interface TruecallerCallEvent {
  /** The same for every delivery of the event. */
  eventId: string;
  /** `cmb` is Call Me Back. The type and the fields of User Feedback are not documented: see `raw`. */
  eventType: OpenWord<'cmb'>;
  clientAccountId: string | undefined;
  createdTime: Date | undefined;
  /** What a Call Me Back says. Accounts of the old console get other fields, which stay in `raw`. */
  callMeBack: TruecallerCallMeBack | undefined;
  raw: unknown;
}

/** Whether someone who missed or rejected your call wants to be called back. */
export interface TruecallerCallMeBack {
  /** Your number. */
  businessNumber: string | undefined;
  /** Whom to call. Personal data; `undefined` if the telephone did not report it. */
  clientNumber: string | undefined;
  /** Another number to call, if they gave one. Personal data. */
  alternateNumber: string | undefined;
  /** `false`: they do not want to be called. */
  isInterested: boolean | undefined;
  requestedTime: Date | undefined;
  /** The day that they chose, as `2030-01-02`. */
  requestedDate: string | undefined;
  /** The label of the slot that they chose. */
  requestedSlot: string | undefined;
  preferredFromTime: Date | undefined;
  preferredToTime: Date | undefined;
  featureSet: string | undefined;
  configName: string | undefined;
}

const WEBHOOK = { api: 'truecaller', payload: 'call event' } as const;

/**
 * Reads an event of Verified Business that Truecaller posted to your webhook: a parsed body, or the raw text or bytes of its JSON.
 *
 * As with {@link parseTruecallerEvent}, nothing is signed, and events may come twice. Answer 2xx with a JSON body within two seconds.
 *
 * @throws ApiPayloadError if the body is not such an event.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/webhooks/event-types
 */
export function parseTruecallerCallEvent(body: unknown): TruecallerCallEvent {
  const fields = webhookFields(body, WEBHOOK);
  const payload = asRecord(fields.cmb_payload);
  return {
    eventId: requiredText(fields, 'event_id', WEBHOOK),
    eventType: requiredText(fields, 'event_type', WEBHOOK),
    clientAccountId: textOf(fields.client_account_id),
    createdTime: eventTime(fields.created_at, 'created_at', WEBHOOK),
    callMeBack: payload && readCallMeBack(payload),
    raw: body,
  };
}

function readCallMeBack(payload: WireRecord): TruecallerCallMeBack {
  const text = (field: string) => {
    const value = textOf(payload[field]);
    return value === 'NA' || value === 'Phone number not available' ? undefined : value;
  };
  const time = (field: string) => eventTime(text(field), `cmb_payload.${field}`, WEBHOOK);
  return {
    businessNumber: text('business_number'),
    clientNumber: text('client_number'),
    alternateNumber: text('alternate_number'),
    isInterested: booleanOf(payload.is_interested),
    requestedTime: time('requested_at'),
    requestedDate: text('requested_date'),
    requestedSlot: text('requested_slot'),
    preferredFromTime: time('preferred_from_time'),
    preferredToTime: time('preferred_to_time'),
    featureSet: text('feature_set'),
    configName: text('cmb_config_name'),
  };
}
