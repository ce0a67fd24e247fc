/*
 * Truecaller's clickstream webhook: what people do with a campaign, posted to your URL.
 *
 * https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-events/event-types
 *
 * Documented: the fields, times as epoch seconds in strings, one event per POST.
 * Hypothesis: the header `application/json`; a click under the id of its impression; up to two retries.
 */
import type { ProviderSetup } from './provider.js';
import { createWebhookSender, type SentWebhook } from './webhook-sender.js';

/** What a person did. */
export interface TruecallerNews {
  readonly referenceId: string;
  readonly campaignId: string;
  /** @defaultValue `'business-profile'` */
  readonly displayUnit?: string;
  /** Whether they tapped on it. */
  readonly clicked?: boolean;
  /** The id of an earlier event, for its click or its second delivery. @defaultValue a new one */
  readonly eventId?: string;
}

/** Verbs about events. */
export interface TruecallerEvents {
  /** Posts an event to a URL, and returns its id. */
  postEvent(url: string, news: TruecallerNews): string;
  /** The events that were posted, oldest first. */
  readonly webhooks: readonly SentWebhook[];
  /** Resolves when no event is still being sent. */
  webhooksSettled(): Promise<void>;
}

/** Creates the sender of events. */
export function createTruecallerEvents(
  { now }: ProviderSetup,
  organisationId: string,
): { readonly verbs: TruecallerEvents; reset(): void; close(): Promise<void> } {
  const sender = createWebhookSender();
  let made = 0;

  function postEvent(url: string, news: TruecallerNews): string {
    made += 1;
    const eventId = news.eventId ?? `sandbox-event-${made}`;
    const at = String(Math.floor(now() / 1000));
    const body = {
      event_id: eventId,
      reference_id: news.referenceId,
      // The later copies of the page say `organisation_id`.
      org_id: organisationId,
      campaign_id: news.campaignId,
      display_unit: news.displayUnit ?? 'business-profile',
      impression_timestamp: at,
      ...(news.clicked === true ? { click_timestamp: at, is_interested: true } : {}),
      business_number: '910000000001',
    };
    sender.send(url, 'application/json', JSON.stringify(body));
    return eventId;
  }

  return {
    verbs: { postEvent, webhooks: sender.sent, webhooksSettled: () => sender.settled() },
    reset() {
      made = 0;
      sender.reset();
    },
    close: () => sender.close(),
  };
}
