import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import { filledText } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asRecord } from '../wire-values.js';
import { campaignIdSchema, toWireEntry, toWireReceiver, type TruecallerEntry } from './entry.js';
import type { TruecallerClient, TruecallerReceipt } from './truecaller-client.js';
import type {
  ResolvedTruecallerApiOptions,
  TruecallerRequestOptions,
} from './truecaller-options.js';
import { uploadRows, type TruecallerBatch, type TruecallerUploadOptions } from './upload.js';
import { MOST_ENTRIES, type TruecallerRow } from './upload-rows.js';

/** The payload for the webhook connector: the JSON of the console's generator, or an entry. */
export type TruecallerTriggerInput =
  | TruecallerEntry
  | {
      /** The JSON from the console's template generator, with its values filled in. Sent as is. */
      payload: Readonly<Record<string, unknown>>;
    };

/** Whom to remove from a campaign. */
export interface TruecallerExit {
  campaignId: string;
  /** One to a thousand, in any usual form or hashed; in the same form as in the upload. */
  receiverNumbers: readonly string[];
}

/** The outcome of a complete upload. */
export interface TruecallerUpload {
  /** One for each row that was to be sent, in order: `received`, or `rejected`. */
  rows: readonly TruecallerRow[];
}

/** Verified Campaigns: operations on existing campaigns. Only the console can create and read them. */
export interface TruecallerCampaigns {
  /**
   * Adds recipients, each with their own content, to campaigns: 1 to 500 entries in one call.
   *
   * Truecaller only says that it received the payload: it processes it later, gives no id, and shows failures only in the
   * console. No idempotency key is documented: after a time-out, sending again may show content twice. The page
   * also mentions a file for many records, without describing it; JSON is its only documented content type.
   *
   * Auth: the instance's bearer.
   *
   * @throws ApiInputError naming the invalid entry and field; nothing was sent.
   * @throws What every call throws: {@link TruecallerApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/verified-campaigns-bulk-api
   */
  bulkUpload(
    entries: readonly TruecallerEntry[],
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerReceipt>;

  /**
   * Adds any number of recipients to campaigns, in calls of 500, and reports the outcome of each.
   *
   * All entries are read and checked before the first is sent. With `onInvalid: 'skip'`, invalid ones are set aside; with
   * `retries`, a batch that was certainly not accepted is sent again; `from` resumes an upload that stopped.
   *
   * @example
   * ```ts
   * const { rows } = await campaigns.upload(entries, { onInvalid: 'skip', retries: 3 });
   * const bad = rows.filter((row) => row.status === 'rejected');
   * ```
   * @throws ApiInputError naming the invalid entry and field (`entries.1234.receiverNumber`); nothing was sent.
   * @throws TruecallerUploadError when a batch fails: `rows` has the outcome of each row, `next` where to resume.
   */
  upload(
    entries: Iterable<TruecallerEntry> | AsyncIterable<TruecallerEntry>,
    options?: TruecallerUploadOptions,
  ): Promise<TruecallerUpload>;

  /**
   * The same, one batch per iteration: keep `next` of each, and a new process can resume where this one ended.
   *
   * @throws What `upload` throws.
   */
  uploadInBatches(
    entries: Iterable<TruecallerEntry> | AsyncIterable<TruecallerEntry>,
    options?: TruecallerUploadOptions,
  ): AsyncGenerator<TruecallerBatch, void, undefined>;

  /**
   * Pushes one payload to the webhook connector.
   *
   * The docs name `campaign_id` and `receiver_number` as mandatory and describe the content, but show no complete
   * payload: pass the console generator's JSON as `payload` to be safe. An entry is sent in the bulk upload's shape,
   * which is our guess. Success and failure bodies are not documented either.
   *
   * Auth: `X-Org-ID` and `X-Org-Token` from the options' `webhook`; the bearer is switched off.
   *
   * @throws What every call throws: {@link TruecallerApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-connectors/webhook-setup
   */
  trigger(
    input: TruecallerTriggerInput,
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerReceipt>;

  /**
   * Removes recipients from campaigns: 1 to 10 campaigns with 1 to 1000 recipients each. The answer is not documented.
   *
   * The field table says `receiver_number`, both samples `receiver_numbers`: the plural is sent.
   *
   * Auth: `X-Org-ID` and `X-Org-Token` from the options' `webhook`; the bearer is switched off.
   *
   * @throws ApiInputError naming the invalid removal and field; nothing was sent.
   * @throws What every call throws: {@link TruecallerApi}.
   * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/exit-campaign-api/exit-api
   */
  exit(
    removals: readonly TruecallerExit[],
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerReceipt>;
}

const entriesSchema = v.pipe(
  v.array(v.unknown(), 'must be an array'),
  v.minLength(1, 'must have at least one entry'),
  v.maxLength(MOST_ENTRIES, `must have at most ${MOST_ENTRIES} entries: upload takes any number`),
);

const exitSchema = v.pipe(
  v.array(
    v.strictObject({
      campaignId: campaignIdSchema,
      receiverNumbers: v.pipe(
        v.array(filledText, 'must be an array'),
        v.minLength(1, 'must have from 1 to 1000 numbers'),
        v.maxLength(1000, 'must have from 1 to 1000 numbers: split them into several removals'),
      ),
    }),
    'must be an array',
  ),
  v.minLength(1, 'must have from 1 to 10 removals'),
  v.maxLength(10, 'must have from 1 to 10 removals: split them into several calls'),
);

/** @internal */
export function createCampaigns(
  client: TruecallerClient,
  settings: ResolvedTruecallerApiOptions,
): TruecallerCampaigns {
  const { organisationId } = settings;

  function send(
    operation: string,
    campaigns: readonly unknown[],
    options: TruecallerRequestOptions | undefined,
  ): Promise<TruecallerReceipt> {
    const path = `/organisations/${encodeURIComponent(organisationId)}/campaigns/bulk-upload`;
    return client.send({ operation, host: 'portal', path, body: { campaigns } }, options);
  }

  const batches = (
    operation: string,
    entries: Iterable<TruecallerEntry> | AsyncIterable<TruecallerEntry>,
    options: TruecallerUploadOptions = {},
  ) =>
    uploadRows(entries, options, {
      operation,
      toWire: (entry, within) => toWireEntry(entry, settings, { operation, within }),
      send: (wires, request) => send(operation, wires, request),
    });

  return {
    async bulkUpload(entries, options) {
      const operation = 'campaigns.bulkUpload';
      validateInput(entriesSchema, entries, { api: 'truecaller', operation, within: 'entries' });
      const campaigns = await Promise.all(
        entries.map((entry, index) =>
          toWireEntry(entry, settings, { operation, within: `entries.${index}` }),
        ),
      );
      return send(operation, campaigns, options);
    },

    async upload(entries, options) {
      const rows: TruecallerRow[] = [];
      for await (const batch of batches('campaigns.upload', entries, options)) {
        for (const row of batch.rows) rows.push(row);
      }
      return { rows };
    },

    uploadInBatches: (entries, options) => batches('campaigns.uploadInBatches', entries, options),

    async trigger(input, options) {
      const operation = 'campaigns.trigger';
      const body = isVerbatim(input)
        ? checkPayload(input.payload, operation)
        : await toWireEntry(input, settings, { operation });
      return client.send({ operation, host: 'webhooks', path: '/v2/campaigns', body }, options);
    },

    async exit(removals, options) {
      const operation = 'campaigns.exit';
      const place = { api: 'truecaller', operation, within: 'removals' } as const;
      const checked = validateInput(exitSchema, removals, place);
      const data = await Promise.all(
        checked.map((removal, index) => toWireExit(removal, index, settings, operation)),
      );
      return client.send(
        { operation, host: 'webhooks', path: '/v2/campaigns/exit', body: { data } },
        options,
      );
    },
  };
}

async function toWireExit(
  { campaignId, receiverNumbers }: TruecallerExit,
  index: number,
  settings: ResolvedTruecallerApiOptions,
  operation: string,
) {
  const numbers = receiverNumbers.map((number, at) =>
    toWireReceiver(number, settings, {
      operation,
      field: `removals.${index}.receiverNumbers.${at}`,
    }),
  );
  return { campaign_id: campaignId, receiver_numbers: await Promise.all(numbers) };
}

function isVerbatim(
  input: TruecallerTriggerInput,
): input is Extract<TruecallerTriggerInput, { payload: unknown }> {
  return asRecord(input)?.payload !== undefined;
}

/** Whether the mandatory fields are at the top or in a section (`profile`) is not documented: either will do. */
function checkPayload(payload: unknown, operation: string): unknown {
  const top = asRecord(payload) ?? {};
  const places = [top, ...Object.values(top).map((section) => asRecord(section) ?? {})];
  const missing = ['campaign_id', 'receiver_number'].find(
    (field) => !places.some((place) => place[field] !== undefined),
  );
  if (missing === undefined) return payload;
  const field = `payload.${missing}`;
  throw new ApiInputError({ api: 'truecaller', operation, field, problem: 'is required' });
}
