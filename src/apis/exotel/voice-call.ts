import { asList, asRecord, numberOf, textOf, type WireRecord } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';

/** The states of a Voice v1 call. `ringing` and `canceled` are only in some of the docs' lists; other words pass as text. */
export type ExotelVoiceStatus = OpenWord<
  'queued' | 'ringing' | 'in-progress' | 'completed' | 'failed' | 'busy' | 'no-answer' | 'canceled'
>;

/** One leg of a Voice v1 call. */
export interface ExotelVoiceLeg {
  /** From 1. */
  id: number | undefined;
  onCallSeconds: number | undefined;
  status: ExotelVoiceStatus | undefined;
  /** In lower case: tables say `Human`, samples show `HUMAN`. Only in callbacks. */
  answeredBy: OpenWord<'human' | 'machine' | 'notsure' | 'na'> | undefined;
}

/** A Voice v1 call. Duration, price and end time appear two to five minutes after its end. */
export interface ExotelVoiceCall {
  callSid: string;
  parentCallSid: string | undefined;
  accountSid: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  startTime: Date | undefined;
  endTime: Date | undefined;
  from: string | undefined;
  /** For a call connected to a flow, the ExoPhone. */
  to: string | undefined;
  /** The ExoPhone that took or placed the call, from `PhoneNumber` or `PhoneNumberSid`, which also holds the number. */
  phoneNumber: string | undefined;
  phoneNumberSid: string | undefined;
  status: ExotelVoiceStatus | undefined;
  durationSeconds: number | undefined;
  /** In the account's currency. */
  price: number | undefined;
  /** Seen in lists; the docs do not mention it. */
  currency: string | undefined;
  direction: OpenWord<'inbound' | 'outbound-dial' | 'outbound-api'> | undefined;
  answeredBy: string | undefined;
  forwardedFrom: string | undefined;
  callerName: string | undefined;
  /** As Exotel writes it. Do not call it: it has `.json` before the sid; the address that works has it after. */
  uri: string | undefined;
  /** Private since October 2024: see {@link ExotelVoice.downloadRecording}. */
  recordingUrl: string | undefined;
  /**
   * Needs no login for some minutes. Set only with `recordingUrlMinutes`, and if Exotel has enabled signed addresses for the account.
   * Anyone who has it can listen, so keep it out of logs.
   */
  signedRecordingUrl: string | undefined;
  /** How long both talked. In lists; for a single call with `{ legs: true }`. */
  conversationSeconds: number | undefined;
  /** Only with `{ legs: true }`. */
  legs: readonly ExotelVoiceLeg[];
  raw: unknown;
}

/** Reads `{ Call, Details? }`; `undefined` if it has no sid. */
export function parseVoiceAnswer(
  body: unknown,
  zonelessOffset: string,
): ExotelVoiceCall | undefined {
  const outer = asRecord(body);
  return parseVoiceCall(outer?.Call, zonelessOffset, body, outer?.Details);
}

/** Reads one call record, as found under `Call` and in `Calls[]`. */
export function parseVoiceCall(
  value: unknown,
  zonelessOffset: string,
  raw: unknown,
  detailsBeside?: unknown,
): ExotelVoiceCall | undefined {
  const call = asRecord(value) ?? {};
  const callSid = textOf(call.Sid);
  if (callSid === undefined) return undefined;
  const details = asRecord(call.Details) ?? asRecord(detailsBeside) ?? {};
  return {
    callSid,
    parentCallSid: textOf(call.ParentCallSid),
    accountSid: textOf(call.AccountSid),
    createdTime: parseExotelTime(call.DateCreated, zonelessOffset),
    updatedTime: parseExotelTime(call.DateUpdated, zonelessOffset),
    startTime: parseExotelTime(call.StartTime, zonelessOffset),
    endTime: parseExotelTime(call.EndTime, zonelessOffset),
    from: textOf(call.From),
    to: textOf(call.To),
    phoneNumber: textOf(call.PhoneNumber) ?? textOf(call.PhoneNumberSid),
    phoneNumberSid: textOf(call.PhoneNumberSid),
    status: textOf(call.Status),
    durationSeconds: numberOf(call.Duration),
    price: numberOf(call.Price),
    currency: textOf(call.Currency),
    direction: textOf(call.Direction),
    answeredBy: textOf(call.AnsweredBy),
    forwardedFrom: textOf(call.ForwardedFrom),
    callerName: textOf(call.CallerName),
    uri: textOf(call.Uri),
    recordingUrl: textOf(call.RecordingUrl),
    signedRecordingUrl: textOf(call.PreSignedRecordingUrl),
    conversationSeconds:
      numberOf(details.ConversationDuration) ?? numberOf(call.ConversationDuration),
    legs: parseVoiceLegs(details),
    raw,
  };
}

/**
 * Legs nested under `Leg` with their states beside it (call details), or flat (callbacks).
 *
 * @see https://developer.exotel.com/docs/voice-v1/api-reference/call-details
 */
export function parseVoiceLegs(details: WireRecord): readonly ExotelVoiceLeg[] {
  const legs = asList(details.Legs).map(
    (item) => asRecord(asRecord(item)?.Leg) ?? asRecord(item) ?? {},
  );
  const listed = legs.map((leg, index) => parseLeg(leg, details[`Leg${index + 1}Status`]));
  return listed.length > 0 ? listed : legsByStatusAlone(details);
}

function parseLeg(leg: WireRecord, statusBeside: unknown): ExotelVoiceLeg {
  return {
    id: numberOf(leg.Id),
    onCallSeconds: numberOf(leg.OnCallDuration),
    status: textOf(leg.Status) ?? textOf(statusBeside),
    answeredBy: textOf(leg.AnsweredBy)?.toLowerCase(),
  };
}

function legsByStatusAlone(details: WireRecord): readonly ExotelVoiceLeg[] {
  return [1, 2].flatMap((id) => {
    const status = textOf(details[`Leg${id}Status`]);
    return status === undefined
      ? []
      : [{ id, onCallSeconds: undefined, status, answeredBy: undefined }];
  });
}
