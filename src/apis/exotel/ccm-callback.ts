import { requiredText, webhookFields } from '../webhook-body.js';
import { numberOf, textOf } from '../wire-values.js';
import type { ExotelCallState } from './call-details.js';
import type { OpenWord } from '../open-word.js';

/** An update on a CCM or v3 call, posted to the address of `statusCallbacks`. */
export interface ExotelCcmCallback {
  callSid: string;
  event: OpenWord<'answered' | 'terminal'>;
  state: ExotelCallState | undefined;
  durationSeconds: number | undefined;
  /** On `terminal`, if the call was recorded. */
  recordingUrl: string | undefined;
  raw: unknown;
}

const WEBHOOK = { api: 'exotel', payload: 'CCM status callback' } as const;

/**
 * Reads the status callback of a CCM call, from a parsed body, a form, or the raw text or bytes of JSON or of an
 * urlencoded form (its content type is not documented). Unknown fields stay in `raw`.
 *
 * Exotel signs nothing: take it as a hint, and check with `calls.get` where it matters.
 *
 * @throws ApiPayloadError if the body is not such a callback.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/call-details.md
 */
export function parseCcmCallback(body: unknown): ExotelCcmCallback {
  const fields = webhookFields(body, WEBHOOK);
  return {
    callSid: requiredText(fields, 'call_sid', WEBHOOK),
    event: requiredText(fields, 'event_type', WEBHOOK),
    state: textOf(fields.call_state),
    durationSeconds: numberOf(fields.duration),
    recordingUrl: textOf(fields.recording_url),
    raw: body,
  };
}
