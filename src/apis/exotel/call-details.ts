import { asList, asRecord, numberOf, textOf, textsIn, type WireRecord } from '../wire-values.js';
import {
  parseAgent,
  parseCustomer,
  type ExotelAgentParty,
  type ExotelCustomerParty,
} from './call-parties.js';
import { INDIA_OFFSET, parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';
import type { ExotelWaitState } from './wait-for-call.js';

/** Whether the call is still active. `terminal` is the last state. */
export type ExotelCallState = OpenWord<'active' | 'terminal'>;

/**
 * How a call ended. The pages list different words; both spellings of `cancelled` are read as one.
 *
 * `agent_*` and `customer_*` come from CCM, `from_leg_*` and `to_leg_*` from v3.
 */
export type ExotelCallOutcome = OpenWord<
  | 'completed'
  | 'failed'
  | 'agent_unanswered'
  | 'agent_cancelled'
  | 'agent_no_dial'
  | 'customer_unanswered'
  | 'customer_no_dial'
  | 'from_leg_unanswered'
  | 'from_leg_cancelled'
  | 'from_leg_no_dial'
  | 'to_leg_unanswered'
  | 'to_leg_no_dial'
>;

/** A call of CCM or v3, from any documented shape. A field that the shape lacks is `undefined`. */
export interface ExotelCallDetails {
  callSid: string;
  state: ExotelCallState | undefined;
  /** How it ended; `undefined` while it is active. */
  outcome: ExotelCallOutcome | undefined;
  direction: 'inbound' | 'outbound' | undefined;
  /** The direction's exact word: `outbound-api`, `outbound-dial`, … */
  directionDetail: string | undefined;
  from: string | undefined;
  to: string | undefined;
  agent: ExotelAgentParty | undefined;
  customer: ExotelCustomerParty | undefined;
  virtualNumber: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  startTime: Date | undefined;
  /** `undefined` while the call is active, even if the API sends 1970. */
  endTime: Date | undefined;
  durationSeconds: number | undefined;
  talkSeconds: number | undefined;
  recordingUrls: readonly string[];
  customField: string | undefined;
  /** The relative URL of the legs. */
  legsUrl: string | undefined;
  appId: string | undefined;
  appName: string | undefined;
  /** The keys that were pressed, hyphen-separated. */
  digits: string | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Reads call details from both documented CCM shapes and from v3's. `undefined` if it has no call sid.
 *
 * @see https://developer.exotel.com/docs/voice-api/api-reference/call-details
 * @see https://developer.exotel.com/api/call-details-beta
 */
export function parseCallDetails(
  body: unknown,
  zonelessOffset = INDIA_OFFSET,
): ExotelCallDetails | undefined {
  const outer = asRecord(body);
  const call = callIn(outer);
  const callSid = textOf(call?.sid) ?? textOf(call?.call_sid);
  if (call === undefined || callSid === undefined) return undefined;
  const directionDetail = textOf(call.direction);
  return {
    callSid,
    state: textOf(call.state) ?? textOf(call.call_state),
    outcome: toOutcome(call.call_status ?? call.status),
    direction: toDirection(directionDetail),
    directionDetail,
    from: textOf(call.from),
    to: textOf(call.to),
    agent: parseAgent(call),
    customer: parseCustomer(call),
    virtualNumber: textOf(call.virtual_number),
    ...parseTimes(call, zonelessOffset),
    durationSeconds: numberOf(call.total_duration) ?? numberOf(call.duration),
    talkSeconds: numberOf(call.total_talk_time) ?? numberOf(call.talk_time),
    recordingUrls: toRecordingUrls(call),
    customField: textOf(call.custom_field),
    legsUrl: textOf(call.legs),
    appId: textOf(call.app_id),
    appName: textOf(call.app_name),
    digits: textOf(call.digits),
    requestId: textOf(outer?.request_id),
    raw: body,
  };
}

/** CCM and v3 report no price, so a call has settled once its duration is known. @internal */
export function stateOfCall({
  state,
  outcome,
  durationSeconds,
}: ExotelCallDetails): ExotelWaitState {
  if (state !== 'terminal' && (state !== undefined || outcome === undefined)) return 'running';
  return durationSeconds === undefined ? 'ended' : 'settled';
}

function callIn(outer: WireRecord | undefined): WireRecord | undefined {
  const response = asRecord(outer?.response);
  // The last two are for list items, whose shape is not documented.
  return (
    asRecord(response?.call_details) ??
    asRecord(outer?.call_details) ??
    [response?.data, response, outer?.data, outer]
      .map(asRecord)
      .find((place) => place?.sid !== undefined || place?.call_sid !== undefined)
  );
}

function parseTimes(call: WireRecord, zonelessOffset: string) {
  return {
    createdTime: parseExotelTime(call.created_time, zonelessOffset),
    updatedTime: parseExotelTime(call.updated_time, zonelessOffset),
    startTime: parseExotelTime(call.start_time, zonelessOffset),
    endTime: parseExotelTime(call.end_time, zonelessOffset),
  };
}

/** `canceled` on the Voice v2 page, `cancelled` on the contact-centre page. */
export function toOutcome(value: unknown): ExotelCallOutcome | undefined {
  return textOf(value)?.replace(/canceled$/, 'cancelled');
}

function toDirection(word: string | undefined): 'inbound' | 'outbound' | undefined {
  if (word === undefined) return undefined;
  if (word.startsWith('outbound')) return 'outbound';
  return word === 'inbound' ? 'inbound' : undefined;
}

/** An object on v2, an array on v3, a plain string on the contact-centre page. */
function toRecordingUrls(call: WireRecord): readonly string[] {
  const urls = [
    asRecord(call.recording)?.url,
    call.recording_url,
    ...asList(call.recordings).map((recording) => asRecord(recording)?.url),
  ];
  return textsIn(urls);
}
