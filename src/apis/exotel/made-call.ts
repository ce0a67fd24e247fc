import { asList, asRecord, booleanOf, textOf, type WireRecord } from '../wire-values.js';
import {
  parseAgent,
  parseCustomer,
  type ExotelAgentParty,
  type ExotelCustomerParty,
} from './call-parties.js';
import { toOutcome, type ExotelCallOutcome, type ExotelCallState } from './call-details.js';
import { parseExotelTime } from './exotel-time.js';

/** The answer to a make-call request. It says that the request was accepted, not that a telephone rang. */
export interface ExotelMadeCall {
  callSid: string;
  state: ExotelCallState | undefined;
  /** Unknown while the call is active. */
  outcome: ExotelCallOutcome | undefined;
  agent: ExotelAgentParty | undefined;
  customer: ExotelCustomerParty | undefined;
  virtualNumber: string | undefined;
  recording: boolean | undefined;
  createdTime: Date | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Reads the answer of CCM and v3 make call from every shape in circulation: the fields under `response`, the bare
 * object, `response.data`, and `response[0].data`. `undefined` if it has no call sid.
 *
 * @see https://developer.exotel.com/docs/voice-api/api-reference/make-a-call
 * @see https://developer.exotel.com/docs/contact-center/api-reference/make-call
 */
export function parseMadeCall(body: unknown, zonelessOffset?: string): ExotelMadeCall | undefined {
  const call = callIn(body);
  const callSid = textOf(call?.call_sid) ?? textOf(call?.sid);
  if (call === undefined || callSid === undefined) return undefined;
  return {
    callSid,
    state: textOf(call.call_state) ?? textOf(call.state),
    outcome: toOutcome(call.call_status ?? (call.call_sid === undefined ? call.status : undefined)),
    agent: parseAgent(call),
    customer: parseCustomer(call),
    virtualNumber: textOf(call.virtual_number),
    recording: booleanOf(call.recording),
    createdTime: parseExotelTime(call.created_time, zonelessOffset),
    requestId: textOf(asRecord(body)?.request_id),
    raw: body,
  };
}

function callIn(body: unknown): WireRecord | undefined {
  const outer = asRecord(body);
  const response = asRecord(outer?.response) ?? asRecord(asList(outer?.response)[0]);
  const places = [response?.data, response?.call_details, response, outer];
  return places
    .map(asRecord)
    .find((place) => place?.call_sid !== undefined || place?.sid !== undefined);
}
