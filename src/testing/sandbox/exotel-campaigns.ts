/*
 * Exotel's call campaigns and SMS campaigns.
 *
 * https://developer.exotel.com/docs/campaigns/api-reference/create-campaign
 * https://github.com/rahulkumar-exo/exotel-docs, docs/campaigns and docs/sms-campaigns
 *
 * Documented: the paths and fields, the statuses and the moves between them, `metadata` beside `response`, the bare records of the
 * calls, the fields of the three webhooks. Both bodies are accepted: `{ campaigns: [ … ] }` and the bare object.
 * Hypothesis: 409 for a move that is not allowed; the answers of PUT and DELETE; JSON as the content type of webhooks; that a
 * running campaign is over after one query (the real one takes hours).
 */
import type { Answer } from './answers.js';
import {
  createExotelCampaignLists,
  pageAnswer,
  rowsIn,
  succeeded,
  toIndianRfc3339,
  type ExotelCampaignBook,
} from './exotel-campaign-lists.js';
import { exotelFailure, exotelSuccess } from './exotel-envelope.js';
import { exotelSid } from './exotel-notation.js';
import type { ProviderSetup } from './provider.js';
import { asObject, asText, objectBody } from './read-body.js';
import { route, type ApiPart } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import type { WebhookSender } from './webhook-sender.js';

/** How an attempt ends. */
export type ExotelAttemptOutcome = 'completed' | 'failed' | 'busy' | 'no-answer';

/** A call of a campaign, as the API shows it. */
export interface ExotelCampaignCall {
  readonly call_sid: string;
  readonly number: string;
  readonly name: string | null;
  readonly status: ExotelAttemptOutcome;
  readonly [field: string]: unknown;
}

/** A call campaign. */
export interface ExotelCallCampaign {
  readonly id: string;
  /** The fields as they came. */
  fields: Readonly<Record<string, unknown>>;
  status: 'Created' | 'InProgress' | 'Paused' | 'Completed' | 'Archived';
  readonly calls: ExotelCampaignCall[];
  readonly createdAt: number;
}

/** An SMS campaign. */
export interface ExotelSmsCampaign {
  readonly sid: string;
  readonly fields: Readonly<Record<string, unknown>>;
  status: 'scheduled' | 'paused' | 'completed' | 'archived';
  readonly createdAt: number;
}

/** Verbs about campaigns. */
export interface ExotelCampaigns extends ExotelCampaignBook {
  readonly callCampaigns: readonly ExotelCallCampaign[];
  readonly smsCampaigns: readonly ExotelSmsCampaign[];
  /**
   * Dials every number of a running campaign, retries included, posts its webhooks and completes it. Without `outcomeOf`,
   * every call is answered.
   */
  runCampaign(
    campaignId: string,
    outcomeOf?: (number: string, attempt: number) => ExotelAttemptOutcome,
  ): void;
}

const PATH = '/v2/accounts/:accountSid';
const CALL_SECONDS = 40;

export function createExotelCampaigns(
  setup: ProviderSetup,
  webhooks: WebhookSender,
): ApiPart<ExotelCampaigns> {
  const { now } = setup;
  const campaigns: ExotelCallCampaign[] = [];
  const smsCampaigns: ExotelSmsCampaign[] = [];
  let made = 0;
  const book = createExotelCampaignLists(setup, (sid) =>
    campaigns.some(
      ({ status, fields }) =>
        ['Created', 'InProgress', 'Paused'].includes(status) && listsOf(fields).includes(sid),
    ),
  );

  function create(request: SandboxRequest, { accountSid }: AccountParams): Answer {
    const fields = asObject(rowsIn(request, 'campaigns')[0]) ?? {};
    const hasTarget = fields.from !== undefined || fields.lists !== undefined;
    if (asText(fields.caller_id) === undefined || !hasTarget) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const id = exotelSid('campaign', (made += 1));
    const campaign: ExotelCallCampaign = {
      ...{ id, fields, calls: [], createdAt: now() },
      status: startOf(fields) > now() ? 'Created' : 'InProgress',
    };
    campaigns.push(campaign);
    return exotelSuccess(request, 200, [succeeded(bodyOf(campaign, accountSid))]);
  }

  function get(
    request: SandboxRequest,
    campaign: ExotelCallCampaign,
    params: AccountParams,
  ): Answer {
    if (campaign.status === 'Created' && startOf(campaign.fields) <= now()) {
      campaign.status = 'InProgress';
    }
    const answer = exotelSuccess(request, 200, [succeeded(bodyOf(campaign, params.accountSid))]);
    if (campaign.status === 'InProgress') run(campaign, () => 'completed');
    return answer;
  }

  function update(
    request: SandboxRequest,
    campaign: ExotelCallCampaign,
    params: AccountParams,
  ): Answer {
    const { action, ...fields } = asObject(rowsIn(request, 'campaigns')[0]) ?? {};
    const move = MOVES[asText(action) ?? ''];
    if (action !== undefined && move?.from.includes(campaign.status) !== true) {
      return exotelFailure(request, 409, 1002, `Not allowed while ${campaign.status}`);
    }
    campaign.fields = { ...campaign.fields, ...fields };
    if (move !== undefined) campaign.status = move.to;
    return exotelSuccess(request, 200, [succeeded(bodyOf(campaign, params.accountSid))]);
  }

  function numbersOf({ fields }: ExotelCallCampaign): readonly Dialled[] {
    const { from } = fields;
    if (from === undefined) return membersOf(fields);
    const numbers: readonly unknown[] = Array.isArray(from)
      ? from
      : (asText(from)?.split(',') ?? []);
    return numbers.map((number) => ({ number: String(number), name: null }));
  }

  function membersOf(fields: Readonly<Record<string, unknown>>): readonly Dialled[] {
    const sids = listsOf(fields).flatMap((sid) => [
      ...(book.verbs.campaignLists.get(sid)?.contactSids ?? []),
    ]);
    return sids.map((sid) => {
      const contact = book.verbs.campaignContacts.get(sid)?.fields ?? {};
      const name = [contact.first_name, contact.last_name].map(asText).filter(Boolean).join(' ');
      return { number: asText(contact.number) ?? '', name: name === '' ? null : name };
    });
  }

  function bodyOf(campaign: ExotelCallCampaign, accountSid: string): object {
    const { id, fields, status, calls, createdAt } = campaign;
    const date_created = toIndianRfc3339(createdAt);
    const last = new Map(calls.map((call) => [call.number, call.status]));
    const created = numbersOf(campaign).length;
    const completed = [...last.values()].filter((outcome) => outcome === 'completed').length;
    const failed = last.size - completed;
    return {
      ...{ campaign_type: 'static', type: 'trans', call_duplicate_numbers: false },
      name: `${accountSid} ${date_created}`,
      ...fields,
      ...{ id, account_sid: accountSid, status },
      stats: { created, completed, failed, pending: created - last.size },
      ...{ date_created, date_updated: date_created },
    };
  }

  function run(
    campaign: ExotelCallCampaign,
    outcomeOf: (number: string, attempt: number) => ExotelAttemptOutcome,
  ): void {
    const { fields } = campaign;
    const retries = asObject(fields.retries) ?? {};
    const retriedOn = Array.isArray(retries.on_status)
      ? retries.on_status
      : ['busy', 'no-answer', 'failed'];
    const attempts = 1 + Number(retries.number_of_retries ?? 0);
    for (const { number, name } of numbersOf(campaign)) {
      const sids: string[] = [];
      let status: ExotelAttemptOutcome;
      do {
        status = outcomeOf(number, sids.length + 1);
        const call = callOf(campaign, number, name, status);
        campaign.calls.push(call);
        sids.push(call.call_sid);
        post(fields.call_status_callback, {
          campaign_sid: campaign.id,
          ...{ call_sid: call.call_sid, number, status },
        });
      } while (retriedOn.includes(status) && sids.length < attempts);
      post(fields.call_schedule_callback, {
        campaign_sid: campaign.id,
        ...{ to: number, from: fields.caller_id, call_sids: sids, status },
      });
    }
    campaign.status = 'Completed';
    const report_url = `https://example.invalid/reports/${campaign.id}.csv`;
    post(fields.status_callback, { campaign_sid: campaign.id, status: 'Completed', report_url });
  }

  function callOf(
    campaign: ExotelCallCampaign,
    number: string,
    name: string | null,
    status: ExotelAttemptOutcome,
  ): ExotelCampaignCall {
    const duration = status === 'completed' ? CALL_SECONDS : 0;
    return {
      call_sid: `${campaign.id}call${campaign.calls.length + 1}`,
      ...{ number, name, status, duration },
      caller_id: campaign.fields.caller_id,
      date_created: toIndianRfc3339(now()),
      start_time: toIndianRfc3339(now()),
      end_time: toIndianRfc3339(now() + duration * 1000),
      digit: null,
      recording_url: null,
      direction: 'Outgoing',
    };
  }

  function post(url: unknown, news: object): void {
    const at = toIndianRfc3339(now());
    const body = JSON.stringify({ ...news, date_created: at, date_updated: at });
    if (typeof url === 'string') webhooks.send(url, 'application/json', body);
  }

  function createSms(request: SandboxRequest): Answer {
    const fields = objectBody(request);
    const sender = fields.from ?? fields.sender_id;
    if (sender === undefined || !Array.isArray(fields.lists) || fields.template === undefined) {
      return exotelFailure(request, 400, 1001, 'Mandatory parameter missing');
    }
    const sid = exotelSid('sms', smsCampaigns.length + 1);
    const campaign: ExotelSmsCampaign = { sid, fields, status: 'scheduled', createdAt: now() };
    smsCampaigns.push(campaign);
    return exotelSuccess(request, 200, [succeeded(smsBody(campaign))]);
  }

  function smsBody({ sid, fields, status, createdAt }: ExotelSmsCampaign): object {
    const numbers = membersOf(fields).length;
    const isOver = status === 'completed' || status === 'archived';
    const counts = { scheduled: numbers, sent: isOver ? numbers : 0, failed: 0, invalid: 0 };
    const date_created = toIndianRfc3339(createdAt);
    return { sid, name: fields.name ?? sid, status, ...counts, date_created };
  }

  function getSms(request: SandboxRequest, campaign: ExotelSmsCampaign): Answer {
    const answer = exotelSuccess(request, 200, [succeeded(smsBody(campaign))]);
    if (campaign.status === 'scheduled') campaign.status = 'completed';
    return answer;
  }

  function actOnSms(request: SandboxRequest, campaign: ExotelSmsCampaign): Answer {
    const to = SMS_MOVES[asText(objectBody(request).action) ?? ''];
    if (to === undefined) return exotelFailure(request, 400, 1002, 'Unknown action');
    campaign.status = to;
    return exotelSuccess(request, 200, [succeeded(smsBody(campaign))]);
  }

  function messages(request: SandboxRequest, { fields, status }: ExotelSmsCampaign): Answer {
    const sent = status === 'completed' ? membersOf(fields) : [];
    const records = sent.map(({ number, name }, index) => ({
      sid: `sandboxmessage${index + 1}`,
      ...{ number, name, message: fields.template, status: 'sent', detailed_status: 'SENT' },
      sender_id: fields.from ?? fields.sender_id,
      direction: 'outbound-api',
      schedule_time: toIndianRfc3339(now()),
    }));
    return pageAnswer(request, records, 50, (record) => record);
  }

  const found =
    <Campaign>(
      find: (id: string) => Campaign | undefined,
      answer: (request: SandboxRequest, campaign: Campaign, params: CampaignParams) => Answer,
    ) =>
    (request: SandboxRequest, params: CampaignParams): Answer => {
      const campaign = find(params.id);
      return campaign === undefined
        ? exotelFailure(request, 404, 1000, 'Campaign not found')
        : answer(request, campaign, params);
    };
  const findCall = (id: string) => campaigns.find((campaign) => campaign.id === id);
  const findSms = (sid: string) => smsCampaigns.find((campaign) => campaign.sid === sid);
  const [calls, sms] = [`${PATH}/campaigns`, `${PATH}/message-campaigns`] as const;

  return {
    routes: [
      ...book.routes,
      route('POST', calls, create),
      route('GET', calls, (request, { accountSid }) => {
        const wanted = request.query.get('status')?.split(',');
        const matching = campaigns.filter(({ status }) => wanted?.includes(status) ?? true);
        const bodies = matching.map((campaign) => bodyOf(campaign, accountSid));
        return pageAnswer(request, bodies);
      }),
      route('GET', `${calls}/:id`, found(findCall, get)),
      route('PUT', `${calls}/:id`, found(findCall, update)),
      route(
        'DELETE',
        `${calls}/:id`,
        found(findCall, (request, campaign) => {
          campaigns.splice(campaigns.indexOf(campaign), 1);
          return exotelSuccess(request, 200, [succeeded(null)]);
        }),
      ),
      route(
        'GET',
        `${calls}/:id/call-details`,
        found(findCall, (request, campaign) => {
          const wanted = request.query.get('status');
          const matching = campaign.calls.filter(({ status }) => (wanted ?? status) === status);
          return pageAnswer(request, matching, 500, (record) => record);
        }),
      ),
      route('POST', sms, createSms),
      route('GET', sms, (request) => pageAnswer(request, smsCampaigns.map(smsBody), 50)),
      route('GET', `${sms}/:id`, found(findSms, getSms)),
      route('PUT', `${sms}/:id`, found(findSms, actOnSms)),
      route('GET', `${sms}/:id/message-details`, found(findSms, messages)),
    ],
    verbs: {
      ...book.verbs,
      callCampaigns: campaigns,
      smsCampaigns,
      runCampaign(campaignId, outcomeOf = () => 'completed') {
        const campaign = findCall(campaignId);
        if (campaign?.status !== 'InProgress') {
          throw new Error(`The sandbox has no campaign "${campaignId}" that is InProgress.`);
        }
        run(campaign, outcomeOf);
      },
    },
    reset() {
      book.reset();
      campaigns.length = smsCampaigns.length = made = 0;
    },
  };
}

interface Dialled {
  readonly number: string;
  readonly name: string | null;
}

interface AccountParams {
  readonly accountSid: string;
}

interface CampaignParams extends AccountParams {
  readonly id: string;
}

const MOVES: Readonly<
  Record<string, { from: readonly string[]; to: ExotelCallCampaign['status'] }>
> = {
  pause: { from: ['Created', 'InProgress'], to: 'Paused' },
  resume: { from: ['Paused'], to: 'InProgress' },
  complete: { from: ['Paused'], to: 'Completed' },
  archive: { from: ['Completed'], to: 'Archived' },
};

const SMS_MOVES: Readonly<Record<string, ExotelSmsCampaign['status']>> = {
  pause: 'paused',
  resume: 'scheduled',
  complete: 'completed',
  archive: 'archived',
};

function listsOf({ lists }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(lists) ? lists.map(String) : [];
}

/** Epoch milliseconds; a campaign without a schedule has begun. */
function startOf({ schedule }: Readonly<Record<string, unknown>>): number {
  const sendAt = asText(asObject(schedule)?.send_at);
  return sendAt === undefined ? 0 : Date.parse(sendAt);
}
