import * as v from 'valibot';
import { filledText, flag, httpUrl, oneOf, pathId, wholeNumber } from '../input-fields.js';
import { dialable, exoPhone } from '../phone-numbers.js';
import type { ExotelWire } from './exotel-options.js';

/** The options of both forms of Voice v1 connect. */
export interface ExotelConnectOptions {
  /** Dialled first: E.164, a landline with its STD code, or a `sip:` address. */
  from: string;
  /** The ExoPhone that is shown. */
  callerId: string;
  /** @defaultValue left out. An older article calls it mandatory and lists `promo` as well */
  callType?: 'trans' | 'promo' | undefined;
  /** The longest that the call may last, in seconds, at most 14400. */
  maxDurationSeconds?: number | undefined;
  /** How long each leg may ring, in seconds. */
  ringTimeoutSeconds?: number | undefined;
  /** A WAV file. Exotel caches it by address: change a query parameter to change the sound. */
  waitUrl?: string | undefined;
  /** Better set explicitly: a new page gives the default as false, Exotel's Postman collection as true. @defaultValue left to Exotel */
  record?: boolean | undefined;
  /** @defaultValue left to Exotel: `single` */
  recordingChannels?: 'single' | 'dual' | undefined;
  /** @defaultValue left to Exotel: `mp3` */
  recordingFormat?: 'mp3' | 'mp3-hq' | undefined;
  /** A WebSocket that receives the call's audio, and the leg to start from. */
  stream?: { url: string; begin?: 'leg1' | 'leg2' | undefined } | undefined;
  /** At most 128 characters. According to older text it comes back only in the terminal callback. */
  customField?: string | undefined;
  /** A sound for whoever picks up. `to`: @defaultValue left to Exotel: `callee` */
  playback?: { url: string; to?: 'callee' | 'both' | undefined } | undefined;
  statusCallback?: ExotelVoiceCallbackRequest | undefined;
}

/** Where to post updates on a Voice v1 call. */
export interface ExotelVoiceCallbackRequest {
  url: string;
  /** Without events there is one callback, at the end, with only four fields. */
  events?: readonly ('answered' | 'terminal')[] | undefined;
  /** @defaultValue left to Exotel: `multipart/form-data` */
  contentType?: 'multipart/form-data' | 'application/json' | undefined;
}

/** Connects two numbers. */
export interface ExotelConnectNumbersInput extends ExotelConnectOptions {
  /** Dialled second: E.164, a landline with its STD code, or a `sip:` address. */
  to: string;
}

/** Connects a number to a call flow: by its app id, or by its whole address. */
export type ExotelConnectFlowInput = ExotelConnectOptions &
  ({ appId: string } | { flowUrl: string });

const shared = {
  from: dialable,
  callerId: exoPhone,
  callType: v.optional(oneOf(['trans', 'promo'])),
  maxDurationSeconds: v.optional(wholeNumber(1, 14_400)),
  ringTimeoutSeconds: v.optional(wholeNumber(1)),
  waitUrl: v.optional(httpUrl),
  record: v.optional(flag),
  recordingChannels: v.optional(oneOf(['single', 'dual'])),
  recordingFormat: v.optional(oneOf(['mp3', 'mp3-hq'])),
  stream: v.optional(
    v.strictObject({
      url: v.pipe(v.string(), v.regex(/^wss?:\/\/\S+$/i, 'must be a ws or wss URL')),
      begin: v.optional(oneOf(['leg1', 'leg2'])),
    }),
  ),
  customField: v.optional(v.pipe(filledText, v.maxLength(128, 'must have at most 128 characters'))),
  playback: v.optional(v.strictObject({ url: httpUrl, to: v.optional(oneOf(['callee', 'both'])) })),
  statusCallback: v.optional(
    v.strictObject({
      url: httpUrl,
      events: v.optional(v.array(oneOf(['answered', 'terminal']))),
      contentType: v.optional(oneOf(['multipart/form-data', 'application/json'])),
    }),
  ),
};

/** @internal */
export const connectNumbersSchema = v.strictObject({ ...shared, to: dialable });

/** One of the two addresses of a flow. Not checked by a union, whose errors would name no field. @internal */
export const connectFlowSchema = v.pipe(
  v.strictObject({ ...shared, appId: v.optional(pathId), flowUrl: v.optional(httpUrl) }),
  v.forward(
    v.check(
      ({ appId, flowUrl }) => (appId === undefined) !== (flowUrl === undefined),
      'or flowUrl is needed, and not both',
    ),
    ['appId'],
  ),
);

/** The form's fields in order, not yet encoded. @internal */
export function toConnectFields(
  input: ExotelConnectOptions,
  target: { To: string } | { Url: string },
  wire: ExotelWire,
): [string, string][] {
  const { stream, playback, statusCallback } = input;
  const fields: [string, string | number | boolean | undefined][] = [
    ['From', input.from],
    ...Object.entries(target),
    ['CallerId', input.callerId],
    ['CallType', input.callType],
    ['TimeLimit', input.maxDurationSeconds],
    ['TimeOut', input.ringTimeoutSeconds],
    ['WaitUrl', input.waitUrl],
    ['Record', input.record],
    ['RecordingChannels', input.recordingChannels],
    ['RecordingFormat', input.recordingFormat],
    ['StreamUrl', stream?.url],
    ['StreamBegin', stream?.begin && STREAM_BEGIN[stream.begin]],
    ['CustomField', input.customField],
    ['StartPlaybackToNew', playback?.to && PLAYBACK_TO[playback.to]],
    [wire.playbackField, playback?.url],
    ['StatusCallback', statusCallback?.url],
    ...eventFields(statusCallback?.events ?? [], wire.callbackEvents),
    ['StatusCallbackContentType', statusCallback?.contentType],
  ];
  return fields.flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
}

const STREAM_BEGIN = { leg1: 'at Leg1Connect', leg2: 'at Leg2Connect' } as const;
const PLAYBACK_TO = { callee: 'Callee', both: 'Both' } as const;

function eventFields(
  events: readonly string[],
  style: ExotelWire['callbackEvents'],
): [string, string][] {
  return events.map((event, index) => [
    `StatusCallbackEvents[${style === 'indexed' ? index : ''}]`,
    event,
  ]);
}
