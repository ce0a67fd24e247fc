/*
 * Exotel Voice v3.
 *
 * https://developer.exotel.com/api/ccm-make-call-connecting-two-numbers-beta
 * https://developer.exotel.com/api/call-details-beta
 * https://developer.exotel.com/docs/voice-v3/overview
 *
 * Documented: the paths; both bodies of make call; the fields of the details, among them an `end_time` of 1970 in India's
 * time while a call is active; legs, active calls and voice logs; the codes of an unknown call.
 * Hypothesis: that both bodies are accepted; that a voice log exists for recorded, finished calls only.
 */
import type { Answer } from './answers.js';
import type { CallTimer } from './exotel-call-timing.js';
import { exotelFailure, exotelSuccess } from './exotel-envelope.js';
import { exotelSid, secondsOf, toIndianTime } from './exotel-notation.js';
import { recordingAt, type RecordingBook } from './exotel-recordings.js';
import type { ProviderSetup } from './provider.js';
import { asObject, asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { ccmNews, readStatusCallbacks, type StatusCallback } from './status-callback.js';
import type { WebhookSender } from './webhook-sender.js';

/** How a v3 call ended. */
export type ExotelCallV3Outcome =
  | 'completed'
  | 'from_leg_unanswered'
  | 'to_leg_unanswered'
  | 'from_leg_cancelled'
  | 'to_leg_no_dial'
  | 'from_leg_no_dial';

/** A call that was placed with Voice v3. */
export interface ExotelCallV3 {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly virtualNumber: string;
  readonly recording: boolean;
  readonly customField: string | undefined;
  readonly statusCallbacks: readonly StatusCallback[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  outcome: ExotelCallV3Outcome | undefined;
  /** Epoch milliseconds; `undefined` while the call is active. */
  endedAt: number | undefined;
}

/** Verbs about v3 calls. */
export interface ExotelCallsV3 {
  /** The calls that were placed with Voice v3, oldest first. */
  readonly callsV3: readonly ExotelCallV3[];
  /** Ends a v3 call, and posts its callback if one was requested. */
  endCallV3(callSid: string, outcome?: ExotelCallV3Outcome): void;
}

const PATH = '/v3/accounts/:accountSid/calls';

/** Creates an empty book of v3 calls and the routes that fill and read it. */
export function createExotelCallsV3(
  { now }: ProviderSetup,
  webhooks: WebhookSender,
  recordings: RecordingBook,
  timer: CallTimer,
): ApiPart<ExotelCallsV3> {
  const calls: ExotelCallV3[] = [];

  const news = (call: ExotelCallV3, event: 'answered' | 'terminal', state: string) =>
    ccmNews(webhooks, call, event, {
      state,
      durationSeconds: secondsOf(call),
      recordingUrl: recordings.addressOf(call.sid),
    });

  function end(call: ExotelCallV3, outcome: ExotelCallV3Outcome): void {
    Object.assign(call, { outcome, endedAt: now() });
    if (call.recording) recordings.keep(call.sid);
    news(call, 'terminal', 'terminal');
  }

  function place(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const from = asObject(body.from) ?? {};
    const to = asObject(body.to) ?? {};
    const caller =
      asText(from.contact_uri) ?? asText(from.user_contact_uri) ?? asText(from.user_id);
    const callee = asText(to.contact_uri) ?? asText(to.number);
    const virtualNumber = asText(body.virtual_number);
    if (caller === undefined || callee === undefined || virtualNumber === undefined) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const recording = asObject(body.recording);
    const call: ExotelCallV3 = {
      sid: exotelSid('callv3', calls.length + 1),
      from: caller,
      to: callee,
      virtualNumber,
      recording: recording === undefined ? body.recording === true : recording.record === true,
      customField: asText(body.custom_field),
      statusCallbacks: readStatusCallbacks(body.status_callback),
      createdAt: now(),
      outcome: undefined,
      endedAt: undefined,
    };
    calls.push(call);
    timer.start(
      call,
      () => news(call, 'answered', 'active'),
      () => end(call, 'completed'),
    );
    return exotelSuccess(request, 200, {
      call_sid: call.sid,
      call_state: 'active',
      call_status: null,
      customer_details: { number: callee },
      virtual_number: virtualNumber,
      recording: call.recording,
      created_time: new Date(call.createdAt).toISOString(),
    });
  }

  const withCall =
    (answer: (request: SandboxRequest, call: ExotelCallV3, accountSid: string) => Answer) =>
    (
      request: SandboxRequest,
      params: { readonly accountSid: string; readonly callSid: string },
    ) => {
      const call = calls.find(({ sid }) => sid === params.callSid);
      return call === undefined
        ? exotelFailure(request, 404, 10744, 'Call not found')
        : answer(request, call, params.accountSid);
    };

  function active(request: SandboxRequest): Answer {
    const on = calls.filter(({ endedAt }) => endedAt === undefined);
    return exotelSuccess(request, 200, {
      active_calls: on.map((call) => ({
        call_sid: call.sid,
        status: 'in-progress',
        from: call.from,
        to: call.to,
        start_time: new Date(call.createdAt).toISOString(),
        duration: secondsOf(call, now()),
        recording_enabled: call.recording,
      })),
      total_active: on.length,
    });
  }

  return {
    routes: [
      route('POST', PATH, place),
      // Before the one with a sid in this place, which would also match.
      route('GET', `${PATH}/active`, active),
      route('GET', `${PATH}/:callSid`, withCall(details)),
      route('GET', `${PATH}/:callSid/legs`, withCall(legs)),
      route('GET', `${PATH}/:callSid/voice-logs`, withCall(voiceLog)),
    ],
    verbs: {
      callsV3: calls,
      endCallV3(callSid, outcome = 'completed') {
        const call = calls.find(({ sid }) => sid === callSid);
        if (call === undefined) throw new Error(`The sandbox has no v3 call "${callSid}".`);
        end(call, outcome);
      },
    },
    reset() {
      calls.length = 0;
    },
  };
}

function details(request: SandboxRequest, call: ExotelCallV3, accountSid: string): Answer {
  const shared = {
    sid: call.sid,
    direction: 'outbound',
    virtual_number: call.virtualNumber,
    created_time: toZonedTime(call.createdAt),
    updated_time: toZonedTime(call.endedAt ?? call.createdAt),
    start_time: toZonedTime(call.createdAt),
  };
  const whole =
    call.endedAt === undefined
      ? { ...shared, state: 'active', status: null, end_time: toZonedTime(0) }
      : { ...shared, ...ending(request, call, call.endedAt, accountSid) };
  return exotelSuccess(request, 200, {
    code: 200,
    error_data: null,
    status: 'success',
    call_details: whole,
  });
}

function ending(
  { origin }: SandboxRequest,
  call: ExotelCallV3,
  endedAt: number,
  accountSid: string,
): object {
  return {
    state: 'terminal',
    status: call.outcome ?? null,
    end_time: toZonedTime(endedAt),
    total_duration: secondsOf(call),
    total_talk_time: call.outcome === 'completed' ? secondsOf(call) : 0,
    custom_field: call.customField ?? null,
    app_id: null,
    app_name: null,
    digits: null,
    recordings: call.recording ? [{ url: recordingAt(origin, call.sid) }] : [],
    legs: `/v3/accounts/${accountSid}/calls/${call.sid}/legs`,
  };
}

function legs(request: SandboxRequest, call: ExotelCallV3, accountSid: string): Answer {
  const leg = (sid: string, contactUri: string) => ({
    sid,
    name: null,
    contact_uri: contactUri,
    date_created: toZonedTime(call.createdAt),
    date_updated: toZonedTime(call.endedAt ?? call.createdAt),
    status: call.endedAt === undefined ? 'in-progress' : 'completed',
  });
  return exotelSuccess(request, 200, {
    code: 200,
    error_data: null,
    status: 'success',
    leg_details: {
      call_sid: call.sid,
      account_sid: accountSid,
      from: [leg(`${call.sid}-1`, call.from)],
      to: [{ ...leg(`${call.sid}-2`, call.to), group_id: null, group_name: null }],
    },
  });
}

function voiceLog(request: SandboxRequest, call: ExotelCallV3): Answer {
  if (!call.recording || call.endedAt === undefined) {
    return exotelFailure(request, 404, 1000, 'No recording');
  }
  return exotelSuccess(request, 200, {
    voice_log: {
      call_sid: call.sid,
      recording_url: recordingAt(request.origin, call.sid),
      recording_duration: secondsOf(call),
      recording_size_bytes: 8000 * secondsOf(call),
      format: request.query.get('format') ?? 'mp3',
      channel: request.query.get('channel') ?? 'single',
      created_at: new Date(call.endedAt).toISOString(),
      expires_at: new Date(call.endedAt + 3_600_000).toISOString(),
    },
  });
}

/** v3 has a space instead of ISO 8601's T. */
function toZonedTime(at: number): string {
  return `${toIndianTime(at)}+05:30`;
}
