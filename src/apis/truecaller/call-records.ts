import * as v from 'valibot';
import { toErrorResponse } from '../error-response.js';
import { pathId } from '../input-fields.js';
import { takeTurn } from '../turns.js';
import { validateInput } from '../validate-input.js';
import { asRecord, textOf } from '../wire-values.js';
import { readCallBatch, type TruecallerCallBatch } from './call-batch.js';
import { toWireCallRecord, type TruecallerCallRecord } from './call-record-input.js';
import { isPushRefusal, toPushOutcome, type TruecallerPushOutcome } from './push-outcome.js';
import type { TruecallerBudget, TruecallerRateLimiter } from './rate-limiter.js';
import type {
  TruecallerClient,
  TruecallerReceipt,
  TruecallerRequest,
} from './truecaller-client.js';
import { TruecallerApiError } from './truecaller-error.js';
import type { TruecallerRequestOptions } from './truecaller-options.js';

/** A batch that Truecaller is processing. */
export interface TruecallerCallBatchReceipt {
  /** For `getBatch`. */
  batchId: string;
  raw: unknown;
}

/** Call personalisation: which name and reason a telephone shows when you call. */
export interface TruecallerCallRecords {
  /**
   * Pushes a record to the receiver's telephone, before you call it. Android only.
   *
   * It should not delay the call: set a short `timeout`, and call whatever the result. It is never sent again automatically.
   *
   * @throws ApiInputError naming the invalid field; nothing was sent.
   * @throws TruecallerApiError when Truecaller refuses the request. A telephone that cannot show it is an outcome, not an error.
   * @throws What every call throws: {@link TruecallerCallsApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-real-time-v2
   */
  push(
    record: TruecallerCallRecord,
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerPushOutcome>;

  /**
   * Sends 1 to 500 records at once. Truecaller processes them later: `getBatch` reports on each.
   *
   * @throws ApiInputError naming the invalid record and field (`records.3.endsAt`); nothing was sent.
   * @throws AxiosError when no answer came (network, `timeout`, `signal`): the records may have been accepted.
   * @throws What every call throws: {@link TruecallerCallsApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-batch-v2
   */
  pushBatch(
    records: readonly TruecallerCallRecord[],
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerCallBatchReceipt>;

  /**
   * The outcome of each record of a batch. How soon a batch is done is not documented.
   *
   * @throws ApiInputError if the id is empty, or contains a space or a slash.
   * @throws What every call throws: {@link TruecallerCallsApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation/call-personalisation-batch-v2
   */
  getBatch(batchId: string, options?: TruecallerRequestOptions): Promise<TruecallerCallBatch>;
}

const recordsSchema = v.pipe(
  v.array(v.unknown(), 'must be an array'),
  v.minLength(1, 'must have from 1 to 500 records'),
  v.maxLength(500, 'must have from 1 to 500 records: push them in several batches'),
);

/** @internal */
export function createCallRecords(
  client: TruecallerClient,
  clientAccountId: string,
  rateLimiter: TruecallerRateLimiter | undefined,
): TruecallerCallRecords {
  const account = `/v2/clients/${encodeURIComponent(clientAccountId)}`;

  async function send(
    request: Omit<TruecallerRequest, 'host'>,
    options: TruecallerRequestOptions | undefined,
    budget?: TruecallerBudget,
  ) {
    await takeTurn(rateLimiter, budget, options?.signal);
    return client.send({ ...request, host: 'portal' }, options);
  }

  return {
    async push(record, options) {
      const operation = 'callRecords.push';
      const { raw } = await send(
        {
          operation,
          path: `${account}/dynamic_call_record`,
          body: toWireCallRecord(record, operation),
          isResult: isPushRefusal,
        },
        options,
        'calls',
      );
      return toPushOutcome(raw);
    },

    async pushBatch(records, options) {
      const operation = 'callRecords.pushBatch';
      const place = { api: 'truecaller', operation, within: 'records' } as const;
      validateInput(recordsSchema, records, place);
      const body = {
        call_records: records.map((record, index) =>
          toWireCallRecord(record, operation, `records.${index}`),
        ),
      };
      const path = `${account}/dynamic_call_records`;
      const receipt = await send({ operation, path, body }, options, 'batches');
      const batchId = textOf(asRecord(receipt.raw)?.batch_id);
      if (batchId !== undefined) return { batchId, raw: receipt.raw };
      const note =
        'The answer has no batch_id: the records may have been accepted, but there is no id to follow them by.';
      throw unexpected(operation, receipt, note);
    },

    async getBatch(batchId, options) {
      const operation = 'callRecords.getBatch';
      const place = { api: 'truecaller', operation, within: 'batchId' } as const;
      const id = validateInput(pathId, batchId, place);
      const path = `${account}/dynamic_call_records?batchId=${encodeURIComponent(id)}`;
      const receipt = await send({ operation, method: 'GET', path }, options);
      const batch = readCallBatch(receipt.raw);
      if (batch !== undefined) return batch;
      throw unexpected(operation, receipt, 'The response has no records.');
    },
  };
}

/** For a 2xx that makes no sense. */
function unexpected(operation: string, { status, raw }: TruecallerReceipt, note: string) {
  const response = toErrorResponse({ status, body: raw }, []);
  return new TruecallerApiError({ operation, response, note });
}
