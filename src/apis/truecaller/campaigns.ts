import * as v from 'valibot';
import { ApiInputError } from '../api-input-error.js';
import { filledText } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asRecord } from '../wire-values.js';
import { campaignIdSchema, toWireEntry, toWireReceiver, type TruecallerEntry } from './entry.js';
import type { TruecallerClient, TruecallerReceipt } from './truecaller-client.js';
import type { TruecallerRequestOptions } from './truecaller-options.js';

/** The most entries of one bulk upload. */
const MOST_ENTRIES = 500;

/** What to send to the webhook connector: the JSON of the console's generator, or an entry. */
export type TruecallerTriggerInput =
  | TruecallerEntry
  | {
      /** The JSON that the console's template generator gives, with its values filled in. Sent as it is. */
      payload: Readonly<Record<string, unknown>>;
    };

/** Whom to remove from a campaign. */
export interface TruecallerExit {
  campaignId: string;
  /** One to a thousand, in any usual form, or hashed; in the same form as in the upload. */
  receiverNumbers: readonly string[];
}

/** One batch of `uploadInBatches`. */
export interface TruecallerBatch extends TruecallerReceipt {
  /** The place of its first entry, from 0. */
  firstIndex: number;
  count: number;
}

/** Verified Campaigns: what can be done to campaigns that exist. Creating and reading them is for the console only. */
export interface TruecallerCampaigns {
  /**
   * Puts recipients, each with its own content, on campaigns: 1 to 500 entries in one call.
   *
   * Truecaller only says that it received the payload: it works on it later, gives no id, and shows failures in the
   * console alone. No idempotency key is documented: after a time-out, sending again may show things twice. The page
   * also speaks of a file for many records, without naming one; JSON is its only documented content type.
   *
   * Auth: the instance's bearer.
   *
   * @throws ApiInputError naming the entry and field that does not fit; nothing was sent.
   * @throws TruecallerApiError when Truecaller refuses.
   * @throws AxiosError when no answer came (network, `timeout`, `signal`).
   * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/verified-campaigns-bulk-api
   */
  bulkUpload(
    entries: readonly TruecallerEntry[],
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerReceipt>;

  /**
   * Any number of entries, in calls of 500, one after the other as the batches are asked for.
   *
   * It stops at the first batch that fails; the batches that came out before are with Truecaller.
   *
   * @throws whatever `bulkUpload` throws; the entry's place is counted within its batch.
   */
  uploadInBatches(
    entries: Iterable<TruecallerEntry> | AsyncIterable<TruecallerEntry>,
    options?: TruecallerRequestOptions,
  ): AsyncGenerator<TruecallerBatch, void, undefined>;

  /**
   * Pushes one payload to the webhook connector.
   *
   * The documents name `campaign_id` and `receiver_number` as mandatory and describe the content, but show no whole
   * document: pass the console generator's JSON as `payload` to be sure. An entry is sent in the bulk upload's shape,
   * which is our inference. Success and failure bodies are not documented either.
   *
   * Auth: `X-Org-ID` and `X-Org-Token` from the options' `webhook`; the bearer is switched off.
   *
   * @throws ApiInputError when the input cannot be right; nothing was sent.
   * @throws TruecallerApiError when Truecaller refuses.
   * @throws AxiosError when no answer came (network, `timeout`, `signal`).
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
   * @throws ApiInputError naming the removal and field that does not fit; nothing was sent.
   * @throws TruecallerApiError when Truecaller refuses.
   * @throws AxiosError when no answer came (network, `timeout`, `signal`).
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
  v.maxLength(
    MOST_ENTRIES,
    `must have at most ${MOST_ENTRIES} entries: uploadInBatches takes any number`,
  ),
);

const exitSchema = v.pipe(
  v.array(
    v.strictObject({
      campaignId: campaignIdSchema,
      receiverNumbers: v.pipe(
        v.array(filledText, 'must be an array'),
        v.minLength(1, 'must have from 1 to 1000 numbers'),
        v.maxLength(1000, 'must have from 1 to 1000 numbers: ask in several removals'),
      ),
    }),
    'must be an array',
  ),
  v.minLength(1, 'must have from 1 to 10 removals'),
  v.maxLength(10, 'must have from 1 to 10 removals: ask in several calls'),
);

/** @internal */
export function createCampaigns(client: TruecallerClient): TruecallerCampaigns {
  const { organisationId } = client.options;

  async function bulkUpload(
    entries: readonly TruecallerEntry[],
    options?: TruecallerRequestOptions,
  ): Promise<TruecallerReceipt> {
    const operation = 'campaigns.bulkUpload';
    validateInput(entriesSchema, entries, { api: 'truecaller', operation, within: 'entries' });
    const campaigns = await Promise.all(
      entries.map((entry, index) =>
        toWireEntry(entry, client.options, { operation, within: `entries.${index}` }),
      ),
    );
    return client.send(
      {
        operation,
        host: 'portal',
        path: `/organisations/${encodeURIComponent(organisationId)}/campaigns/bulk-upload`,
        body: { campaigns },
      },
      options,
    );
  }

  return {
    bulkUpload,

    async *uploadInBatches(entries, options) {
      let firstIndex = 0;
      for await (const batch of inBatches(entries)) {
        const receipt = await bulkUpload(batch, options);
        yield { ...receipt, firstIndex, count: batch.length };
        firstIndex += batch.length;
      }
    },

    async trigger(input, options) {
      const operation = 'campaigns.trigger';
      const body = isVerbatim(input)
        ? checkPayload(input.payload, operation)
        : await toWireEntry(input, client.options, { operation });
      return client.send({ operation, host: 'webhooks', path: '/v2/campaigns', body }, options);
    },

    async exit(removals, options) {
      const operation = 'campaigns.exit';
      const place = { api: 'truecaller', operation, within: 'removals' } as const;
      const checked = validateInput(exitSchema, removals, place);
      const data = await Promise.all(
        checked.map((removal, index) => toWireExit(removal, index, client, operation)),
      );
      return client.send(
        { operation, host: 'webhooks', path: '/v2/campaigns/exit', body: { data } },
        options,
      );
    },
  };
}

async function* inBatches(
  entries: Iterable<TruecallerEntry> | AsyncIterable<TruecallerEntry>,
): AsyncGenerator<readonly TruecallerEntry[], void, undefined> {
  let batch: TruecallerEntry[] = [];
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length < MOST_ENTRIES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function toWireExit(
  { campaignId, receiverNumbers }: TruecallerExit,
  index: number,
  client: TruecallerClient,
  operation: string,
) {
  const numbers = receiverNumbers.map((number, at) =>
    toWireReceiver(number, client.options, {
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

/** Whether the mandatory fields stand at the top or in a section (`profile`) is not documented: either will do. */
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
