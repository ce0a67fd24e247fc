import { asRecord, booleanOf, numberOf, textOf } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';

/** An active call. */
export interface ExotelActiveCall {
  callSid: string | undefined;
  status: string | undefined;
  from: string | undefined;
  to: string | undefined;
  startTime: Date | undefined;
  durationSeconds: number | undefined;
  recording: boolean | undefined;
}

/** The active calls. */
export interface ExotelActiveCalls {
  calls: readonly ExotelActiveCall[];
  total: number | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** Reads `response.active_calls`; `undefined` when there is none. */
export function parseActiveCalls(
  body: unknown,
  zonelessOffset: string,
): ExotelActiveCalls | undefined {
  const outer = asRecord(body);
  const response = asRecord(outer?.response);
  if (!Array.isArray(response?.active_calls)) return undefined;
  return {
    calls: response.active_calls.map((call) => parseActiveCall(call, zonelessOffset)),
    total: numberOf(response.total_active),
    requestId: textOf(outer?.request_id),
    raw: body,
  };
}

function parseActiveCall(value: unknown, zonelessOffset: string): ExotelActiveCall {
  const call = asRecord(value) ?? {};
  return {
    callSid: textOf(call.call_sid),
    status: textOf(call.status),
    from: textOf(call.from),
    to: textOf(call.to),
    startTime: parseExotelTime(call.start_time, zonelessOffset),
    durationSeconds: numberOf(call.duration),
    recording: booleanOf(call.recording_enabled),
  };
}
