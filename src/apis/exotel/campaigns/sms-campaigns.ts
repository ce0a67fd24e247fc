import * as v from 'valibot';
import { filledText, httpUrl, moment, oneOf } from '../../input-fields.js';
import type { OpenWord } from '../../open-word.js';
import { numberOf, textOf, type WireRecord } from '../../wire-values.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions, ExotelWire } from '../exotel-options.js';
import type { ExotelVoiceIterateOptions } from '../voice-pages.js';
import { parseExotelTime } from '../exotel-time.js';
import { iteratePages, type ExotelPage } from '../pages.js';
import {
  campaignName,
  createActions,
  listSids,
  toRfc3339,
  type ExotelCampaignActions,
} from './campaigns.js';
import {
  createRecords,
  createResource,
  readPage,
  recordQuery,
  toRecordQuery,
  type ExotelRecordQuery,
  type ExotelRecords,
} from './resource.js';

/** An SMS campaign to create. */
export interface ExotelCreateSmsCampaignInput {
  /** `dynamic` fills in the columns of a list. */
  contentType: 'static' | 'dynamic';
  /** Up to 5 lists, or exactly 1 for dynamic content. */
  lists: readonly string[];
  /**
   * Both ids are India's registration of senders and texts. They have 19 digits, more than a JavaScript number holds: pass them as
   * text. They are sent as numbers, as in the docs and working code.
   */
  dltEntityId: string | number;
  dltTemplateId: string | number;
  senderId: string;
  messageType: 'Transactional' | 'Promotional';
  /** At most 2000 characters; `@@column` inserts a column of the list. */
  template: string;
  /** At least 3 characters. */
  name?: string | undefined;
  /** It must start at least 10 minutes from now, and last at least 2 hours. */
  schedule?: { startAt: Date; endAt: Date } | undefined;
  statusCallback?: string | undefined;
  messageStatusCallback?: string | undefined;
}

/** The state of an SMS campaign. */
export type ExotelSmsCampaignStatus =
  'scheduled' | 'in-progress' | 'completed' | 'paused' | 'archived';

/** An SMS campaign. */
export interface ExotelSmsCampaign {
  campaignId: string;
  name: string | undefined;
  status: OpenWord<ExotelSmsCampaignStatus> | undefined;
  scheduled: number | undefined;
  submitted: number | undefined;
  sent: number | undefined;
  failed: number | undefined;
  invalid: number | undefined;
  createdTime: Date | undefined;
  /** When it is over. */
  reportUrl: string | undefined;
  raw: unknown;
}

/** Which SMS campaigns to list. */
export interface ExotelSmsCampaignQuery extends ExotelRecordQuery {
  status?: ExotelSmsCampaignStatus | undefined;
  /** From 1 to 50. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
}

/** Which messages of a campaign to list. */
export interface ExotelCampaignMessageQuery extends Omit<ExotelRecordQuery, 'name'> {
  /** Exactly this number. */
  number?: string | undefined;
}

/** A message of an SMS campaign. */
export interface ExotelCampaignMessage {
  messageSid: string | undefined;
  number: string | undefined;
  name: string | undefined;
  message: string | undefined;
  status:
    OpenWord<'sent' | 'failed' | 'failed_dnd' | 'failed_spam_detected' | 'invalid'> | undefined;
  detailedStatus: string | undefined;
  senderId: string | undefined;
  direction: string | undefined;
  scheduledTime: Date | undefined;
}

/**
 * SMS campaigns, "Beta" on the old portal. No page documents how to delete one.
 *
 * @see https://developer.exotel.com/docs/sms-campaigns/overview
 */
export interface ExotelSmsCampaigns
  extends ExotelRecords<ExotelSmsCampaign, ExotelSmsCampaignQuery>, ExotelCampaignActions {
  /** Creates a campaign. After a time-out it may exist: check with `list({ name })` before you create it again. */
  create(
    input: ExotelCreateSmsCampaignInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelSmsCampaign>;
  /** One page of the messages of a campaign. */
  listMessages(
    campaignId: string,
    query?: ExotelCampaignMessageQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignMessage>>;
  /** Every message of a campaign; pages are fetched as needed. */
  iterateMessages(
    campaignId: string,
    query?: ExotelCampaignMessageQuery,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<ExotelCampaignMessage, void, undefined>;
}

const DLT_ADVICE = 'must be a string of digits: the id is too long for a number';

const MINUTE_MS = 60_000;

const dltId = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger())], DLT_ADVICE),
  v.transform(String),
  v.regex(/^[1-9]\d{0,29}$/, DLT_ADVICE),
);

const createSchema = v.pipe(
  v.strictObject({
    contentType: oneOf(['static', 'dynamic']),
    lists: listSids,
    dltEntityId: dltId,
    dltTemplateId: dltId,
    senderId: filledText,
    messageType: oneOf(['Transactional', 'Promotional']),
    template: v.pipe(filledText, v.maxLength(2000, 'must have at most 2000 characters')),
    name: v.optional(campaignName),
    schedule: v.optional(
      v.pipe(
        v.strictObject({
          startAt: v.pipe(
            moment,
            v.check(
              (at) => at.getTime() >= Date.now() + 10 * MINUTE_MS,
              'must be at least 10 minutes from now',
            ),
          ),
          endAt: moment,
        }),
        v.forward(
          v.check(
            ({ startAt, endAt }) => endAt.getTime() >= startAt.getTime() + 120 * MINUTE_MS,
            'must be at least 2 hours after startAt',
          ),
          ['endAt'],
        ),
      ),
    ),
    statusCallback: v.optional(httpUrl),
    messageStatusCallback: v.optional(httpUrl),
  }),
  v.forward(
    v.check(
      ({ contentType, lists }) => contentType === 'static' || lists.length === 1,
      'must hold exactly one list, because the content is dynamic',
    ),
    ['lists'],
  ),
);

const querySchema = v.strictObject({
  ...recordQuery(50),
  status: v.optional(oneOf(['in-progress', 'scheduled', 'completed', 'paused', 'archived'])),
});

const { sortBy, offset, limit } = recordQuery();
const messageQuerySchema = v.strictObject({
  ...{ sortBy, offset, limit },
  number: v.optional(filledText),
});

/** Upper case in the body, lower case in the query, as in the samples. */
const CHANNEL_OF_QUERY = { channel: 'sms' };

/** @internal */
export function createSmsCampaigns(client: ExotelClient): ExotelSmsCampaigns {
  const { zonelessOffset } = client.options;
  const resource = createResource(
    client,
    { group: 'smsCampaigns', path: ['message-campaigns'] },
    (record) => parseSmsCampaign(record, zonelessOffset),
  );
  async function listMessages(
    campaignId: string,
    query?: ExotelCampaignMessageQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignMessage>> {
    const name = 'listMessages';
    const asked = resource.checked(name, messageQuerySchema, query ?? {});
    const wireQuery = { ...CHANNEL_OF_QUERY, ...toRecordQuery(asked), number: asked.number };
    const tail = [campaignId, 'message-details'];
    const answer = await resource.send({ name, method: 'GET', tail, query: wireQuery }, options);
    return readPage(answer, (record) => parseMessage(record, zonelessOffset));
  }

  return {
    ...createRecords(resource, (name, query) => {
      const asked = resource.checked(name, querySchema, query);
      return { ...CHANNEL_OF_QUERY, ...toRecordQuery(asked), status: asked.status };
    }),

    async create(input, options) {
      const asked = resource.checked('create', createSchema, input);
      const body = toBody(asked, client.wire(options), zonelessOffset);
      return resource.one({ name: 'create', method: 'POST', body }, options);
    },

    ...createActions(resource, (action) => ({ action })),

    listMessages,

    iterateMessages: (campaignId, query, options) =>
      iteratePages((page, rest) => listMessages(campaignId, page, rest), query, options),
  };
}

function toBody(
  input: ExotelCreateSmsCampaignInput,
  { smsCampaignFields }: ExotelWire,
  offset: string,
): string {
  const names = FIELD_NAMES[smsCampaignFields];
  const body = JSON.stringify({
    channel: 'SMS',
    content_type: input.contentType,
    lists: input.lists,
    template: input.template,
    name: input.name,
    schedule: input.schedule && {
      start_time: toRfc3339(input.schedule.startAt, offset),
      end_time: toRfc3339(input.schedule.endAt, offset),
    },
    status_callback: input.statusCallback,
    [names.sender]: input.senderId,
    [names.type]: input.messageType,
    [names.callback]: input.messageStatusCallback,
  });
  // Written by hand, because JSON.stringify would round or quote them.
  const ids = `"dlt_entity_id":${input.dltEntityId},"${names.template}":${input.dltTemplateId}`;
  return `{${ids},${body.slice(1)}`;
}

const FIELD_NAMES = {
  message: {
    template: 'template_id',
    sender: 'from',
    type: 'message_type',
    callback: 'message_status_callback',
  },
  sms: {
    template: 'dlt_template_id',
    sender: 'sender_id',
    type: 'sms_type',
    callback: 'sms_status_callback',
  },
} as const;

function parseSmsCampaign(record: WireRecord, offset: string): ExotelSmsCampaign | undefined {
  const campaignId = textOf(record.sid) ?? textOf(record.id);
  if (campaignId === undefined) return undefined;
  return {
    campaignId,
    name: textOf(record.name),
    status: textOf(record.status),
    scheduled: numberOf(record.scheduled),
    submitted: numberOf(record.submitted),
    sent: numberOf(record.sent),
    failed: numberOf(record.failed),
    invalid: numberOf(record.invalid),
    createdTime: parseExotelTime(record.date_created, offset),
    reportUrl: textOf(record.report_url),
    raw: record,
  };
}

/** @see https://github.com/rahulkumar-exo/exotel-docs — docs/sms-campaigns/api-reference/sms-details.md */
function parseMessage(record: WireRecord, offset: string): ExotelCampaignMessage {
  return {
    messageSid: textOf(record.sid),
    number: textOf(record.number),
    name: textOf(record.name),
    message: textOf(record.message),
    status: textOf(record.status),
    detailedStatus: textOf(record.detailed_status),
    senderId: textOf(record.sender_id),
    direction: textOf(record.direction),
    scheduledTime: parseExotelTime(record.schedule_time, offset),
  };
}
