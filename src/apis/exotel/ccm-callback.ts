import { ApiPayloadError } from '../api-payload-error.js';
import { readWebhookBody } from '../webhook-body.js';
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
  const fields = readWebhookBody(body);
  if (fields === undefined) throw nonsense('body', 'is neither JSON nor a form of at most 1 MB');
  const callSid = textOf(fields.call_sid);
  if (callSid === undefined) throw nonsense('call_sid', 'is missing');
  const event = textOf(fields.event_type);
  if (event === undefined) throw nonsense('event_type', 'is missing');
  return {
    callSid,
    event,
    state: textOf(fields.call_state),
    durationSeconds: numberOf(fields.duration),
    recordingUrl: textOf(fields.recording_url),
    raw: body,
  };
}

function nonsense(field: string, problem: string): ApiPayloadError {
  return new ApiPayloadError({ api: 'exotel', payload: 'CCM status callback', field, problem });
}
