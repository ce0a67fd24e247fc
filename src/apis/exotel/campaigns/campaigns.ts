import * as v from 'valibot';
import {
  filledText,
  flag,
  httpUrl,
  moment,
  oneOf,
  pathId,
  somethingToChange,
  wholeNumber,
} from '../../input-fields.js';
import { exoPhone } from '../../phone-numbers.js';
import type { ExotelAcknowledgement } from '../acknowledgement.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions, ExotelWire } from '../exotel-options.js';
import type { ExotelVoiceIterateOptions } from '../voice-pages.js';
import { formatZonelessTime } from '../exotel-time.js';
import { flowUrlOf } from '../flow-url.js';
import { iteratePages, type ExotelPage } from '../pages.js';
import {
  parseCallCampaign,
  parseCampaignCall,
  type ExotelCallCampaign,
  type ExotelCampaignCall,
  type ExotelCampaignCallStatus,
  type ExotelCampaignStatus,
} from './campaign-records.js';
import {
  campaignNumber,
  createDeletableRecords,
  createResource,
  readPage,
  recordQuery,
  toRecordQuery,
  type ExotelRecordQuery,
  type ExotelDeletableRecords,
  type Resource,
} from './resource.js';

/** When to repeat a failed attempt. Every attempt is billed. */
export interface ExotelCampaignRetries {
  /** From 1 to 3. */
  count: number;
  /** Minutes between the attempts, at least 1. */
  intervalMinutes: number;
  /** @defaultValue left to Exotel */
  mechanism?: 'Linear' | 'Exponential' | undefined;
  on?: readonly ('busy' | 'no-answer' | 'failed')[] | undefined;
}

/** What can be set on a call campaign. */
export interface ExotelCampaignSettings {
  /** The ExoPhone that dials. It must be active: Exotel does not check that here. */
  callerId?: string | undefined;
  /** Up to 5000 numbers, E.164 or with the STD code. Instead of `lists`. */
  from?: readonly string[] | undefined;
  /** Up to 5 lists, or exactly 1 for a dynamic campaign. Instead of `from`. */
  lists?: readonly string[] | undefined;
  /** The flow that answers, by its app id. Instead of `flowUrl` or `text`. */
  appId?: string | undefined;
  flowUrl?: string | undefined;
  /** What is read out; `@@column` inserts a column of the list. */
  text?: string | undefined;
  /** `dynamic` fills in the columns of a list. @defaultValue left to Exotel: `static` */
  campaignType?: 'static' | 'dynamic' | undefined;
  flowType?: 'ivr' | 'greeting' | undefined;
  /** Only for `flowType: 'ivr'`. @defaultValue left to Exotel: 0 */
  repeatMenuAttempts?: number | undefined;
  /** At least 3 characters. @defaultValue left to Exotel: account, date and time */
  name?: string | undefined;
  /** @defaultValue left to Exotel: false */
  callDuplicateNumbers?: boolean | undefined;
  /** @defaultValue left to Exotel: none */
  retries?: ExotelCampaignRetries | undefined;
  /**
   * When it starts and ends; without it, it starts at once. Exotel enforces no calling hours: India's are 9:00 to 21:00. The
   * campaign pauses at the end, and retries due later are dropped.
   */
  schedule?: { sendAt: Date; endAt?: Date | undefined } | undefined;
  /** Gets an update on each attempt: see `parseCampaignCallback`. */
  callStatusCallback?: string | undefined;
  /** Gets an update on each number, after its last attempt. */
  callScheduleCallback?: string | undefined;
  /** Gets an update when the campaign is over. */
  statusCallback?: string | undefined;
  /** Calls a minute, instead of the account's default. One app treats it as calls a second. */
  callsPerMinute?: number | undefined;
  customField?: string | undefined;
}

/** A call campaign to create: whom to dial (`from` or `lists`), and what they hear (`appId`, `flowUrl` or `text`). */
export interface ExotelCreateCampaignInput extends ExotelCampaignSettings {
  callerId: string;
}

/** Changes to a call campaign. Once it has started, only callbacks and `action`; according to one guide also `schedule`, while it is paused. */
export interface ExotelUpdateCampaignInput extends ExotelCampaignSettings {
  action?: ExotelCampaignAction | undefined;
}

/** The actions on a campaign. */
export type ExotelCampaignAction = 'pause' | 'resume' | 'complete' | 'archive';

/** Which campaigns to list. */
export interface ExotelCampaignQuery extends ExotelRecordQuery {
  status?: readonly ExotelCampaignStatus[] | undefined;
  /** From 1 to 500. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
}

/** Which calls of a campaign to list. */
export interface ExotelCampaignCallQuery extends Omit<ExotelRecordQuery, 'name'> {
  status?: ExotelCampaignCallStatus | undefined;
}

/** Controls a campaign. The answers' bodies are not documented: check with `get`. */
export interface ExotelCampaignActions {
  /** Holds back pending numbers and retries; active calls finish. */
  pause(campaignId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
  /** Resumes a paused campaign. */
  resume(campaignId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
  /** Ends a paused campaign; the rest counts as failed. */
  complete(campaignId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
  /** Archives a completed campaign. */
  archive(campaignId: string, options?: ExotelBasicOnlyOptions): Promise<ExotelAcknowledgement>;
}

/**
 * Call campaigns (the auto-dialer), on the voice host. Auth: Basic only, the one scheme that the docs show.
 *
 * @see https://developer.exotel.com/docs/campaigns/api-reference/create-campaign
 */
export interface ExotelCampaigns
  extends ExotelDeletableRecords<ExotelCallCampaign, ExotelCampaignQuery>, ExotelCampaignActions {
  /**
   * Creates a campaign, which starts at once unless it has a `schedule`.
   *
   * Nothing is sent twice, since no idempotency key is documented: after a time-out **it may be dialling anyway**, so look
   * for it with `list({ name })` before you create it again.
   *
   * @throws ExotelApiError when Exotel refuses: `plan-or-usage` (402) for lack of credit.
   * @throws What every call throws: {@link ExotelApi}.
   */
  create(
    input: ExotelCreateCampaignInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelCallCampaign>;
  /** Changes settings, or carries out an `action`, or both: `{ schedule, action: 'resume' }` resumes at a new time. */
  update(
    campaignId: string,
    changes: ExotelUpdateCampaignInput,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelAcknowledgement>;
  /** One page of the calls of a campaign. */
  listCalls(
    campaignId: string,
    query?: ExotelCampaignCallQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignCall>>;
  /** Every call of a campaign; pages are fetched as needed. */
  iterateCalls(
    campaignId: string,
    query?: ExotelCampaignCallQuery,
    options?: ExotelVoiceIterateOptions,
  ): AsyncGenerator<ExotelCampaignCall, void, undefined>;
}

const ACTIONS = ['pause', 'resume', 'complete', 'archive'] as const;
const STATUSES = [
  'Created',
  'InProgress',
  'Completed',
  'Archived',
  'Paused',
  'Failed',
  'Canceled',
] as const;

/** @internal */
export const campaignName = v.pipe(filledText, v.minLength(3, 'must have at least 3 characters'));

/** @internal */
export const listSids = v.pipe(
  v.array(pathId, 'must be an array of list sids'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(5, 'takes at most 5 lists'),
);

const settings = {
  callerId: v.optional(exoPhone),
  from: v.optional(
    v.pipe(
      v.array(campaignNumber, 'must be an array of numbers'),
      v.minLength(1, 'must not be empty'),
      v.maxLength(5000, 'takes at most 5000 numbers: use a list for more'),
    ),
  ),
  lists: v.optional(listSids),
  appId: v.optional(pathId),
  flowUrl: v.optional(httpUrl),
  text: v.optional(filledText),
  campaignType: v.optional(oneOf(['static', 'dynamic'])),
  flowType: v.optional(oneOf(['ivr', 'greeting'])),
  repeatMenuAttempts: v.optional(wholeNumber(0)),
  name: v.optional(campaignName),
  callDuplicateNumbers: v.optional(flag),
  retries: v.optional(
    v.strictObject({
      count: wholeNumber(1, 3),
      intervalMinutes: wholeNumber(1),
      mechanism: v.optional(oneOf(['Linear', 'Exponential'])),
      on: v.optional(v.array(oneOf(['busy', 'no-answer', 'failed']))),
    }),
  ),
  schedule: v.optional(
    v.pipe(
      v.strictObject({
        sendAt: v.pipe(
          moment,
          v.check((at) => at.getTime() > Date.now(), 'must be in the future'),
        ),
        endAt: v.optional(moment),
      }),
      v.forward(
        v.check(
          ({ sendAt, endAt }) => endAt === undefined || endAt > sendAt,
          'must be after sendAt',
        ),
        ['endAt'],
      ),
    ),
  ),
  callStatusCallback: v.optional(httpUrl),
  callScheduleCallback: v.optional(httpUrl),
  statusCallback: v.optional(httpUrl),
  callsPerMinute: v.optional(wholeNumber(1)),
  customField: v.optional(filledText),
};

/** How many of the values are given. */
const given = (...values: readonly unknown[]) =>
  values.filter((value) => value !== undefined).length;

const createSchema = v.pipe(
  v.strictObject({ ...settings, callerId: exoPhone }),
  v.forward(
    v.check(({ from, lists }) => given(from, lists) === 1, 'or lists is required, but not both'),
    ['from'],
  ),
  v.forward(
    v.check(
      ({ appId, flowUrl, text }) => given(appId, flowUrl, text) === 1,
      'or flowUrl or text is required, but only one',
    ),
    ['appId'],
  ),
  v.forward(
    v.check(
      ({ campaignType, lists }) => campaignType !== 'dynamic' || lists?.length === 1,
      'must hold exactly one list, because the campaign is dynamic',
    ),
    ['lists'],
  ),
);

const updateSchema = v.pipe(
  v.strictObject({ ...settings, action: v.optional(oneOf(ACTIONS)) }),
  somethingToChange(),
);

const querySchema = v.strictObject({
  ...recordQuery(500),
  status: v.optional(v.array(oneOf(STATUSES))),
});

const { sortBy, offset, limit } = recordQuery();
const callQuerySchema = v.strictObject({
  ...{ sortBy, offset, limit },
  status: v.optional(oneOf(['completed', 'failed', 'busy', 'no-answer'])),
});

/** @internal */
export function createCampaigns(client: ExotelClient): ExotelCampaigns {
  const { zonelessOffset, accountSid } = client.options;
  const resource = createResource(client, { group: 'campaigns', path: ['campaigns'] }, (record) =>
    parseCallCampaign(record, zonelessOffset),
  );

  const toBody = (input: ExotelUpdateCampaignInput, wire: ExotelWire) => {
    const { retries, schedule, appId } = input;
    const campaign = {
      action: input.action,
      caller_id: input.callerId,
      from: wire.campaignFrom === 'array' ? input.from : input.from?.join(','),
      lists: input.lists,
      campaign_type: input.campaignType,
      flow_type: input.flowType,
      url: appId === undefined ? input.flowUrl : flowUrlOf(accountSid, appId),
      read_via_text: input.text,
      repeat_menu_attempts: input.repeatMenuAttempts,
      name: input.name,
      call_duplicate_numbers: input.callDuplicateNumbers,
      retries: retries && {
        number_of_retries: retries.count,
        interval_mins: retries.intervalMinutes,
        mechanism: retries.mechanism,
        on_status: retries.on,
      },
      schedule: schedule && {
        send_at: toRfc3339(schedule.sendAt, zonelessOffset),
        end_at: schedule.endAt && toRfc3339(schedule.endAt, zonelessOffset),
      },
      call_status_callback: input.callStatusCallback,
      call_schedule_callback: input.callScheduleCallback,
      status_callback: input.statusCallback,
      mode: input.callsPerMinute === undefined ? undefined : 'custom',
      throttle: input.callsPerMinute,
      custom_field: input.customField,
    };
    return wire.campaignBody === 'wrapped' ? { campaigns: [campaign] } : campaign;
  };

  async function listCalls(
    campaignId: string,
    query?: ExotelCampaignCallQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelPage<ExotelCampaignCall>> {
    const name = 'listCalls';
    const asked = resource.checked(name, callQuerySchema, query ?? {});
    const wireQuery = { ...toRecordQuery(asked), status: asked.status };
    const tail = [campaignId, 'call-details'];
    const answer = await resource.send({ name, method: 'GET', tail, query: wireQuery }, options);
    return readPage(answer, (record) => parseCampaignCall(record, zonelessOffset));
  }

  return {
    ...createDeletableRecords(resource, (name, query) => {
      const asked = resource.checked(name, querySchema, query);
      return { ...toRecordQuery(asked), status: asked.status?.join(',') };
    }),

    async create(input, options) {
      const campaign = resource.checked('create', createSchema, input);
      const body = toBody(campaign, client.wire(options));
      return resource.one({ name: 'create', method: 'POST', body, ringsPhones: true }, options);
    },

    async update(campaignId, changes, options) {
      const changed = resource.checked('update', updateSchema, changes);
      const body = toBody(changed, client.wire(options));
      return resource.acknowledged(
        { name: 'update', method: 'PUT', tail: [campaignId], body },
        options,
      );
    },

    ...createActions(resource, (action, options) => toBody({ action }, client.wire(options))),

    listCalls,

    iterateCalls: (campaignId, query, options) =>
      iteratePages((page, rest) => listCalls(campaignId, page, rest), query, options),
  };
}

/** @internal */
export function createActions(
  resource: Resource<unknown>,
  toBody: (action: ExotelCampaignAction, options?: ExotelBasicOnlyOptions) => unknown,
): ExotelCampaignActions {
  const act =
    (action: ExotelCampaignAction) => (campaignId: string, options?: ExotelBasicOnlyOptions) =>
      resource.acknowledged(
        { name: action, method: 'PUT', tail: [campaignId], body: toBody(action, options) },
        options,
      );
  return {
    pause: act('pause'),
    resume: act('resume'),
    complete: act('complete'),
    archive: act('archive'),
  };
}

/** With a numeric offset, as in every sample, not `Z`. @internal */
export function toRfc3339(date: Date, offset: string): string {
  return `${formatZonelessTime(date, offset).replace(' ', 'T')}${offset}`;
}
