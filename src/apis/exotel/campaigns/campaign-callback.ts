import type { OpenWord } from '../../open-word.js';
import { missing, requiredText, webhookFields } from '../../webhook-body.js';
import { textOf } from '../../wire-values.js';
import { parseExotelTime } from '../exotel-time.js';
import { textsOf, type ExotelCampaignCallStatus } from './campaign-records.js';

/** What the three webhooks have in common. */
export interface ExotelCampaignNews {
  campaignId: string;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  /** The same for every delivery of the same event; Exotel sends no id. */
  deduplicationKey: string;
  raw: unknown;
}

/**
 * An update on a campaign: on one attempt (`callStatusCallback`), on one number after its last attempt (`callScheduleCallback`), or
 * on the whole campaign when it is over (`statusCallback`).
 */
export type ExotelCampaignCallback = ExotelCampaignNews &
  (
    | {
        kind: 'call-status';
        callSid: string;
        number: string | undefined;
        status: OpenWord<ExotelCampaignCallStatus> | undefined;
      }
    | {
        kind: 'call-schedule';
        callSids: readonly string[];
        to: string | undefined;
        /** The ExoPhone. */
        from: string | undefined;
        status: OpenWord<ExotelCampaignCallStatus> | undefined;
      }
    | {
        kind: 'campaign-status';
        status: OpenWord<'Completed' | 'Failed' | 'Canceled'> | undefined;
        /** A CSV file. How long it is kept, and whether it is protected, is not documented. */
        reportUrl: string | undefined;
      }
  );

const WEBHOOK = { api: 'exotel', payload: 'campaign callback' } as const;

/**
 * Reads any of the three webhooks of a call campaign: a parsed body, a form, or raw text or bytes. They carry no type;
 * `call_sid`, `call_sids` or neither tells which it is, so one address can take all three.
 *
 * Exotel signs nothing: take it as a hint, and check with `campaigns.get` where it matters. Answer 200.
 *
 * @throws ApiPayloadError if the body is not such a webhook.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/campaigns/api-reference/webhooks.md
 */
export function parseCampaignCallback(body: unknown): ExotelCampaignCallback {
  const fields = webhookFields(body, WEBHOOK);
  const campaignId = requiredText(fields, 'campaign_sid', WEBHOOK);
  const news = {
    campaignId,
    createdTime: parseExotelTime(fields.date_created),
    updatedTime: parseExotelTime(fields.date_updated),
    raw: body,
  };
  const status = textOf(fields.status);
  const callSid = textOf(fields.call_sid);
  if (callSid !== undefined) {
    const deduplicationKey = `${campaignId}:call:${callSid}`;
    const number = textOf(fields.number);
    return { ...news, kind: 'call-status', callSid, number, status, deduplicationKey };
  }
  if (fields.call_sids !== undefined) {
    const [to, from] = [textOf(fields.to), textOf(fields.from)];
    const callSids = textsOf(fields.call_sids);
    const deduplicationKey = `${campaignId}:number:${to ?? callSids[0] ?? ''}`;
    return { ...news, kind: 'call-schedule', callSids, to, from, status, deduplicationKey };
  }
  if (status === undefined) throw missing('status', WEBHOOK);
  const reportUrl = textOf(fields.report_url);
  const deduplicationKey = `${campaignId}:campaign:${status}`;
  return { ...news, kind: 'campaign-status', status, reportUrl, deduplicationKey };
}
