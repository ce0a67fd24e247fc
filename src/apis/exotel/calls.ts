import { pathId } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asList, asRecord } from '../wire-values.js';
import { parseCallDetails, stateOfCall, type ExotelCallDetails } from './call-details.js';
import { createCallSchema, toFlatCallBody, type ExotelCreateCallInput } from './call-input.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelRequestOptions } from './exotel-options.js';
import { parseMadeCall, type ExotelMadeCall } from './made-call.js';
import { waitForCall, type ExotelWaited, type ExotelWaitLimits } from './wait-for-call.js';

/** The answer to `calls.list`. */
export interface ExotelCallList {
  /** The calls; `undefined` if the body has none of the wrappers that other endpoints use: see `raw`. */
  calls: readonly ExotelCallDetails[] | undefined;
  requestId: string | undefined;
  raw: unknown;
}

/** Calls of the contact centre (CCM, Voice v2): an agent is dialled first, then the customer. */
export interface ExotelCalls {
  /**
   * Places a call: rings the agent, then the customer.
   *
   * The answer says that the request was accepted, not that it was carried out: poll `calls.get` or use the callbacks.
   * Exotel documents this call as deprecated in favour of v3; it still works.
   *
   * The request is never sent twice, and no idempotency key is documented. After a time-out, a broken
   * connection or a 5xx **the telephones may still ring**: look for the call (`calls.list`, a callback with your
   * `customField`) before placing it again.
   *
   * Auth: Basic as its pages show, if the client has `basic`; else what the instance attaches, since the token page says that
   * the CCM API takes the bearer token.
   *
   * @throws ExotelApiError when Exotel refuses. `isAgentUnavailable(error)` recognises the business states (409):
   * device off, not verified, busy.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-api/api-reference/make-a-call
   * @see https://developer.exotel.com/docs/contact-center/api-reference/make-call
   */
  create(input: ExotelCreateCallInput, options?: ExotelRequestOptions): Promise<ExotelMadeCall>;

  /**
   * The details of one call that was made through CCM. Two pages describe two shapes for this address; both are read.
   *
   * Auth: as for `create`.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown sid.
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/voice-api/api-reference/call-details
   */
  get(callSid: string, options?: ExotelRequestOptions): Promise<ExotelCallDetails>;

  /**
   * Polls until a call has ended and its duration is known, for a limited time. A poll is repeated after a 429,
   * a 5xx or a broken connection. `signal` ends the wait with axios's own error. CCM reports no price.
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
   * A list of calls. The docs show this endpoint in one line, as an example of how to use a token: no query, no
   * paging, no answer. The answer is read leniently; `options.params` takes a query that you know to work.
   *
   * Auth: as for `create`. Examples show both.
   *
   * @throws What every call throws: {@link ExotelApi}.
   * @see https://developer.exotel.com/docs/contact-center/api-reference/token-generation
   */
  list(options?: ExotelRequestOptions): Promise<ExotelCallList>;
}

/** @internal */
export function createCalls(client: ExotelClient): ExotelCalls {
  const { zonelessOffset, phones } = client.options;
  const schema = createCallSchema(phones);
  async function get(
    callSid: string,
    options: ExotelRequestOptions | undefined,
  ): Promise<ExotelCallDetails> {
    const operation = 'calls.get';
    const sid = validateInput(pathId, callSid, { api: 'exotel', operation });
    const answer = await client.send(
      {
        operation,
        method: 'GET',
        host: 'ccm',
        path: client.path('v2', 'calls', sid),
        budget: 'voice',
      },
      options,
    );
    const details = parseCallDetails(answer.body, zonelessOffset);
    if (details === undefined) throw answer.unexpected('The response has no call sid.');
    return details;
  }

  return {
    async create(input, options) {
      const operation = 'calls.create';
      const call = validateInput(schema, input, { api: 'exotel', operation });
      const answer = await client.send(
        {
          operation,
          method: 'POST',
          host: 'ccm',
          path: client.path('v2', 'calls'),
          body: toFlatCallBody(call, client.wire(options).createCallTo),
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
      const operation = 'calls.waitForEnd';
      return waitForCall(client, (look) => get(callSid, look), stateOfCall, limits, {
        operation,
        options,
      });
    },
    async list(options) {
      const answer = await client.send(
        {
          operation: 'calls.list',
          method: 'GET',
          host: 'ccm',
          path: client.path('v2', 'calls'),
          budget: 'voice',
        },
        options,
      );
      const calls = parseCallList(answer.body, zonelessOffset);
      return { calls, requestId: answer.requestId, raw: answer.body };
    },
  };
}

/** The note for a call-placing request whose answer makes no sense. @internal */
export const NO_SID_IN_MADE_CALL =
  'The response has no call sid, so the call may or may not have been placed.';

/** In the wrappers that Exotel's lists use elsewhere: `response[]` of records or of `{ data }`, or `response.data[]`. */
function parseCallList(
  body: unknown,
  zonelessOffset: string,
): readonly ExotelCallDetails[] | undefined {
  const response = asRecord(body)?.response;
  const items = Array.isArray(response) ? response : asRecord(response)?.data;
  if (!Array.isArray(items)) return undefined;
  const calls = asList(items).map((item) => parseCallDetails(item, zonelessOffset));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}
