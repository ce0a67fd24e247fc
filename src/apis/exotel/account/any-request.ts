import * as v from 'valibot';
import { oneOf } from '../../input-fields.js';
import { validateInput } from '../../validate-input.js';
import type { ExotelClient } from '../exotel-client.js';
import type { ExotelRequestOptions } from '../exotel-options.js';
import type { ExotelBudget } from '../rate-limiter.js';

/** A request to an endpoint that is not wrapped. */
export interface ExotelAnyRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  host: 'ccm' | 'voice' | 'tenant';
  /** Encoded, and including the account's sid: `/v1/Accounts/acme/CustomerWhitelist`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON; a `URLSearchParams` as an urlencoded form, a `FormData` as a multipart one. */
  body?: unknown;
  /** The rate limit it counts towards. @defaultValue `voice` */
  budget?: ExotelBudget | undefined;
}

/** The answer to {@link ExotelAnyRequest}. */
export interface ExotelAnyAnswer {
  requestId: string | undefined;
  /** The body as it came; Voice v1 XML as text, unless it holds a call. */
  raw: unknown;
}

const requestSchema = v.looseObject({
  method: oneOf(['GET', 'POST', 'PUT', 'DELETE']),
  host: oneOf(['ccm', 'voice', 'tenant']),
  path: v.pipe(
    v.string('must be a string'),
    // Rules out anything that could lead to another host or up the path.
    v.regex(
      /^(?:\/(?!(?:\.|%2e){1,2}(?:\/|$))[^\s/\\?#]+)+$/i,
      'must be an absolute path like /v1/Accounts/acme/Calls, without a query',
    ),
  ),
  budget: v.optional(oneOf(['voice', 'users', 'campaigns', 'exoPhones', 'reads']), 'voice'),
});

/** @internal */
export function createAnyRequest(client: ExotelClient) {
  return async (
    request: ExotelAnyRequest,
    options?: ExotelRequestOptions,
  ): Promise<ExotelAnyAnswer> => {
    const operation = 'request';
    const place = { api: 'exotel', operation } as const;
    const { method, host, path, budget } = validateInput(requestSchema, request, place);
    const { query, body } = request;
    // Any POST may ring telephones.
    const ringsPhones = method === 'POST';
    const answer = await client.send(
      { operation, method, host, path, query, body, budget, ringsPhones },
      options,
    );
    return { requestId: answer.requestId, raw: answer.body };
  };
}
