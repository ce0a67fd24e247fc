import { json, type Answer } from './answers.js';
import type { SandboxRequest } from './sandbox-request.js';

/** Wraps an answer in Exotel's v2 envelope; `beside` goes next to `response`, as `metadata` does in lists. */
export function exotelSuccess(
  request: SandboxRequest,
  status: number,
  response: unknown,
  beside: Readonly<Record<string, unknown>> = {},
): Answer {
  return json(status, {
    request_id: `sandbox-request-${request.serial}`,
    method: request.method,
    http_code: status,
    ...beside,
    response,
  });
}

/** A success with one record, under `data`. */
export function exotelData(request: SandboxRequest, data: unknown, status = 200): Answer {
  return exotelSuccess(request, status, { code: status, status: 'success', data });
}

/**
 * Refuses in Exotel's v2 envelope. That the code sits under `error_data` is documented for Exotel's trunk API and for the v3
 * call legs; for the endpoints here it is a hypothesis.
 */
export function exotelFailure(
  request: SandboxRequest,
  status: number,
  code: number,
  message: string,
): Answer {
  return exotelSuccess(request, status, failedRow(status, code, message));
}

/** A refused row of an answer about many. */
export function failedRow(status: number, code: number, message: string): ExotelRow {
  const error_data = { code, message, description: message };
  return { code: status, error_data, status: 'failure', data: null };
}

/** One of many in an answer, with a status of its own. */
export interface ExotelRow {
  readonly code: number;
  readonly error_data: object | null;
  readonly status: 'success' | 'failure';
  readonly data: object | null;
}

/** The part of a list that a query selects by `limit` and `offset`, and its position. */
export function exotelPage<Item>(
  { query }: SandboxRequest,
  found: readonly Item[],
  { usual, most }: { readonly usual: number; readonly most: number },
) {
  const limit = Math.min(Number(query.get('limit') ?? usual), most);
  const offset = Number(query.get('offset') ?? 0);
  const page = found.slice(offset, offset + limit);
  return { page, metadata: { total: found.length, count: page.length, offset, limit } };
}
