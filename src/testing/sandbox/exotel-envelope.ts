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
    request_id: requestId(request),
    method: request.method,
    http_code: status,
    ...beside,
    response,
  });
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
  return exotelSuccess(request, status, {
    code: status,
    error_data: { code, message, description: message },
    status: 'failure',
    data: null,
  });
}

function requestId(request: SandboxRequest): string {
  return `sandbox-request-${request.serial}`;
}
