/*
 * Exotel Voice v1, on the sandbox's one Exotel server: give its URL as both hosts.
 *
 * https://developer.exotel.com/api/make-a-call-api
 * https://developer.exotel.com/docs/voice-v1/api-reference/call-details
 * https://developer.exotel.com/api/call-details-bulk
 *
 * Documented: the paths and fields, JSON with `.json` and XML without, `RestException`, strings for `Duration` and `Price`, times
 * without a zone (here India's), that the list holds finished calls only, its filters and cursors, that duration and price fill
 * in after the end, `RecordingUrlValidity`, the fields of the callback and that it is multipart by default. Seen in
 * working code: `PhoneNumber` and `ConversationDuration` in lists.
 * Hypothesis: the form of a cursor; `Legs` in a multipart callback as JSON text; the price.
 */
import { json, type Answer } from './answers.js';
import type { CallTimer } from './exotel-call-timing.js';
import type { RecordingBook } from './exotel-recordings.js';
import { exotelSid, secondsOf, toIndianTime } from './exotel-notation.js';
import { PRICE, readVoiceFilter } from './exotel-voice-filters.js';
import { formOf, textsIn } from './form.js';
import type { ProviderSetup } from './provider.js';
import { route, withAccess, type Access, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import type { WebhookSender } from './webhook-sender.js';

/** A call that was placed with Voice v1. */
export interface ExotelVoiceCall {
  readonly sid: string;
  readonly from: string;
  /** The second number, or the ExoPhone when the call was connected to a flow. */
  readonly to: string;
  /** The address of the flow, if it was connected to one. */
  readonly flowUrl: string | undefined;
  /** The ExoPhone. */
  readonly exoPhone: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  readonly recorded: boolean;
  /** Every field of the form, as it came. */
  readonly form: ReadonlyMap<string, string>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  status: 'ringing' | 'in-progress' | 'completed' | 'failed' | 'busy' | 'no-answer';
  /** Epoch milliseconds; `undefined` while the call is on. */
  endedAt: number | undefined;
  /** Since when its price and duration are known; epoch milliseconds. */
  settledAt: number | undefined;
}

/** A past call, for lists. */
export interface ExotelPastCall {
  from: string;
  to: string;
  exoPhone?: string;
  /** @defaultValue `inbound` */
  direction?: ExotelVoiceCall['direction'];
  /** @defaultValue `completed` */
  status?: ExotelEndedStatus;
  /** Epoch milliseconds. */
  createdAt: number;
  /** @defaultValue 60 */
  seconds?: number;
  recorded?: boolean;
}

/** How a call may have ended. */
export type ExotelEndedStatus = Exclude<ExotelVoiceCall['status'], 'ringing' | 'in-progress'>;

/** Verbs about Voice v1 calls. */
export interface ExotelVoice {
  /** The calls that were placed with Voice v1, oldest first. */
  readonly voiceCalls: readonly ExotelVoiceCall[];
  /** Ends a Voice v1 call, and posts its callback if one was requested. */
  endVoiceCall(callSid: string, status?: ExotelEndedStatus): void;
  /** Adds a past Voice v1 call, and returns its sid. */
  addVoiceCall(call: ExotelPastCall): string;
}

/** Creates an empty book of Voice v1 calls and the routes that fill and read it. */
export function createExotelVoice(
  { now }: ProviderSetup,
  webhooks: WebhookSender,
  hasBasic: (request: SandboxRequest) => boolean,
  recordings: RecordingBook,
  timer: CallTimer,
): ApiPart<ExotelVoice> {
  const calls: ExotelVoiceCall[] = [];
  const basicOnly: Access = (request) =>
    hasBasic(request) ? undefined : restException(401, 'Authentication failed');

  const nextSid = () => exotelSid('voice', calls.length + 1);
  const addressOf = (call: ExotelVoiceCall) =>
    call.recorded && call.endedAt !== undefined ? recordings.addressOf(call.sid) : null;

  function end(call: ExotelVoiceCall, status: ExotelEndedStatus): void {
    const endedAt = now();
    Object.assign(call, { status, endedAt, settledAt: endedAt + (timer.timing?.settleMs ?? 0) });
    if (call.recorded) recordings.keep(call.sid);
    postCallback(call, addressOf(call), webhooks);
  }

  function callBody(call: ExotelVoiceCall, accountSid: string, validity: number | undefined) {
    const RecordingUrl = addressOf(call);
    const signed =
      validity === undefined || RecordingUrl === null
        ? undefined
        : recordings.signedAddressOf(call.sid, validity);
    return {
      ...fieldsOf(call, accountSid, now()),
      RecordingUrl,
      ...(signed === undefined ? {} : { PreSignedRecordingUrl: signed }),
    };
  }

  async function connect(request: SandboxRequest, { accountSid }: AccountParams): Promise<Answer> {
    const form = textsIn(await formOf(request));
    const [from, to, flowUrl, callerId] = ['From', 'To', 'Url', 'CallerId'].map((field) =>
      form.get(field),
    );
    const target = to ?? (flowUrl === undefined ? undefined : callerId);
    if (from === undefined || callerId === undefined || target === undefined) {
      return restException(400, 'Mandatory parameter missing');
    }
    const call: ExotelVoiceCall = {
      sid: nextSid(),
      ...{ from, to: target, flowUrl, form, exoPhone: callerId },
      direction: 'outbound-api',
      recorded: form.get('Record') === 'true',
      createdAt: now(),
      status: timer.timing === undefined ? 'in-progress' : 'ringing',
      endedAt: undefined,
      settledAt: undefined,
    };
    calls.push(call);
    timer.start(
      call,
      () => {
        call.status = 'in-progress';
      },
      () => end(call, 'completed'),
    );
    const body = callBody(call, accountSid, undefined);
    return request.path.endsWith('.json') ? json(200, { Call: body }) : xml(body);
  }

  function get(request: SandboxRequest, params: CallParams): Answer {
    const call = calls.find(({ sid }) => `${sid}.json` === params.file);
    if (call === undefined) return restException(404, 'Call not found');
    const validity = validityIn(request);
    if (validity === 'bad') return restException(400, 'Invalid RecordingUrlValidity');
    const withDetails = request.query.get('details') === 'true' ? { Details: details(call) } : {};
    return json(200, { Call: { ...callBody(call, params.accountSid, validity), ...withDetails } });
  }

  function list(request: SandboxRequest, { accountSid }: AccountParams): Answer {
    const { query } = request;
    const size = Math.min(Number(query.get('PageSize') ?? 50), 100);
    const validity = validityIn(request);
    const isWanted = readVoiceFilter(query);
    if (validity === 'bad') return restException(400, 'Invalid RecordingUrlValidity');
    if (typeof isWanted === 'string') return restException(400, isWanted);
    const oldestFirst = query.get('SortBy') === 'DateCreated:asc';
    const finished = calls
      .filter((call) => call.endedAt !== undefined && isWanted(call))
      // Of two from the same moment, the later one comes first.
      .reverse()
      .sort((a, b) => b.createdAt - a.createdAt);
    if (oldestFirst) finished.reverse();
    const before = query.get('Before');
    const start =
      before === null ? Number(query.get('After') ?? 0) : Math.max(0, Number(before) - size);
    const uri = `/v1/Accounts/${accountSid}/Calls.json?PageSize=${size}`;
    const next = start + size < finished.length ? `${uri}&After=${start + size}` : null;
    return json(200, {
      Metadata: {
        Total: finished.length,
        PageSize: size,
        FirstPageUri: uri,
        PrevPageUri: start === 0 ? null : `${uri}&Before=${start}`,
        NextPageUri: next,
      },
      Calls: finished.slice(start, start + size).map((call) => ({
        ...callBody(call, accountSid, validity),
        PhoneNumber: call.exoPhone,
        ConversationDuration: String(secondsOf(call)),
      })),
    });
  }

  return {
    routes: withAccess(basicOnly, [
      route('POST', '/v1/Accounts/:accountSid/Calls/connect.json', connect),
      route('POST', '/v1/Accounts/:accountSid/Calls/connect', connect),
      route('GET', '/v1/Accounts/:accountSid/Calls.json', list),
      route('GET', '/v1/Accounts/:accountSid/Calls/:file', get),
    ]),
    verbs: {
      voiceCalls: calls,
      endVoiceCall(callSid, status = 'completed') {
        const call = calls.find(({ sid }) => sid === callSid);
        if (call === undefined) throw new Error(`The sandbox has no Voice v1 call "${callSid}".`);
        end(call, status);
      },
      addVoiceCall({ seconds: length = 60, exoPhone = '08000000001', ...call }) {
        const endedAt = call.createdAt + length * 1_000;
        const sid = nextSid();
        calls.push({
          sid,
          exoPhone,
          flowUrl: undefined,
          form: new Map(),
          direction: 'inbound',
          status: 'completed',
          recorded: false,
          ...call,
          endedAt,
          settledAt: endedAt,
        });
        if (call.recorded === true) recordings.keep(sid);
        return sid;
      },
    },
    reset() {
      calls.length = 0;
    },
  };
}

interface AccountParams {
  readonly accountSid: string;
}

interface CallParams extends AccountParams {
  readonly file: string;
}

/** From 5 to 60 minutes. */
function validityIn({ query }: SandboxRequest): number | 'bad' | undefined {
  const text = query.get('RecordingUrlValidity');
  if (text === null) return undefined;
  const minutes = Number(text);
  return Number.isInteger(minutes) && minutes >= 5 && minutes <= 60 ? minutes : 'bad';
}

function postCallback(
  call: ExotelVoiceCall,
  recordingUrl: string | null,
  webhooks: WebhookSender,
): void {
  const url = call.form.get('StatusCallback');
  if (url === undefined) return;
  const wantsEvents = [...call.form.keys()].some((field) =>
    field.startsWith('StatusCallbackEvents'),
  );
  const fields = { ...shortNews(call, recordingUrl), ...(wantsEvents ? longNews(call) : {}) };
  if (call.form.get('StatusCallbackContentType') === 'application/json') {
    webhooks.send(url, 'application/json', JSON.stringify(fields));
  } else {
    const boundary = `sandbox-${call.sid}`;
    webhooks.send(url, `multipart/form-data; boundary=${boundary}`, multipart(fields, boundary));
  }
}

function shortNews(call: ExotelVoiceCall, recordingUrl: string | null): Record<string, unknown> {
  return {
    CallSid: call.sid,
    DateUpdated: toIndianTime(call.endedAt ?? call.createdAt),
    Status: call.status,
    RecordingUrl: recordingUrl,
  };
}

function longNews(call: ExotelVoiceCall): Record<string, unknown> {
  return {
    EventType: 'terminal',
    DateCreated: toIndianTime(call.createdAt),
    To: call.to,
    From: call.from,
    PhoneNumberSid: call.exoPhone,
    StartTime: toIndianTime(call.createdAt),
    EndTime: toIndianTime(call.endedAt ?? call.createdAt),
    ConversationDuration: secondsOf(call),
    Direction: 'outbound-api',
    CustomField: call.form.get('CustomField') ?? '',
    Legs: [1, 2].map(() => ({
      OnCallDuration: secondsOf(call),
      Status: call.status,
      AnsweredBy: 'HUMAN',
    })),
  };
}

function multipart(fields: Readonly<Record<string, unknown>>, boundary: string): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  });
  return `${parts.join('')}--${boundary}--\r\n`;
}

function fieldsOf(
  call: ExotelVoiceCall,
  accountSid: string,
  at: number,
): Record<string, string | null> {
  const { endedAt, settledAt } = call;
  const isSettled = settledAt !== undefined && settledAt <= at;
  return {
    Sid: call.sid,
    ParentCallSid: null,
    DateCreated: toIndianTime(call.createdAt),
    DateUpdated: toIndianTime(endedAt ?? call.createdAt),
    AccountSid: accountSid,
    To: call.to,
    From: call.from,
    PhoneNumberSid: call.exoPhone,
    Status: call.status,
    StartTime: toIndianTime(call.createdAt),
    EndTime: endedAt === undefined ? null : toIndianTime(endedAt),
    Duration: isSettled ? String(secondsOf(call)) : null,
    Price: isSettled ? PRICE : null,
    Direction: call.direction,
    AnsweredBy: null,
    ForwardedFrom: null,
    CallerName: null,
    Uri: `/v1/Accounts/${accountSid}/Calls.json/${call.sid}`,
  };
}

function details(call: ExotelVoiceCall): object {
  const onCall = secondsOf(call);
  return {
    ConversationDuration: onCall,
    Leg1Status: call.status,
    Leg2Status: call.status,
    Legs: [1, 2].map((Id) => ({ Leg: { Id, OnCallDuration: onCall } })),
  };
}

function restException(status: number, message: string): Answer {
  return json(status, { RestException: { Status: status, Message: message } });
}

function xml(call: Readonly<Record<string, string | null>>): Answer {
  const children = Object.entries(call).map(([name, value]) =>
    value === null ? `<${name}/>` : `<${name}>${escape(value)}</${name}>`,
  );
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?>\n<TwilioResponse><Call>${children.join('')}</Call></TwilioResponse>`,
  };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
