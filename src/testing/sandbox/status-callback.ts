/*
 * The status callback of CCM and v3 calls.
 *
 * Documented: the body's fields, the events `answered` and `terminal`, that `recording_url` comes with `terminal` if the call was
 * recorded. https://github.com/rahulkumar-exo/exotel-docs, docs/contact-center/api-reference/call-details.md
 * Hypothesis: JSON; up to two retries, as Exotel's general page on webhooks says.
 */
import { asObject, asText } from './read-body.js';
import type { WebhookSender } from './webhook-sender.js';

/** What a caller wants to be notified of, and where. */
export interface StatusCallback {
  readonly event: string;
  readonly url: string;
}

/** Reads `status_callback` of a make-call body; anything else is left out. */
export function readStatusCallbacks(value: unknown): readonly StatusCallback[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { event, url } = asObject(item) ?? {};
    const [name, address] = [asText(event), asText(url)];
    return name === undefined || address === undefined || !address.startsWith('http:')
      ? []
      : [{ event: name, url: address }];
  });
}

/** The current facts about a call. */
export interface CallNews {
  readonly state: string;
  readonly durationSeconds: number;
  /** Sent at the end, if the call was recorded. */
  readonly recordingUrl: string;
}

/** Posts an event to the callbacks that requested it. */
export function ccmNews(
  webhooks: WebhookSender,
  call: {
    readonly sid: string;
    readonly recording: boolean;
    readonly statusCallbacks: readonly StatusCallback[];
  },
  event: 'answered' | 'terminal',
  { state, durationSeconds, recordingUrl }: CallNews,
): void {
  const body = JSON.stringify({
    call_sid: call.sid,
    event_type: event,
    call_state: state,
    duration: durationSeconds,
    ...(event === 'terminal' && call.recording ? { recording_url: recordingUrl } : {}),
  });
  for (const { event: wanted, url } of call.statusCallbacks) {
    if (wanted === event) webhooks.send(url, 'application/json', body);
  }
}
