import * as v from 'valibot';
import { filledText, moment, oneOf, pathId, wholeNumber } from '../../input-fields.js';
import type { PhoneFields } from '../../phone-numbers.js';
import { validateInput } from '../../validate-input.js';
import { asList, asRecord, numberOf, textOf } from '../../wire-values.js';
import { acknowledgementIn, type ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelAnswer, ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';
import type { OpenWord } from '../../open-word.js';

const PRIORITIES = ['low', 'normal', 'high'] as const;

/** One attempt to call a customer back. */
export interface ExotelV4CallbackAttempt {
  attemptNumber: number | undefined;
  time: Date | undefined;
  status: string | undefined;
  callSid: string | undefined;
}

/** A scheduled call back to a customer, not a webhook. */
export interface ExotelV4Callback {
  callbackId: string;
  customerNumber: string | undefined;
  status: string | undefined;
  scheduledTime: Date | undefined;
  priority: OpenWord<(typeof PRIORITIES)[number]> | undefined;
  createdTime: Date | undefined;
  /** Only from `get`. */
  attempts: readonly ExotelV4CallbackAttempt[];
}

/** Whom to call back, and when. */
export interface ExotelV4CreateCallbackInput {
  /** E.164. */
  customerNumber: string;
  exophone: string;
  customerName?: string | undefined;
  priority?: (typeof PRIORITIES)[number] | undefined;
  scheduledTime?: Date | undefined;
  teamId?: string | undefined;
  agentId?: string | undefined;
  customField?: string | undefined;
  /** @defaultValue left to Exotel: 3 */
  maxRetries?: number | undefined;
  /** @defaultValue left to Exotel: 300 */
  retryIntervalSeconds?: number | undefined;
}

/** Which callbacks to list. The format of the dates is not documented; ISO 8601 is sent, as in the API's other fields. */
export interface ExotelV4CallbackQuery {
  status?: string | undefined;
  priority?: (typeof PRIORITIES)[number] | undefined;
  start?: Date | undefined;
  end?: Date | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** One callback, and the full answer. */
export interface ExotelV4CallbackAnswer {
  callback: ExotelV4Callback;
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Customer callbacks of Contact Center v4. Auth: the session token, which the instance attaches.
 *
 * @throws What every call throws: {@link ExotelV4Api}.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center-v4/api-reference/customer-callbacks.mdx
 */
export interface ExotelV4Callbacks {
  /**
   * Schedules a call back to a customer. No idempotency key is documented, and nothing is sent twice: after a time-out it
   * may still have been scheduled, so check with `list` before scheduling again.
   */
  create(
    input: ExotelV4CreateCallbackInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelV4CallbackAnswer>;
  /** Lists callbacks. The answer's body is not documented: it is returned as it came. */
  list(
    query?: ExotelV4CallbackQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAcknowledgement>;
  /**
   * One callback, with the attempts made so far.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown callback.
   */
  get(callbackId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelV4CallbackAnswer>;
  /** Cancels a callback. The answer's body is not documented: it is returned as it came. */
  cancel(
    callbackId: string,
    reason?: string,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAcknowledgement>;
}

const createSchemaOf = ({ e164 }: PhoneFields) =>
  v.strictObject({
    customerNumber: e164,
    exophone: filledText,
    customerName: v.optional(filledText),
    priority: v.optional(oneOf(PRIORITIES)),
    scheduledTime: v.optional(moment),
    teamId: v.optional(filledText),
    agentId: v.optional(filledText),
    customField: v.optional(filledText),
    maxRetries: v.optional(wholeNumber(0)),
    retryIntervalSeconds: v.optional(wholeNumber(0)),
  });
const querySchema = v.strictObject({
  status: v.optional(filledText),
  priority: v.optional(oneOf(PRIORITIES)),
  start: v.optional(moment),
  end: v.optional(moment),
  limit: v.optional(wholeNumber(1)),
  offset: v.optional(wholeNumber(0)),
});

/** @internal */
export function createV4Callbacks(client: ExotelClient): ExotelV4Callbacks {
  const createSchema = createSchemaOf(client.options.phones);
  const callbackPath = (callbackId: string, operation: string) =>
    client.path('v4', 'callbacks', validateInput(pathId, callbackId, { api: 'exotel', operation }));
  const shared = { fixedAuth: 'bearer', host: 'ccm' } as const;

  const oneCallback = (answer: ExotelAnswer): ExotelV4CallbackAnswer => {
    const data = asRecord(asRecord(answer.body)?.response)?.data;
    const callback = parseV4Callback(data, client.options.zonelessOffset);
    if (callback === undefined) throw answer.unexpected('The response has no callback.');
    return { callback, requestId: answer.requestId, raw: answer.body };
  };

  return {
    async create(input, options) {
      const operation = 'v4.callbacks.create';
      const asked = validateInput(createSchema, input, { api: 'exotel', operation });
      return oneCallback(
        await client.send(
          {
            ...shared,
            operation,
            method: 'POST',
            path: client.path('v4', 'callbacks'),
            body: toBody(asked),
            ringsPhones: true,
          },
          options,
        ),
      );
    },

    async list(query, options) {
      const operation = 'v4.callbacks.list';
      const asked = validateInput(querySchema, query ?? {}, { api: 'exotel', operation });
      const { start, end, ...same } = asked;
      const answer = await client.send(
        {
          ...shared,
          operation,
          method: 'GET',
          path: client.path('v4', 'callbacks'),
          query: { ...same, start_date: start?.toISOString(), end_date: end?.toISOString() },
        },
        options,
      );
      return acknowledgementIn(answer);
    },

    async get(callbackId, options) {
      const operation = 'v4.callbacks.get';
      const path = callbackPath(callbackId, operation);
      return oneCallback(await client.send({ ...shared, operation, method: 'GET', path }, options));
    },

    async cancel(callbackId, reason, options) {
      const operation = 'v4.callbacks.cancel';
      const path = callbackPath(callbackId, operation);
      const answer = await client.send(
        { ...shared, operation, method: 'PUT', path, body: { status: 'canceled', reason } },
        options,
      );
      return acknowledgementIn(answer);
    },
  };
}

function toBody(input: ExotelV4CreateCallbackInput) {
  return {
    customer_number: input.customerNumber,
    exophone: input.exophone,
    customer_name: input.customerName,
    priority: input.priority,
    scheduled_time: input.scheduledTime?.toISOString(),
    team_id: input.teamId,
    agent_id: input.agentId,
    custom_field: input.customField,
    max_retry: input.maxRetries,
    retry_interval: input.retryIntervalSeconds,
  };
}

function parseV4Callback(value: unknown, zonelessOffset: string): ExotelV4Callback | undefined {
  const callback = asRecord(value);
  const callbackId = textOf(callback?.callback_id);
  if (callback === undefined || callbackId === undefined) return undefined;
  return {
    callbackId,
    customerNumber: textOf(callback.customer_number),
    status: textOf(callback.status),
    scheduledTime: parseExotelTime(callback.scheduled_time, zonelessOffset),
    priority: textOf(callback.priority),
    createdTime: parseExotelTime(callback.created_at, zonelessOffset),
    attempts: asList(callback.attempts).map((item) => {
      const attempt = asRecord(item) ?? {};
      return {
        attemptNumber: numberOf(attempt.attempt_number),
        time: parseExotelTime(attempt.time, zonelessOffset),
        status: textOf(attempt.status),
        callSid: textOf(attempt.call_sid),
      };
    }),
  };
}
