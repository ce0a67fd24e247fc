import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import { oneOf, pathId } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { parseActiveCalls, type ExotelActiveCalls } from './active-calls.js';
import { parseCallDetails, stateOfCall, type ExotelCallDetails } from './call-details.js';
import {
  createCallV3Schema,
  toFlatCallBody,
  toNestedCallBody,
  type ExotelCreateCallV3Input,
} from './call-input.js';
import { parseCallLegs, type ExotelCallLegs } from './call-legs.js';
import { NO_SID_IN_MADE_CALL } from './calls.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelRequestOptions, ExotelWire } from './exotel-options.js';
import { parseMadeCall, type ExotelMadeCall } from './made-call.js';
import { waitForCall, type ExotelWaited, type ExotelWaitLimits } from './wait-for-call.js';
import { parseVoiceLog, type ExotelVoiceLog } from './voice-log.js';

/** Which recording to fetch. */
export interface ExotelVoiceLogQuery {
  format?: 'mp3' | 'wav' | undefined;
  channel?: 'single' | 'dual' | undefined;
}

/** Voice v3, "Beta" according to its docs, on the CCM host. Auth: Basic by default. */
export interface ExotelCallsV3 {
  /**
   * Places a call between two numbers.
   *
   * The docs show two bodies for this endpoint; working code sends the old portal's, which is the default
   * (`wire.createCallV3`). With it, `from` takes a `contactUri` only. The overview page says that calls are started
   * with Voice v1 (`voice.connectNumbers`) and only fetched here.
   *
   * As with `calls.create`, a time-out does not mean that no telephone rang, and nothing is sent twice.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/ccm-make-call-connecting-two-numbers-beta
   */
  create(input: ExotelCreateCallV3Input, options?: ExotelRequestOptions): Promise<ExotelMadeCall>;

  /**
   * The details of one call. While it is active several fields are missing, and `endTime` is `undefined` although the
   * API sends 1970.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown sid.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/api/call-details-beta
   */
  get(callSid: string, options?: ExotelRequestOptions): Promise<ExotelCallDetails>;

  /**
   * Waits until a call has ended and its duration is known, as `calls.waitForEnd` does.
   *
   * @throws AxiosError when several attempts got no answer, or the wait was aborted.
   * @throws What every call throws: {@link ExotelApi}.
   */
  waitForEnd(
    callSid: string,
    wait?: ExotelWaitLimits,
    options?: ExotelRequestOptions,
  ): Promise<ExotelWaited<ExotelCallDetails>>;

  /**
   * The legs of one call. Exotel has to enable this for the account.
   *
   * @throws ExotelApiError when Exotel refuses: `tenant-not-found`, `call-not-found`.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-v3/overview
   */
  legs(callSid: string, options?: ExotelRequestOptions): Promise<ExotelCallLegs>;

  /**
   * The active calls. The docs disagree about the host: `wire.v3ExtrasHost`.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-v3/overview
   */
  active(options?: ExotelRequestOptions): Promise<ExotelActiveCalls>;

  /**
   * Where to fetch a call's recording. The docs disagree about the host: `wire.v3ExtrasHost`.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-v3/overview
   */
  voiceLog(
    callSid: string,
    query?: ExotelVoiceLogQuery,
    options?: ExotelRequestOptions,
  ): Promise<ExotelVoiceLog>;
}

const voiceLogSchema = v.strictObject({
  format: v.optional(oneOf(['mp3', 'wav'])),
  channel: v.optional(oneOf(['single', 'dual'])),
});

/** @internal */
export function createCallsV3(client: ExotelClient): ExotelCallsV3 {
  const { zonelessOffset, phones } = client.options;
  const schema = createCallV3Schema(phones);
  const sidFor = (operation: string, callSid: string) =>
    validateInput(pathId, callSid, { api: 'exotel', operation });
  async function get(
    callSid: string,
    options: ExotelRequestOptions | undefined,
  ): Promise<ExotelCallDetails> {
    const operation = 'callsV3.get';
    const path = client.path('v3', 'calls', sidFor(operation, callSid));
    const answer = await client.send(
      { operation, method: 'GET', host: 'ccm', path, budget: 'voice' },
      options,
    );
    const details = parseCallDetails(answer.body, zonelessOffset);
    if (details === undefined) throw answer.unexpected('The response has no call sid.');
    return details;
  }

  return {
    async create(input, options) {
      const operation = 'callsV3.create';
      const call = validateInput(schema, input, { api: 'exotel', operation });
      const answer = await client.send(
        {
          operation,
          method: 'POST',
          host: 'ccm',
          path: client.path('v3', 'calls'),
          body: toBody(call, client.wire(options), operation),
          budget: 'voice',
          ringsPhones: true,
        },
        options,
      );
      const made = parseMadeCall(answer.body, zonelessOffset);
      if (made === undefined) throw answer.unexpected(NO_SID_IN_MADE_CALL);
      return made;
    },

    get,

    waitForEnd(callSid, limits = {}, options) {
      return waitForCall(client, (look) => get(callSid, look), stateOfCall, limits, {
        operation: 'callsV3.waitForEnd',
        options,
      });
    },

    async legs(callSid, options) {
      const operation = 'callsV3.legs';
      const path = client.path('v3', 'calls', sidFor(operation, callSid), 'legs');
      const answer = await client.send(
        { operation, method: 'GET', host: 'ccm', path, budget: 'voice' },
        options,
      );
      const legs = parseCallLegs(answer.body, zonelessOffset);
      if (legs === undefined) throw answer.unexpected('The response has no leg_details.');
      return legs;
    },

    async active(options) {
      const operation = 'callsV3.active';
      const path = client.path('v3', 'calls', 'active');
      const host = client.wire(options).v3ExtrasHost;
      const answer = await client.send(
        { operation, method: 'GET', host, path, budget: 'voice' },
        options,
      );
      const calls = parseActiveCalls(answer.body, zonelessOffset);
      if (calls === undefined) throw answer.unexpected('The response has no active_calls.');
      return calls;
    },

    async voiceLog(callSid, query, options) {
      const operation = 'callsV3.voiceLog';
      const asked = validateInput(voiceLogSchema, query ?? {}, { api: 'exotel', operation });
      const path = client.path('v3', 'calls', sidFor(operation, callSid), 'voice-logs');
      const host = client.wire(options).v3ExtrasHost;
      const answer = await client.send(
        { operation, method: 'GET', host, path, query: { ...asked }, budget: 'voice' },
        options,
      );
      const log = parseVoiceLog(answer.body, zonelessOffset);
      if (log === undefined) throw answer.unexpected('The response has no voice_log.');
      return log;
    },
  };
}

function toBody(call: ExotelCreateCallV3Input, wire: ExotelWire, operation: string): unknown {
  if (wire.createCallV3 === 'flat') {
    if (call.stateManagement === undefined) return toFlatCallBody(call, 'number');
    throw onlyWith('nested', 'stateManagement', 'leave it out', operation);
  }
  if ('contactUri' in call.from) return toNestedCallBody(call, call.from.contactUri);
  throw onlyWith('flat', 'from.userId', 'give contactUri', operation);
}

function onlyWith(
  body: ExotelWire['createCallV3'],
  field: string,
  remedy: string,
  operation: string,
) {
  const problem = `exists only in the ${body} body: ${remedy}, or choose { wire: { createCallV3: '${body}' } }`;
  return new ApiInputError({ api: 'exotel', operation, field, problem });
}
