import * as v from 'valibot';
import { flag, pathId, wholeNumber } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import type { ExotelAnswer, ExotelClient } from './exotel-client.js';
import type { ExotelBasicOnlyOptions, ExotelWire } from './exotel-options.js';
import { NO_SID_IN_MADE_CALL } from './calls.js';
import { flowUrlOf } from './flow-url.js';
import {
  downloadRecording,
  type ExotelDownloadOptions,
  type ExotelRecording,
  type ExotelRecordingBody,
  type ExotelRecordingPlace,
} from './recording.js';
import { parseVoiceAnswer, type ExotelVoiceCall } from './voice-call.js';
import {
  connectFlowSchema,
  connectNumbersSchema,
  toConnectFields,
  type ExotelConnectFlowInput,
  type ExotelConnectNumbersInput,
} from './voice-connect.js';
import type { ExotelVoiceListQuery, ExotelVoicePage } from './voice-list.js';
import { firstVoicePage, voicePages, type ExotelVoiceIterateOptions } from './voice-pages.js';
import {
  waitForCall,
  type ExotelWaited,
  type ExotelWaitLimits,
  type ExotelWaitState,
} from './wait-for-call.js';

/** What to request about one call. */
export interface ExotelVoiceQuery {
  legs?: boolean | undefined;
  recordingUrlMinutes?: number | undefined;
}

/** Voice v1, on its own host. Auth: Basic only, from the options' `basic`; the instance's bearer is switched off. */
export interface ExotelVoice {
  /**
   * Calls `from`, then `to`, and connects them.
   *
   * Sent as an urlencoded form to `Calls/connect.json`; `wire` offers the docs' other forms, and an XML answer is
   * read as well. No idempotency key is documented and nothing is sent twice: after a time-out **the telephones may
   * still ring**, so check with `list` before calling again.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/make-a-call-api
   * @see https://developer.exotel.com/docs/voice-v3/api-reference/connect-two-numbers
   */
  connectNumbers(
    input: ExotelConnectNumbersInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelVoiceCall>;

  /**
   * Calls `from` and connects it to a call flow (an app of the account), given by `appId` or by its `flowUrl`.
   *
   * The address made from `appId` is plain `http`, as documented: Exotel itself calls it. Otherwise like `connectNumbers`.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/make-a-call-api
   */
  connectToFlow(
    input: ExotelConnectFlowInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelVoiceCall>;

  /**
   * One call; with `{ legs: true }` also its legs and the time talked, with `recordingUrlMinutes` also an address of its recording
   * that needs no login for 5 to 60 minutes, if Exotel has enabled this for the account.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-v1/api-reference/call-details
   */
  get(
    callSid: string,
    query?: ExotelVoiceQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelVoiceCall>;

  /**
   * Downloads the recording of a call, as returned by `get` or `list`.
   *
   * A signed address takes precedence, and gets no credentials. Any other gets the API key, and only if it is on a host of the option
   * `recordingHosts`. No redirect is followed. Right after a call its recording may not be there yet.
   *
   * @throws ApiInputError when the call has no recording, or it is on a host that must not get the key; nothing was sent.
   * @throws ExotelApiError when it is refused: `file-expired` for an expired signed address.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://custdev.freshdesk.com/support/solutions/articles/3000129985
   */
  downloadRecording<As extends keyof ExotelRecordingBody = 'bytes'>(
    recording: ExotelRecordingPlace,
    options?: ExotelDownloadOptions<As>,
  ): Promise<ExotelRecording<ExotelRecordingBody[As]>>;

  /**
   * One page of finished calls.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/call-details-bulk
   */
  list(query?: ExotelVoiceListQuery, options?: ExotelBasicOnlyOptions): Promise<ExotelVoicePage>;

  /**
   * The pages of finished calls, fetched as needed. A range wider than a month is read in windows of 28 days, in the order of
   * the query. Each page has the `cursor` of the place after it, each error that of the failed page (`cursorOf(error)`).
   *
   * With `retries` a page is fetched again after a 429, a 5xx or a broken connection: after the time in `Retry-After`, else
   * after a second, doubled each time. Throws as `list` does.
   */
  pages(
    query?: ExotelVoiceListQuery,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<ExotelVoicePage, void, undefined>;

  /** Every call of `pages`. An error has a cursor too: all calls of the pages before it were returned. */
  iterate(
    query?: ExotelVoiceListQuery,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<ExotelVoiceCall, void, undefined>;

  /**
   * Polls until a call has ended and its duration and price are known, for a limited time. A poll is repeated
   * after a 429, a 5xx or a broken connection. `signal` ends the wait with axios's own error.
   *
   * @throws AxiosError when several attempts got no answer, or the wait was aborted.
   * @throws What every call throws: {@link ExotelApi}.
   */
  waitForEnd(
    callSid: string,
    wait?: ExotelVoiceQuery & ExotelWaitLimits,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelWaited<ExotelVoiceCall>>;
}

const getSchema = v.strictObject({
  legs: v.optional(flag),
  recordingUrlMinutes: v.optional(wholeNumber(5, 60)),
});

/** @internal */
export function createVoice(client: ExotelClient): ExotelVoice {
  const { zonelessOffset, accountSid } = client.options;

  async function connect(
    operation: string,
    toFields: (wire: ExotelWire) => [string, string][],
    options: ExotelBasicOnlyOptions | undefined,
  ): Promise<ExotelVoiceCall> {
    const wire = client.wire(options);
    const answer = await client.send(
      {
        operation,
        fixedAuth: 'basic',
        method: 'POST',
        host: 'voice',
        path: client.path('v1', 'Calls', wire.connectPath),
        body: toForm(toFields(wire), wire),
        budget: 'voice',
        ringsPhones: true,
      },
      options,
    );
    return callIn(answer, zonelessOffset, NO_SID_IN_MADE_CALL);
  }

  async function get(
    operation: string,
    callSid: string,
    query: ExotelVoiceQuery,
    options: ExotelBasicOnlyOptions | undefined,
  ): Promise<ExotelVoiceCall> {
    const sid = validateInput(pathId, callSid, { api: 'exotel', operation });
    const asked = validateInput(getSchema, query, { api: 'exotel', operation });
    const answer = await client.send(
      {
        operation,
        fixedAuth: 'basic',
        method: 'GET',
        host: 'voice',
        path: client.path('v1', 'Calls', `${sid}.json`),
        query: {
          details: asked.legs === true ? true : undefined,
          RecordingUrlValidity: asked.recordingUrlMinutes,
        },
        budget: 'voice',
      },
      options,
    );
    return callIn(answer, zonelessOffset, 'The response has no call sid.');
  }

  return {
    async connectNumbers(input, options) {
      const operation = 'voice.connectNumbers';
      const call = validateInput(connectNumbersSchema, input, { api: 'exotel', operation });
      return connect(operation, (wire) => toConnectFields(call, { To: call.to }, wire), options);
    },

    async connectToFlow(input, options) {
      const operation = 'voice.connectToFlow';
      const call = validateInput(connectFlowSchema, input, { api: 'exotel', operation });
      const Url = call.flowUrl ?? flowUrlOf(accountSid, call.appId ?? '');
      return connect(operation, (wire) => toConnectFields(call, { Url }, wire), options);
    },

    get: (callSid, query, options) => get('voice.get', callSid, query ?? {}, options),

    waitForEnd(callSid, { legs, recordingUrlMinutes, ...limits } = {}, options) {
      const operation = 'voice.waitForEnd';
      return waitForCall(
        client,
        (look) => get(operation, callSid, { legs, recordingUrlMinutes }, look),
        stateOf,
        limits,
        { operation, options },
      );
    },

    downloadRecording: (recording, options) => downloadRecording(client, recording, options),

    list: (query, options) => firstVoicePage(client, query, options),

    pages: (query, options) => voicePages(client, 'voice.pages', query, options),

    async *iterate(query, options) {
      for await (const page of voicePages(client, 'voice.iterate', query, options))
        yield* page.calls;
    },
  };
}

const ENDED: readonly unknown[] = ['completed', 'failed', 'busy', 'no-answer', 'canceled'];

/** An undocumented status alone does not mean that the call has ended. */
function stateOf({ status, endTime, durationSeconds, price }: ExotelVoiceCall): ExotelWaitState {
  if (!ENDED.includes(status) && endTime === undefined) return 'running';
  return durationSeconds === undefined || price === undefined ? 'ended' : 'settled';
}

function callIn(answer: ExotelAnswer, zonelessOffset: string, note: string): ExotelVoiceCall {
  const call = parseVoiceAnswer(answer.body, zonelessOffset);
  if (call === undefined) throw answer.unexpected(note);
  return call;
}

function toForm(fields: [string, string][], wire: ExotelWire): URLSearchParams | FormData {
  if (wire.connectForm === 'urlencoded') return new URLSearchParams(fields);
  const form = new FormData();
  for (const [key, value] of fields) form.append(key, value);
  return form;
}
