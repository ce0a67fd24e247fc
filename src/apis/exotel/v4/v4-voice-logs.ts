import * as v from 'valibot';
import { filledText, moment, oneOf, pathId, wholeNumber } from '../../input-fields.js';
import { validateInput } from '../../validate-input.js';
import { asList, asRecord, booleanOf, textOf } from '../../wire-values.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelBasicOnlyOptions, ExotelIterateOptions } from '../exotel-options.js';
import { parseExotelTime } from '../exotel-time.js';
import { iteratePages, parsePosition, type ExotelPage } from '../pages.js';

/** Which voice logs to list. The format of the times is not documented; ISO 8601 is sent, as in the API's other fields. */
export interface ExotelV4VoiceLogQuery {
  start?: Date | undefined;
  end?: Date | undefined;
  agentId?: string | undefined;
  direction?: string | undefined;
  status?: string | undefined;
  /** From 1 to 100. @defaultValue left to Exotel: 20 */
  limit?: number | undefined;
  offset?: number | undefined;
  order?: 'oldest-first' | 'newest-first' | undefined;
}

/** One page of voice logs. The docs do not list the fields of an item: it is returned as it came. */
export type ExotelV4VoiceLogPage = ExotelPage<Readonly<Record<string, unknown>>>;

/** One voice log: its timeline, and the rest as it came. */
export interface ExotelV4VoiceLogAnswer {
  timeline: readonly { event: string | undefined; time: Date | undefined }[];
  requestId: string | undefined;
  raw: unknown;
}

/**
 * Voice logs of Contact Center v4. Auth: the session token, which the instance attaches.
 *
 * @throws What every call throws: {@link ExotelV4Api}.
 * @see https://github.com/rahulkumar-exo/exotel-docs — docs/contact-center-v4/api-reference/voicelogs.mdx
 */
export interface ExotelV4VoiceLogs {
  /** One page of voice logs. */
  list(
    query?: ExotelV4VoiceLogQuery,
    options?: ExotelBasicOnlyOptions,
  ): Promise<ExotelV4VoiceLogPage>;
  /** Every voice log that the query finds; pages are fetched as needed. */
  iterate(
    query?: ExotelV4VoiceLogQuery,
    options?: Omit<ExotelIterateOptions, 'authScheme'>,
  ): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined>;
  /**
   * One voice log, with its timeline.
   *
   * @throws ExotelApiError when Exotel refuses: 404 for an unknown voice log.
   */
  get(callSid: string, options?: ExotelBasicOnlyOptions): Promise<ExotelV4VoiceLogAnswer>;
}

const querySchema = v.strictObject({
  start: v.optional(moment),
  end: v.optional(moment),
  agentId: v.optional(filledText),
  direction: v.optional(filledText),
  status: v.optional(filledText),
  limit: v.optional(wholeNumber(1, 100)),
  offset: v.optional(wholeNumber(0)),
  order: v.optional(oneOf(['oldest-first', 'newest-first'])),
});

/** @internal */
export function createV4VoiceLogs(client: ExotelClient): ExotelV4VoiceLogs {
  const shared = { fixedAuth: 'bearer', host: 'ccm', method: 'GET' } as const;

  async function list(
    query: ExotelV4VoiceLogQuery | undefined,
    options: ExotelBasicOnlyOptions | undefined,
  ): Promise<ExotelV4VoiceLogPage> {
    const operation = 'v4.voiceLogs.list';
    const asked = validateInput(querySchema, query ?? {}, { api: 'exotel', operation });
    const path = client.path('v4', 'voicelogs');
    const answer = await client.send(
      { ...shared, operation, path, query: toQuery(asked) },
      options,
    );
    const response = asRecord(asRecord(answer.body)?.response);
    const logs = asRecord(response?.data)?.voicelogs;
    if (!Array.isArray(logs)) throw answer.unexpected('The response has no voicelogs.');
    return {
      items: logs.map(asRecord).filter((log) => log !== undefined),
      received: logs.length,
      ...parsePosition(answer.body),
      hasNext: booleanOf(asRecord(response?.metadata)?.has_next),
      requestId: answer.requestId,
      raw: answer.body,
    };
  }

  return {
    list,

    iterate: (query, options) => iteratePages(list, query, options),

    async get(callSid, options) {
      const operation = 'v4.voiceLogs.get';
      const sid = validateInput(pathId, callSid, { api: 'exotel', operation });
      const path = client.path('v4', 'voicelogs', sid);
      const answer = await client.send({ ...shared, operation, path }, options);
      const data = asRecord(asRecord(asRecord(answer.body)?.response)?.data);
      if (data === undefined) throw answer.unexpected('The response has no data.');
      return {
        timeline: asList(data.timeline).map((item) => ({
          event: textOf(asRecord(item)?.event),
          time: parseExotelTime(asRecord(item)?.time, client.options.zonelessOffset),
        })),
        requestId: answer.requestId,
        raw: answer.body,
      };
    },
  };
}

function toQuery(query: ExotelV4VoiceLogQuery) {
  const { start, end, agentId, order, ...same } = query;
  return {
    ...same,
    start_time: start?.toISOString(),
    end_time: end?.toISOString(),
    agent_id: agentId,
    sort_by: order && (order === 'oldest-first' ? 'date:asc' : 'date:desc'),
  };
}
