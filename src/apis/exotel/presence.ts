import * as v from 'valibot';
import { filledText, oneOf, pathId, wholeNumber } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { asRecord, numberOf, textOf } from '../wire-values.js';
import { acknowledgementIn, type ExotelAcknowledgement } from './acknowledgement.js';
import type { ExotelClient } from './exotel-client.js';
import type { ExotelIterateOptions, ExotelRequestOptions } from './exotel-options.js';
import { parseExotelTime } from './exotel-time.js';
import type { OpenWord } from '../open-word.js';
import { iteratePages, parsePosition, type ExotelPage } from './pages.js';

const SETTABLE = ['available', 'busy', 'offline', 'after-call-work'] as const;
const STATUSES = [...SETTABLE, 'on-call'] as const;

/** What an agent is doing. Exotel itself sets and ends `on-call`. */
export type ExotelPresenceStatus = (typeof STATUSES)[number];

/** An agent in the presence list. */
export interface ExotelAgentPresence {
  userId: string | undefined;
  name: string | undefined;
  email: string | undefined;
  status: OpenWord<ExotelPresenceStatus> | undefined;
  statusSince: Date | undefined;
  device: { type: string | undefined; contactUri: string | undefined } | undefined;
  team: { teamId: string | undefined; name: string | undefined } | undefined;
  stats:
    | {
        callsHandledToday: number | undefined;
        averageHandleSeconds: number | undefined;
        talkSeconds: number | undefined;
      }
    | undefined;
  /** Only from `get`, and only during a call. */
  currentCall:
    | {
        callSid: string | undefined;
        direction: string | undefined;
        customerNumber: string | undefined;
        durationSeconds: number | undefined;
      }
    | undefined;
}

/** How many agents are in which state. */
export interface ExotelPresenceSummary {
  totalAgents: number | undefined;
  available: number | undefined;
  onCall: number | undefined;
  busy: number | undefined;
  afterCallWork: number | undefined;
  offline: number | undefined;
}

/** One page of agents. */
export interface ExotelPresencePage extends ExotelPage<ExotelAgentPresence> {
  summary: ExotelPresenceSummary | undefined;
}

/** Which agents to list. */
export interface ExotelPresenceQuery {
  status?: ExotelPresenceStatus | undefined;
  teamId?: string | undefined;
  /** From 1 to 100. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
  /** @defaultValue 0 */
  offset?: number | undefined;
}

/** The presence of one agent. */
export interface ExotelPresenceOfOne extends ExotelAgentPresence {
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Agents' presence. Auth: bearer by default, as the list's sample shows; the other two pages do not say.
 *
 * @throws What every call throws: {@link ExotelApi}.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center/api-reference/agent-presence.mdx
 */
export interface ExotelPresence {
  /** One page of agents, with a summary of all. */
  list(query?: ExotelPresenceQuery, options?: ExotelRequestOptions): Promise<ExotelPresencePage>;

  /** Every agent that the query finds; pages are fetched as needed. */
  iterate(
    query?: ExotelPresenceQuery,
    options?: ExotelIterateOptions,
  ): AsyncGenerator<ExotelAgentPresence, void, undefined>;

  /**
   * One agent, with the active call.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown user.
   */
  get(userId: string, options?: ExotelRequestOptions): Promise<ExotelPresenceOfOne>;

  /**
   * Changes an agent's state. Exotel allows offline to available; available to busy or offline; after-call-work and
   * busy to available or offline. The answer's body is not documented.
   *
   * @throws ApiInputError for `on-call`, which Exotel manages itself.
   * @throws ExotelApiError when Exotel refuses: 400 for a change that is not allowed.
   */
  set(
    userId: string,
    status: Exclude<ExotelPresenceStatus, 'on-call'>,
    options?: ExotelRequestOptions,
  ): Promise<ExotelAcknowledgement>;
}

const querySchema = v.strictObject({
  status: v.optional(oneOf(STATUSES)),
  teamId: v.optional(filledText),
  limit: v.optional(wholeNumber(1, 100)),
  offset: v.optional(wholeNumber(0)),
});

const setSchema = v.strictObject({
  userId: pathId,
  status: v.picklist(
    SETTABLE,
    `must be one of: ${SETTABLE.join(', ')}; on-call is managed by Exotel`,
  ),
});

/** @internal */
export function createPresence(client: ExotelClient): ExotelPresence {
  const { zonelessOffset } = client.options;

  async function list(
    query: ExotelPresenceQuery | undefined,
    options: ExotelRequestOptions | undefined,
  ): Promise<ExotelPresencePage> {
    const operation = 'presence.list';
    const asked = validateInput(querySchema, query ?? {}, { api: 'exotel', operation });
    const { status, teamId, limit, offset } = asked;
    const answer = await client.send(
      {
        operation,
        method: 'GET',
        host: 'ccm',
        path: client.path('v2', 'agents', 'presence'),
        query: { status, team_id: teamId, limit, offset },
        budget: 'reads',
      },
      options,
    );
    const page = parsePresencePage(answer.body, zonelessOffset);
    if (page === undefined) throw answer.unexpected('The response has no agents.');
    return page;
  }

  return {
    list,

    iterate: (query, options) => iteratePages(list, query, options),

    async get(userId, options) {
      const operation = 'presence.get';
      const id = validateInput(pathId, userId, { api: 'exotel', operation });
      const path = client.path('v2', 'agents', id, 'presence');
      const answer = await client.send(
        { operation, method: 'GET', host: 'ccm', path, budget: 'reads' },
        options,
      );
      const data = asRecord(asRecord(asRecord(answer.body)?.response)?.data);
      if (data === undefined) throw answer.unexpected('The response has no data.');
      const { requestId, body } = answer;
      return { ...parseAgentPresence(data, zonelessOffset), requestId, raw: body };
    },

    async set(userId, status, options) {
      const operation = 'presence.set';
      const asked = validateInput(setSchema, { userId, status }, { api: 'exotel', operation });
      const answer = await client.send(
        {
          operation,
          method: 'PUT',
          host: 'ccm',
          path: client.path('v2', 'agents', asked.userId, 'presence'),
          body: { status: asked.status },
        },
        options,
      );
      return acknowledgementIn(answer);
    },
  };
}

function parsePresencePage(body: unknown, zonelessOffset: string): ExotelPresencePage | undefined {
  const outer = asRecord(body);
  const data = asRecord(asRecord(outer?.response)?.data);
  if (!Array.isArray(data?.agents)) return undefined;
  return {
    items: data.agents.map((agent) => parseAgentPresence(agent, zonelessOffset)),
    summary: parseSummary(data.summary),
    ...parsePosition(body),
    requestId: textOf(outer?.request_id),
    raw: body,
  };
}

function parseAgentPresence(value: unknown, zonelessOffset: string): ExotelAgentPresence {
  const agent = asRecord(value) ?? {};
  return {
    userId: textOf(agent.user_id),
    name: textOf(agent.name),
    email: textOf(agent.email),
    status: textOf(agent.status),
    statusSince: parseExotelTime(agent.status_since, zonelessOffset),
    device: parseDevice(agent.device),
    team: parseTeam(agent.team),
    stats: parseStats(agent.stats),
    currentCall: parseCurrentCall(agent.current_call),
  };
}

function parseDevice(value: unknown): ExotelAgentPresence['device'] {
  const device = asRecord(value);
  return device && { type: textOf(device.type), contactUri: textOf(device.contact_uri) };
}

function parseTeam(value: unknown): ExotelAgentPresence['team'] {
  const team = asRecord(value);
  return team && { teamId: textOf(team.team_id), name: textOf(team.name) };
}

function parseStats(value: unknown): ExotelAgentPresence['stats'] {
  const stats = asRecord(value);
  return (
    stats && {
      callsHandledToday: numberOf(stats.calls_handled_today),
      averageHandleSeconds: numberOf(stats.avg_handle_time),
      talkSeconds: numberOf(stats.total_talk_time),
    }
  );
}

function parseCurrentCall(value: unknown): ExotelAgentPresence['currentCall'] {
  const call = asRecord(value);
  return (
    call && {
      callSid: textOf(call.call_sid),
      direction: textOf(call.direction),
      customerNumber: textOf(call.customer_number),
      durationSeconds: numberOf(call.duration),
    }
  );
}

/** The values are spelt with hyphens (`on-call`), the summary's keys with underscores (`on_call`). */
function parseSummary(value: unknown): ExotelPresenceSummary | undefined {
  const summary = asRecord(value);
  return (
    summary && {
      totalAgents: numberOf(summary.total_agents),
      available: numberOf(summary.available),
      onCall: numberOf(summary.on_call),
      busy: numberOf(summary.busy),
      afterCallWork: numberOf(summary.after_call_work),
      offline: numberOf(summary.offline),
    }
  );
}
