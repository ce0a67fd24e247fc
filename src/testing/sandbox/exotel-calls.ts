/*
 * Exotel calls, agent first.
 *
 * https://developer.exotel.com/docs/voice-api/api-reference/make-a-call
 * https://developer.exotel.com/docs/voice-api/api-reference/call-details
 *
 * Documented: POST and GET (one) with the fields below, `active` then `terminal`, the codes of 404 and 409, that a call marks
 * its agent busy. `to` is shown both as `{ number }` and, in working code, as `{ customer_contact_uri }`: both are accepted.
 * Hypothesis: GET (list), of which only an example request is documented: an array of call details beside `metadata`, as in
 * Exotel's list of users; codes 1001 and 1000 come from a sibling v2 API.
 */
import type { Answer } from './answers.js';
import type { CallTimer } from './exotel-call-timing.js';
import { exotelFailure, exotelSuccess } from './exotel-envelope.js';
import { exotelSid, secondsOf } from './exotel-notation.js';
import type { ExotelAgent } from './exotel-presence.js';
import type { RecordingBook } from './exotel-recordings.js';
import type { ProviderSetup } from './provider.js';
import { asObject, asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { ccmNews, readStatusCallbacks, type StatusCallback } from './status-callback.js';
import type { WebhookSender } from './webhook-sender.js';

/** How a call ended, spelled as on the Voice v2 page. */
export type ExotelCallOutcome =
  | 'completed'
  | 'agent_unanswered'
  | 'customer_unanswered'
  | 'agent_canceled'
  | 'customer_no_dial'
  | 'agent_no_dial';

/** A call placed by the sandbox's Exotel. */
export interface ExotelCall {
  readonly sid: string;
  readonly agent: ExotelAgent;
  readonly customerNumber: string;
  readonly virtualNumber: string;
  readonly recording: boolean;
  readonly customField: string | undefined;
  /** Which events the caller wants to be notified of, and where. */
  readonly statusCallbacks: readonly StatusCallback[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  state: 'active' | 'terminal';
  outcome: ExotelCallOutcome | undefined;
  /** Epoch milliseconds; `undefined` while the call is active. */
  endedAt: number | undefined;
}

/** Verbs about calls. */
export interface ExotelCalls {
  /** The calls that were placed, oldest first. */
  readonly calls: readonly ExotelCall[];
  /** Both have picked up: posts the `answered` callback if one was requested. */
  answerCall(callSid: string): void;
  /**
   * Ends a call: its state becomes `terminal`, its agent is free again, and the `terminal` callback is posted if one was
   * requested.
   */
  endCall(callSid: string, outcome?: ExotelCallOutcome): void;
  /** Agents take any number of calls at once, unlike Exotel's: for storms. Off at the start. */
  letAgentsTakeManyCalls(on?: boolean): void;
}

/** Creates an empty book of calls and the routes that fill and read it. */
export function createExotelCalls(
  { now }: ProviderSetup,
  agents: readonly ExotelAgent[],
  webhooks: WebhookSender,
  recordings: RecordingBook,
  timer: CallTimer,
): ApiPart<ExotelCalls> {
  const calls: ExotelCall[] = [];
  let manyCalls = false;

  function place(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const from = asObject(body.from) ?? {};
    const customerNumber = readCustomer(body.to);
    const virtualNumber = asText(body.virtual_number);
    if (customerNumber === undefined || virtualNumber === undefined) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const agent = agents.find(
      ({ userId, contactUri }) => userId === from.user_id || contactUri === from.user_contact_uri,
    );
    if (agent === undefined) return exotelFailure(request, 404, 10731, 'User not found');
    if (agent.device !== 'free') return refuseDevice(request, agent.device);

    if (!manyCalls) agent.device = 'busy';
    const call: ExotelCall = {
      sid: exotelSid('call', calls.length + 1),
      agent,
      customerNumber,
      virtualNumber,
      recording: body.recording === true,
      customField: asText(body.custom_field),
      statusCallbacks: readStatusCallbacks(body.status_callback),
      createdAt: now(),
      state: 'active',
      outcome: undefined,
      endedAt: undefined,
    };
    calls.push(call);
    timer.start(
      call,
      () => news(call, 'answered'),
      () => end(call, 'completed'),
    );
    return exotelSuccess(request, 200, placedBody(call));
  }

  const news = (call: ExotelCall, event: 'answered' | 'terminal') =>
    ccmNews(webhooks, call, event, {
      state: call.state,
      durationSeconds: secondsOf(call, now()),
      recordingUrl: recordings.addressOf(call.sid),
    });

  function end(call: ExotelCall, outcome: ExotelCallOutcome): void {
    Object.assign(call, { state: 'terminal', outcome, endedAt: now() });
    call.agent.device = 'free';
    if (call.recording) recordings.keep(call.sid);
    news(call, 'terminal');
  }

  function findCall(callSid: string): ExotelCall {
    const call = calls.find(({ sid }) => sid === callSid);
    if (call === undefined) throw new Error(`The sandbox has no Exotel call "${callSid}".`);
    return call;
  }

  const bodyOf = (call: ExotelCall, accountSid: string) =>
    detailsBody(call, accountSid, now(), recordings.addressOf(call.sid));

  function get(request: SandboxRequest, params: CallParams): Answer {
    const call = calls.find(({ sid }) => sid === params.callSid);
    if (call === undefined) return exotelFailure(request, 404, 1000, 'Call not found');
    return exotelSuccess(request, 200, {
      call_details: bodyOf(call, params.accountSid),
    });
  }

  function list(request: SandboxRequest, { accountSid }: Pick<CallParams, 'accountSid'>): Answer {
    const data = calls.map((call) => bodyOf(call, accountSid));
    const { length } = data;
    const metadata = { total: length, count: length, offset: 0, limit: length };
    const response = data.map((call) => ({ code: 200, status: 'success', data: call }));
    return exotelSuccess(request, 200, response, { metadata });
  }

  return {
    routes: [
      route('POST', '/v2/accounts/:accountSid/calls', place),
      route('GET', '/v2/accounts/:accountSid/calls', list),
      route('GET', '/v2/accounts/:accountSid/calls/:callSid', get),
    ],
    verbs: {
      calls,
      answerCall(callSid) {
        news(findCall(callSid), 'answered');
      },
      endCall(callSid, outcome = 'completed') {
        end(findCall(callSid), outcome);
      },
      letAgentsTakeManyCalls(on = true) {
        manyCalls = on;
      },
    },
    reset() {
      calls.length = 0;
      manyCalls = false;
    },
  };
}

interface CallParams {
  readonly accountSid: string;
  readonly callSid: string;
}

function readCustomer(to: unknown): string | undefined {
  const { number, customer_contact_uri: contactUri } = asObject(to) ?? {};
  return asText(number) ?? asText(contactUri);
}

function refuseDevice(
  request: SandboxRequest,
  device: Exclude<ExotelAgent['device'], 'free'>,
): Answer {
  const [code, message] = {
    off: [1012, 'Agent device is off'] as const,
    unverified: [10705, 'Agent device is not verified'] as const,
    busy: [10706, 'Agent device is busy'] as const,
  }[device];
  return exotelFailure(request, 409, code, message);
}

function placedBody(call: ExotelCall): object {
  return {
    call_sid: call.sid,
    call_state: call.state,
    call_status: null,
    assigned_agent_details: {
      user_id: call.agent.userId,
      contact_uri: call.agent.contactUri,
    },
    customer_details: { number: call.customerNumber },
    virtual_number: call.virtualNumber,
    recording: call.recording,
    created_time: toIso(call.createdAt),
  };
}

function detailsBody(
  call: ExotelCall,
  accountSid: string,
  at: number,
  recordingUrl: string,
): object {
  const seconds = secondsOf(call, at);
  return {
    sid: call.sid,
    direction: 'outbound-api',
    state: call.state,
    status: call.outcome ?? null,
    virtual_number: call.virtualNumber,
    assigned_agent_details: { user_id: call.agent.userId, contact_uri: call.agent.contactUri },
    customer_details: { number: call.customerNumber },
    created_time: toIso(call.createdAt),
    updated_time: toIso(call.endedAt ?? at),
    start_time: toIso(call.createdAt),
    end_time: call.endedAt === undefined ? null : toIso(call.endedAt),
    total_duration: seconds,
    total_talk_time: call.outcome === 'completed' ? seconds : 0,
    recording: {
      available: call.recording && call.state === 'terminal',
      url: recordingUrl,
    },
    custom_field: call.customField ?? null,
    legs: `/v2/accounts/${accountSid}/calls/${call.sid}/legs`,
  };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}
