import type { OpenWord } from '../../open-word.js';
import { missing, readWebhookBody } from '../../webhook-body.js';
import { asRecord, numberOf, textOf, type WireRecord } from '../../wire-values.js';
import { INDIA_OFFSET, parseExotelTime } from '../exotel-time.js';

/** What Exotel asks your server during a call. Which fields are set depends on the applet's place in the flow. */
export interface ExotelFlowRequest {
  callSid: string;
  /** The calling number. */
  from: string | undefined;
  /** The number called: your ExoPhone, if the call is incoming. */
  to: string | undefined;
  direction: OpenWord<'incoming' | 'inbound' | 'outbound-dial' | 'outgoing'> | undefined;
  callStatus:
    | OpenWord<
        | 'queued'
        | 'ringing'
        | 'in-progress'
        | 'completed'
        | 'busy'
        | 'failed'
        | 'no-answer'
        | 'canceled'
      >
    | undefined;
  /**
   * How far the call got: flow only, both talked, the caller hung up while it rang, no one picked up, or a message was left.
   */
  callType:
    | OpenWord<'call-attempt' | 'completed' | 'client-hangup' | 'incomplete' | 'voicemail'>
    | undefined;
  /** The keys pressed in the Gather or IVR applet before this one. */
  digits: string | undefined;
  /** How the Connect applet before this one ended. */
  dialStatus: string | undefined;
  /** Seconds of the second leg, including ringing. */
  dialSeconds: number | undefined;
  /** The agent who was dialled last. */
  dialledNumber: string | undefined;
  /** After Connect, Voicemail or Greeting. Private: see `voice`. */
  recordingUrl: string | undefined;
  customField: string | undefined;
  flowId: string | undefined;
  createdTime: Date | undefined;
  startTime: Date | undefined;
  /** When it was asked. */
  currentTime: Date | undefined;
  /** After a Voicebot or Stream applet. */
  stream: ExotelFlowStream | undefined;
  /** As it came, including fields not listed here. `EndTime` is a constant, not the end of the call. */
  raw: unknown;
}

/** What a Voicebot or Stream applet left behind. */
export interface ExotelFlowStream {
  streamSid: string | undefined;
  status: string | undefined;
  durationSeconds: number | undefined;
  recordingUrl: string | undefined;
  streamUrl: string | undefined;
  disconnectedBy: string | undefined;
}

/** Options of {@link parseFlowRequest}. */
export interface ExotelFlowRequestOptions {
  /** The UTC offset of its timestamps, which have none. @defaultValue `+05:30` */
  zonelessOffset?: string | undefined;
}

/**
 * Reads what a Passthru, Connect or Gather applet asks your server: pass the request's `url`, its query, or the body,
 * if it has one. One account is reported to get a POST with `{ Call: { Sid, From } }` from Connect, which is read as well.
 *
 * Nothing is signed, so anyone who knows the address can ask: answer only what a stranger may hear.
 *
 * @throws ApiPayloadError if it holds no call.
 * @see https://support.exotel.com/support/solutions/articles/48283-working-with-passthru-applet
 * @see https://support.exotel.com/support/solutions/articles/3000084635 — Gather
 */
export function parseFlowRequest(
  request: unknown,
  options: ExotelFlowRequestOptions = {},
): ExotelFlowRequest {
  const fields = fieldsOf(request);
  const call = asRecord(fields.Call) ?? {};
  const callSid = textOf(fields.CallSid) ?? textOf(call.Sid);
  if (callSid === undefined) {
    throw missing('CallSid', { api: 'exotel', payload: 'flow request' });
  }
  const time = (value: unknown) => parseFlowTime(value, options.zonelessOffset);
  return {
    callSid,
    // The article on Connect has `Callfrom` in one copy.
    from: firstText(fields.CallFrom, fields.Callfrom, fields.From, call.From),
    to: firstText(fields.CallTo, fields.To),
    direction: textOf(fields.Direction),
    callStatus: textOf(fields.CallStatus),
    callType: textOf(fields.CallType),
    // They come in quotation marks: "12".
    digits: textOf(firstText(fields.digits)?.replaceAll('"', '')),
    dialStatus: textOf(fields.DialCallStatus),
    dialSeconds: numberOf(fields.DialCallDuration),
    dialledNumber: textOf(fields.DialWhomNumber),
    recordingUrl: textOf(fields.RecordingUrl),
    customField: textOf(fields.CustomField),
    flowId: textOf(fields.flow_id),
    createdTime: time(fields.Created),
    startTime: time(fields.StartTime),
    currentTime: time(fields.CurrentTime),
    stream: streamIn(fields),
    raw: request,
  };
}

function fieldsOf(request: unknown): WireRecord {
  if (request instanceof URL) return Object.fromEntries(request.searchParams);
  const isAddress = typeof request === 'string' && /^(\/|https?:)/.test(request);
  const text = isAddress ? request.slice(request.indexOf('?') + 1) : request;
  return readWebhookBody(text) ?? {};
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.map(textOf).find((text) => text !== undefined);
}

/** Like `Tue, 01 Jan 2030 10:00:00`, which has been seen instead of the documented form. */
const WORDED = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2}$/;

function parseFlowTime(value: unknown, offset = INDIA_OFFSET): Date | undefined {
  if (typeof value !== 'string' || !WORDED.test(value)) return parseExotelTime(value, offset);
  const at = Date.parse(`${value} ${offset.replace(':', '')}`);
  return Number.isNaN(at) ? undefined : new Date(at);
}

/** In one JSON text, or in keys with brackets, which some frameworks turn into an object. */
function streamIn(fields: WireRecord): ExotelFlowStream | undefined {
  const inKeys = Object.entries(fields).flatMap(([key, value]) => {
    const name = /^Stream\[(\w{1,40})\]$/.exec(key)?.[1];
    return name === undefined ? [] : [[name, value] as const];
  });
  const stream =
    asRecord(fields.Stream) ??
    (typeof fields.Stream === 'string' ? readWebhookBody(fields.Stream) : undefined) ??
    (inKeys.length === 0 ? undefined : Object.fromEntries(inKeys));
  return (
    stream && {
      streamSid: textOf(stream.StreamSID),
      status: textOf(stream.Status),
      durationSeconds: numberOf(stream.Duration),
      recordingUrl: textOf(stream.RecordingUrl),
      streamUrl: textOf(stream.StreamUrl),
      disconnectedBy: textOf(stream.DisconnectedBy),
    }
  );
}
