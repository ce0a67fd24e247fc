/*
 * Exotel Voice v1, on the sandbox's one Exotel server: give its URL as both hosts.
 *
 * https://developer.exotel.com/api/make-a-call-api
 * https://developer.exotel.com/docs/voice-v1/api-reference/call-details
 * https://developer.exotel.com/api/call-details-bulk
 *
 * Documented: the paths and fields, JSON with `.json` and XML without, `RestException`, strings for `Duration` and `Price`, times
 * without zone (here India's), that the list holds finished calls only, its cursors, the fields of the callback and that it is
 * multipart unless asked otherwise.
 * Hypothesis: the form of a cursor; `Legs` in a multipart callback as JSON text; the price.
 */
import type { Answer } from './answers.js';
import { json } from './answers.js';
import { formOf, textsIn } from './form.js';
import type { ProviderSetup } from './provider.js';
import type { Access, Route } from './router.js';
import { route } from './router.js';
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
  /** Every field of the form, as it came. */
  readonly form: ReadonlyMap<string, string>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  status: 'in-progress' | 'completed' | 'failed' | 'busy' | 'no-answer';
  /** Epoch milliseconds; `undefined` while the call is on. */
  endedAt: number | undefined;
}

/** Verbs about Voice v1 calls. */
export interface ExotelVoice {
  /** The calls that were placed with Voice v1, oldest first. */
  readonly voiceCalls: readonly ExotelVoiceCall[];
  /** Ends a Voice v1 call, and posts its callback if one was asked for. */
  endVoiceCall(callSid: string, status?: Exclude<ExotelVoiceCall['status'], 'in-progress'>): void;
}

/**
 * Creates an empty book of Voice v1 calls and the routes that fill and read it.
 *
 * @internal
 */
export function createExotelVoice(
  { now }: ProviderSetup,
  webhooks: WebhookSender,
  hasBasic: (request: SandboxRequest) => boolean,
): { readonly routes: readonly Route[]; readonly verbs: ExotelVoice; reset(): void } {
  const calls: ExotelVoiceCall[] = [];
  const basicOnly: Access = (request) =>
    hasBasic(request) ? undefined : restException(401, 'Authentication failed');

  async function connect(request: SandboxRequest, accountSid: string): Promise<Answer> {
    const form = textsIn(await formOf(request));
    const [from, to, flowUrl, callerId] = ['From', 'To', 'Url', 'CallerId'].map((field) =>
      form.get(field),
    );
    const target = to ?? (flowUrl === undefined ? undefined : callerId);
    if (from === undefined || callerId === undefined || target === undefined) {
      return restException(400, 'Mandatory parameter missing');
    }
    const call: ExotelVoiceCall = {
      sid: `sandboxvoice${String(calls.length + 1).padStart(6, '0')}`,
      ...{ from, to: target, flowUrl, form },
      createdAt: now(),
      status: 'in-progress',
      endedAt: undefined,
    };
    calls.push(call);
    const body = callBody(call, accountSid);
    return request.path.endsWith('.json') ? json(200, { Call: body }) : xml(body);
  }

  function get(request: SandboxRequest, params: CallParams): Answer {
    const call = calls.find(({ sid }) => `${sid}.json` === params.file);
    if (call === undefined) return restException(404, 'Call not found');
    const withDetails = request.query.get('details') === 'true' ? { Details: details(call) } : {};
    return json(200, { Call: { ...callBody(call, params.accountSid), ...withDetails } });
  }

  function list(request: SandboxRequest, { accountSid }: { readonly accountSid: string }): Answer {
    const { query } = request;
    const size = Math.min(Number(query.get('PageSize') ?? 50), 100);
    const sids = query.get('Sid')?.split(',');
    const finished = calls
      .filter(({ endedAt, sid }) => endedAt !== undefined && (sids?.includes(sid) ?? true))
      .reverse();
    const start = Number(query.get('After') ?? 0);
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
      Calls: finished.slice(start, start + size).map((call) => callBody(call, accountSid)),
    });
  }

  return {
    routes: [
      route('POST', '/v1/Accounts/:accountSid/Calls/connect.json', onAccount(connect), basicOnly),
      route('POST', '/v1/Accounts/:accountSid/Calls/connect', onAccount(connect), basicOnly),
      route('GET', '/v1/Accounts/:accountSid/Calls.json', list, basicOnly),
      route('GET', '/v1/Accounts/:accountSid/Calls/:file', get, basicOnly),
    ],
    verbs: {
      voiceCalls: calls,
      endVoiceCall(callSid, status = 'completed') {
        const call = calls.find(({ sid }) => sid === callSid);
        if (call === undefined) throw new Error(`The sandbox has no Voice v1 call "${callSid}".`);
        Object.assign(call, { status, endedAt: now() });
        postCallback(call, webhooks);
      },
    },
    reset() {
      calls.length = 0;
    },
  };
}

interface CallParams {
  readonly accountSid: string;
  readonly file: string;
}

function onAccount(answer: (request: SandboxRequest, accountSid: string) => Promise<Answer>) {
  return (request: SandboxRequest, { accountSid }: { readonly accountSid: string }) =>
    answer(request, accountSid);
}

function postCallback(call: ExotelVoiceCall, webhooks: WebhookSender): void {
  const url = call.form.get('StatusCallback');
  if (url === undefined) return;
  const wantsEvents = [...call.form.keys()].some((field) =>
    field.startsWith('StatusCallbackEvents'),
  );
  const fields = { ...shortNews(call), ...(wantsEvents ? longNews(call) : {}) };
  if (call.form.get('StatusCallbackContentType') === 'application/json') {
    webhooks.send(url, 'application/json', JSON.stringify(fields));
  } else {
    const boundary = `sandbox-${call.sid}`;
    webhooks.send(url, `multipart/form-data; boundary=${boundary}`, multipart(fields, boundary));
  }
}

function shortNews(call: ExotelVoiceCall): Record<string, unknown> {
  return {
    CallSid: call.sid,
    DateUpdated: toIndianTime(call.endedAt ?? call.createdAt),
    Status: call.status,
    RecordingUrl: recordingOf(call),
  };
}

function longNews(call: ExotelVoiceCall): Record<string, unknown> {
  return {
    EventType: 'terminal',
    DateCreated: toIndianTime(call.createdAt),
    To: call.to,
    From: call.from,
    PhoneNumberSid: call.form.get('CallerId'),
    StartTime: toIndianTime(call.createdAt),
    EndTime: toIndianTime(call.endedAt ?? call.createdAt),
    ConversationDuration: seconds(call),
    Direction: 'outbound-api',
    CustomField: call.form.get('CustomField') ?? '',
    Legs: [1, 2].map(() => ({
      OnCallDuration: seconds(call),
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

function callBody(call: ExotelVoiceCall, accountSid: string): Record<string, string | null> {
  const { endedAt } = call;
  return {
    Sid: call.sid,
    ParentCallSid: null,
    DateCreated: toIndianTime(call.createdAt),
    DateUpdated: toIndianTime(endedAt ?? call.createdAt),
    AccountSid: accountSid,
    To: call.to,
    From: call.from,
    PhoneNumberSid: call.form.get('CallerId') ?? null,
    Status: call.status,
    StartTime: toIndianTime(call.createdAt),
    EndTime: endedAt === undefined ? null : toIndianTime(endedAt),
    Duration: endedAt === undefined ? null : String(seconds(call)),
    Price: endedAt === undefined ? null : '1.500',
    Direction: 'outbound-api',
    AnsweredBy: null,
    ForwardedFrom: null,
    CallerName: null,
    Uri: `/v1/Accounts/${accountSid}/Calls.json/${call.sid}`,
    RecordingUrl: recordingOf(call),
  };
}

function details(call: ExotelVoiceCall): object {
  const onCall = seconds(call);
  return {
    ConversationDuration: onCall,
    Leg1Status: call.status,
    Leg2Status: call.status,
    Legs: [1, 2].map((Id) => ({ Leg: { Id, OnCallDuration: onCall } })),
  };
}

function seconds({ createdAt, endedAt }: ExotelVoiceCall): number {
  return Math.floor(((endedAt ?? createdAt) - createdAt) / 1000);
}

function recordingOf({ sid, form, endedAt }: ExotelVoiceCall): string | null {
  const recorded = form.get('Record') === 'true' && endedAt !== undefined;
  return recorded ? `https://example.invalid/recordings/${sid}.mp3` : null;
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

/** `YYYY-MM-DD HH:mm:ss`, without a zone. */
function toIndianTime(at: number): string {
  return new Date(at + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
