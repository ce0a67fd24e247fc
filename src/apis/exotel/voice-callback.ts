import { requiredText, webhookFields } from '../webhook-body.js';
import { numberOf, textOf, type WireRecord } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';
import { parseVoiceLegs, type ExotelVoiceLeg, type ExotelVoiceStatus } from './voice-call.js';

/** An update on a Voice v1 call. If no `events` were requested, only the first five fields are set. */
export interface ExotelVoiceCallback {
  callSid: string;
  status: ExotelVoiceStatus | undefined;
  updatedTime: Date | undefined;
  recordingUrl: string | undefined;
  /** One app looks for it here; no page mentions it. A callback is not signed: download what `voice.get` returns. */
  signedRecordingUrl: string | undefined;
  /** `undefined` if no events were requested: this is then the one callback at the end. */
  event: OpenWord<'answered' | 'terminal'> | undefined;
  createdTime: Date | undefined;
  startTime: Date | undefined;
  endTime: Date | undefined;
  from: string | undefined;
  to: string | undefined;
  phoneNumberSid: string | undefined;
  conversationSeconds: number | undefined;
  direction: string | undefined;
  customField: string | undefined;
  legs: readonly ExotelVoiceLeg[];
  /** The same for every delivery of the same event: Exotel retries up to twice, and may send duplicates. */
  deduplicationKey: string;
  raw: unknown;
}

/** Options of {@link parseVoiceCallback}. */
export interface ExotelVoiceCallbackOptions {
  /** The UTC offset of its timestamps, which have none. @defaultValue `+05:30` */
  zonelessOffset?: string | undefined;
}

const WEBHOOK = { api: 'exotel', payload: 'Voice status callback' } as const;

/**
 * Reads the status callback of a Voice v1 call: a parsed body, `FormData` (Exotel's default is multipart; in Node
 * `await new Response(bytes, { headers: { 'content-type': type } }).formData()` reads it), or the raw text or bytes
 * of JSON or of an urlencoded form. Unknown fields stay in `raw`.
 *
 * Exotel signs nothing: take it as a hint, and check with `voice.get` where it matters. Answer 200 within 15 seconds.
 *
 * @throws ApiPayloadError if the body is not such a callback.
 * @see https://developer.exotel.com/api/statuscallback
 */
export function parseVoiceCallback(
  body: unknown,
  options: ExotelVoiceCallbackOptions = {},
): ExotelVoiceCallback {
  const fields = webhookFields(body, WEBHOOK);
  const callSid = requiredText(fields, 'CallSid', WEBHOOK);
  const event = textOf(fields.EventType);
  // An event may lack its status.
  const status =
    event === undefined ? requiredText(fields, 'Status', WEBHOOK) : textOf(fields.Status);
  const time = (value: unknown) => parseExotelTime(value, options.zonelessOffset);
  return {
    callSid,
    status,
    updatedTime: time(fields.DateUpdated),
    recordingUrl: textOf(fields.RecordingUrl),
    signedRecordingUrl: textOf(fields.PreSignedRecordingUrl),
    event,
    createdTime: time(fields.DateCreated),
    startTime: time(fields.StartTime),
    endTime: time(fields.EndTime),
    from: textOf(fields.From),
    to: textOf(fields.To),
    phoneNumberSid: textOf(fields.PhoneNumberSid),
    conversationSeconds: numberOf(fields.ConversationDuration),
    direction: textOf(fields.Direction),
    customField: textOf(fields.CustomField),
    legs: parseVoiceLegs({ Legs: legsIn(fields) }),
    deduplicationKey: `${callSid}:${event ?? 'terminal'}`,
    raw: body,
  };
}

/** A list in JSON; in a form, JSON text or keys with brackets (`Legs[0][Status]`), since the encoding is not documented. */
function legsIn(fields: WireRecord): readonly unknown[] {
  if (Array.isArray(fields.Legs)) return fields.Legs;
  return typeof fields.Legs === 'string' ? legsFromText(fields.Legs) : legsFromKeys(fields);
}

function legsFromText(text: string): readonly unknown[] {
  try {
    const legs: unknown = JSON.parse(text);
    return Array.isArray(legs) ? legs : [];
  } catch {
    return [];
  }
}

function legsFromKeys(fields: WireRecord): readonly unknown[] {
  const legs = new Map<number, Record<string, unknown>>();
  for (const [key, value] of Object.entries(fields)) {
    const [, index, name] = /^Legs\[(\d{1,2})\]\[(\w+)\]$/.exec(key) ?? [];
    if (index === undefined || name === undefined) continue;
    // Mutated, not copied: these bodies are not signed, and one of 100 kB can name 6,000 fields of one leg.
    const leg = legs.get(Number(index)) ?? (Object.create(null) as Record<string, unknown>);
    leg[name] = value;
    legs.set(Number(index), leg);
  }
  return [...legs].sort(([a], [b]) => a - b).map(([, leg]) => leg);
}
