import { asRecord, numberOf, textOf } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';

/** Where a call's recording can be fetched for a while. */
export interface ExotelVoiceLog {
  callSid: string | undefined;
  recordingUrl: string | undefined;
  durationSeconds: number | undefined;
  sizeBytes: number | undefined;
  format: string | undefined;
  channel: string | undefined;
  createdTime: Date | undefined;
  expiryTime: Date | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** Reads `response.voice_log`; `undefined` when there is none. */
export function parseVoiceLog(body: unknown, zonelessOffset: string): ExotelVoiceLog | undefined {
  const outer = asRecord(body);
  const log = asRecord(asRecord(outer?.response)?.voice_log);
  if (log === undefined) return undefined;
  return {
    callSid: textOf(log.call_sid),
    recordingUrl: textOf(log.recording_url),
    durationSeconds: numberOf(log.recording_duration),
    sizeBytes: numberOf(log.recording_size_bytes),
    format: textOf(log.format),
    channel: textOf(log.channel),
    createdTime: parseExotelTime(log.created_at, zonelessOffset),
    expiryTime: parseExotelTime(log.expires_at, zonelessOffset),
    requestId: textOf(outer?.request_id),
    raw: body,
  };
}
