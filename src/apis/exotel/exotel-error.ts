import { remedyFor, type ExotelErrorReason } from './error-reasons.js';

/** One failed item of an answer that holds several. */
export interface ExotelItemFailure {
  /** Its place in the answer, from 0. */
  index: number;
  code: string | number | undefined;
  message: string | undefined;
}

/** The account's rate limit as the answer's headers tell it. One page documents them; they may be absent. */
export interface ExotelRateLimitState {
  limit: number | undefined;
  remaining: number | undefined;
  resetTime: Date | undefined;
}

/** What an {@link ExotelApiError} is made of: picked one by one, so that nothing of the request can come along. */
export interface ExotelApiErrorDetails {
  operation: string;
  status: number;
  httpStatus: number;
  reason: ExotelErrorReason;
  exotelCode?: string | number | undefined;
  /** Exotel's own words. */
  said?: string | undefined;
  description?: string | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  rateLimit?: ExotelRateLimitState | undefined;
  failures?: readonly ExotelItemFailure[] | undefined;
  /** A sentence of ours in the place of Exotel's words. */
  note?: string | undefined;
}

/**
 * Exotel answered, and the answer is a failure: a 4xx or 5xx, or a failure inside a 200 or 207.
 *
 * It keeps no header, no body, no axios error: nothing of it can leak a credential.
 */
export class ExotelApiError extends Error {
  readonly code = 'ERR_EXOTEL_API';
  /** The function that was called: `calls.create`. */
  readonly operation: string;
  /** The HTTP status; where a failure hides inside a 2xx, the status that the body claims, if it claims one. */
  readonly status: number;
  /** The HTTP status as it came. */
  readonly httpStatus: number;
  /** What it means, for a `switch`. */
  readonly reason: ExotelErrorReason;
  /** Exotel's own code, from `error_data.code`: a number, or a word on Voice v1 and the tenant host. */
  readonly exotelCode: string | number | undefined;
  readonly description: string | undefined;
  /** Exotel's `request_id`: what its support asks for. */
  readonly requestId: string | undefined;
  /** How long `Retry-After` asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly rateLimit: ExotelRateLimitState | undefined;
  /** The failed items of an answer that holds several (HTTP 207). */
  readonly failures: readonly ExotelItemFailure[];

  constructor(details: ExotelApiErrorDetails) {
    super(messageOf(details));
    this.name = 'ExotelApiError';
    this.operation = details.operation;
    this.status = details.status;
    this.httpStatus = details.httpStatus;
    this.reason = details.reason;
    this.exotelCode = details.exotelCode;
    this.description = details.description;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.rateLimit = details.rateLimit;
    this.failures = details.failures ?? [];
  }

  /** The fields that are safe to log. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, operation, status, httpStatus, reason } = this;
    const { exotelCode, description, requestId, retryAfterMs, rateLimit, failures } = this;
    return {
      ...{ name, code, message, operation, status, httpStatus, reason },
      ...{ exotelCode, description, requestId, retryAfterMs, rateLimit, failures },
    };
  }
}

function messageOf(details: ExotelApiErrorDetails): string {
  const { operation, status, httpStatus, reason, exotelCode, said, note } = details;
  const inside = status === httpStatus ? '' : ` inside HTTP ${httpStatus}`;
  const code = exotelCode === undefined ? '' : `, code ${exotelCode}`;
  const words = note ?? (said === undefined ? undefined : `Exotel says: ${said}`);
  const sentences = [words, remedyFor(reason)].filter((sentence) => sentence !== undefined);
  return [`exotel ${operation}: ${status}${inside} ${reason}${code}.`, ...sentences].join(' ');
}

/** Tells whether `error` is an {@link ExotelApiError}, also one of another copy of the package. */
export function isExotelApiError(error: unknown): error is ExotelApiError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_EXOTEL_API';
}

const UNAVAILABLE: readonly ExotelErrorReason[] = [
  'agent-device-off',
  'agent-device-unverified',
  'agent-device-busy',
];

/**
 * Tells whether a call was not placed because the agent cannot take it: device off, not verified, or busy.
 *
 * These are states of the business, not faults: ask another agent, or this one later.
 */
export function isAgentUnavailable(error: unknown): error is ExotelApiError & {
  reason: 'agent-device-off' | 'agent-device-unverified' | 'agent-device-busy';
} {
  return isExotelApiError(error) && UNAVAILABLE.includes(error.reason);
}
