/*
 * Truecaller's Call Me Back webhook: a person who missed a call asks to be called back.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/webhooks/event-types
 *
 * Documented: the fields, times as epoch seconds in strings, one event per POST.
 * Hypothesis: up to two immediate retries, while the page has seven in two days.
 */
import type { ProviderSetup } from './provider.js';
import { createWebhookSender, type SentWebhook } from './webhook-sender.js';

/** Who wants to be called back, or does not. */
export interface TruecallerCallMeBackNews {
  readonly businessNumber: string;
  /** The number to call back. @defaultValue `'Phone number not available'`, as the page has it */
  readonly clientNumber?: string;
  /** @defaultValue true */
  readonly interested?: boolean;
  /** The id of an earlier event, for its second delivery. @defaultValue a new one */
  readonly eventId?: string;
}

/** Verbs about Call Me Back. */
export interface TruecallerCallMeBacks {
  /** Posts an event to a URL, and returns its id. */
  postCallMeBack(url: string, news: TruecallerCallMeBackNews): string;
  /** The events that were posted, oldest first. */
  readonly webhooks: readonly SentWebhook[];
  /** Resolves when no event is still being sent. */
  webhooksSettled(): Promise<void>;
}

/** Creates the sender of events. */
export function createCallMeBacks(
  { now }: ProviderSetup,
  clientAccountId: string,
): { readonly verbs: TruecallerCallMeBacks; reset(): void; close(): Promise<void> } {
  const sender = createWebhookSender();
  let made = 0;

  function postCallMeBack(url: string, news: TruecallerCallMeBackNews): string {
    made += 1;
    const eventId = news.eventId ?? `sandbox-call-me-back-${made}`;
    const seconds = (later = 0) => String(Math.floor(now() / 1000) + later);
    const body = {
      event_id: eventId,
      client_account_id: clientAccountId,
      event_type: 'cmb',
      created_at: seconds(),
      cmb_payload: {
        business_number: news.businessNumber,
        feature_set: 'Sandbox',
        client_number: news.clientNumber ?? 'Phone number not available',
        requested_at: seconds(),
        requested_date: new Date(now()).toISOString().slice(0, 10),
        requested_slot: 'Today',
        preferred_from_time: seconds(3_600),
        preferred_to_time: seconds(7_200),
        is_interested: news.interested ?? true,
        alternate_number: '',
        cmb_config_name: 'Sandbox',
      },
    };
    sender.send(url, 'application/json', JSON.stringify(body));
    return eventId;
  }

  return {
    verbs: { postCallMeBack, webhooks: sender.sent, webhooksSettled: () => sender.settled() },
    reset() {
      made = 0;
      sender.reset();
    },
    close: () => sender.close(),
  };
}
