import type { OpenWord } from '../../open-word.js';
import {
  asRecord,
  booleanOf,
  numberOf,
  textOf,
  textsIn,
  type WireRecord,
} from '../../wire-values.js';
import { parseExotelTime } from '../exotel-time.js';

/** The state of a call campaign. */
export type ExotelCampaignStatus =
  'Created' | 'InProgress' | 'Paused' | 'Completed' | 'Archived' | 'Failed' | 'Canceled';

/** How a call of a campaign ended. */
export type ExotelCampaignCallStatus = 'completed' | 'failed' | 'busy' | 'no-answer';

/** How many numbers are in each state. The docs show the first four. */
export type ExotelCampaignStats = Readonly<
  Partial<
    Record<
      OpenWord<
        | 'created'
        | 'completed'
        | 'failed'
        | 'pending'
        | 'in-progress'
        | 'retry'
        | 'retrying'
        | 'failed-dnd'
        | 'invalid'
        | 'paused'
        | 'failed-no-attempt'
      >,
      number
    >
  >
>;

/** A call campaign. */
export interface ExotelCallCampaign {
  campaignId: string;
  name: string | undefined;
  status: OpenWord<ExotelCampaignStatus> | undefined;
  callerId: string | undefined;
  campaignType: OpenWord<'static' | 'dynamic'> | undefined;
  flowUrl: string | undefined;
  text: string | undefined;
  from: readonly string[];
  lists: readonly string[];
  retries:
    | {
        count: number | undefined;
        intervalMinutes: number | undefined;
        mechanism: OpenWord<'Linear' | 'Exponential'> | undefined;
        on: readonly string[];
      }
    | undefined;
  schedule: { sendAt: Date | undefined; endAt: Date | undefined } | undefined;
  callDuplicateNumbers: boolean | undefined;
  stats: ExotelCampaignStats;
  customField: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  startedTime: Date | undefined;
  /** The campaign as it came, including fields not listed here. */
  raw: unknown;
}

/** A call of a campaign. */
export interface ExotelCampaignCall {
  callSid: string | undefined;
  number: string | undefined;
  /** From the list, if it has one. */
  name: string | undefined;
  callerId: string | undefined;
  status: OpenWord<ExotelCampaignCallStatus> | undefined;
  durationSeconds: number | undefined;
  /** The keys that were pressed. */
  digits: string | undefined;
  recordingUrl: string | undefined;
  direction: string | undefined;
  createdTime: Date | undefined;
  /** When it began to ring. */
  startTime: Date | undefined;
  endTime: Date | undefined;
}

/** Reads a campaign; `undefined` when it has no id. @see https://developer.exotel.com/docs/campaigns/api-reference/create-campaign */
export function parseCallCampaign(
  record: WireRecord,
  zonelessOffset: string,
): ExotelCallCampaign | undefined {
  const campaignId = textOf(record.id) ?? textOf(record.campaign_sid);
  if (campaignId === undefined) return undefined;
  const time = (value: unknown) => parseExotelTime(value, zonelessOffset);
  const [retries, schedule] = [asRecord(record.retries), asRecord(record.schedule)];
  return {
    campaignId,
    name: textOf(record.name),
    status: textOf(record.status),
    callerId: textOf(record.caller_id),
    campaignType: textOf(record.campaign_type),
    flowUrl: textOf(record.url),
    text: textOf(record.read_via_text),
    from: textsOf(record.from),
    lists: textsOf(record.lists),
    retries: retries && {
      count: numberOf(retries.number_of_retries),
      intervalMinutes: numberOf(retries.interval_mins),
      mechanism: textOf(retries.mechanism),
      on: textsOf(retries.on_status),
    },
    schedule: schedule && { sendAt: time(schedule.send_at), endAt: time(schedule.end_at) },
    callDuplicateNumbers: booleanOf(record.call_duplicate_numbers),
    stats: countsIn(record.stats),
    customField: textOf(record.custom_field),
    createdTime: time(record.date_created),
    updatedTime: time(record.date_updated),
    startedTime: time(record.date_started),
    raw: record,
  };
}

/** @see https://github.com/rahulkumar-exo/exotel-docs — docs/campaigns/api-reference/campaign-call-details.md */
export function parseCampaignCall(record: WireRecord, zonelessOffset: string): ExotelCampaignCall {
  const time = (value: unknown) => parseExotelTime(value, zonelessOffset);
  return {
    callSid: textOf(record.call_sid),
    number: textOf(record.number),
    name: textOf(record.name),
    callerId: textOf(record.caller_id),
    status: textOf(record.status),
    durationSeconds: numberOf(record.duration),
    // `digit` in the docs, `digits` in working code.
    digits: textOf(record.digit) ?? textOf(record.digits),
    recordingUrl: textOf(record.recording_url),
    direction: textOf(record.direction),
    createdTime: time(record.date_created),
    startTime: time(record.start_time),
    endTime: time(record.end_time),
  };
}

/** A list of strings, which the docs also show as comma-separated text. @internal */
export function textsOf(value: unknown): readonly string[] {
  return textsIn(typeof value === 'string' ? value.split(',') : value);
}

function countsIn(value: unknown): Record<string, number> {
  const counts = Object.entries(asRecord(value) ?? {}).flatMap(([key, text]) => {
    const count = numberOf(text);
    return count === undefined ? [] : [[key, count] as const];
  });
  return Object.fromEntries(counts);
}
