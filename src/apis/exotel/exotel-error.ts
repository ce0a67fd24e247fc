import { ApiAnswerError, type ApiAnswerErrorDetails } from '../api-answer-error.js';
import { remedyFor, type ExotelErrorReason } from './error-reasons.js';

/** One failed item of an answer that holds several. */
export interface ExotelItemFailure {
  /** Its index in the answer, from 0. */
  index: number;
  code: string | number | undefined;
  message: string | undefined;
}

/** The account's rate limit, from the answer's headers. One page documents them; they may be absent. */
export interface ExotelRateLimitState {
  limit: number | undefined;
  remaining: number | undefined;
  resetTime: Date | undefined;
}

/** The fields of an {@link ExotelApiError}, picked one by one, so that nothing of the request can slip in. */
export interface ExotelApiErrorDetails extends ApiAnswerErrorDetails {
  reason: ExotelErrorReason;
  exotelCode?: string | number | undefined;
  /** Exotel's own words. */
  said?: string | undefined;
  description?: string | undefined;
  requestId?: string | undefined;
  rateLimit?: ExotelRateLimitState | undefined;
  failures?: readonly ExotelItemFailure[] | undefined;
  /** Our own sentence, in place of Exotel's words. */
  note?: string | undefined;
  /** What to try, if this call knows better than the reason. */
  remedy?: string | undefined;
}

/**
 * Exotel answered with a failure: a 4xx or 5xx, or a failure inside a 200 or 207.
 *
 * It keeps no headers and no axios error. `error.response.status` and `error.response.data` are there for code written
 * for axios.
 */
export class ExotelApiError extends ApiAnswerError {
  readonly code = 'ERR_EXOTEL_API';
  /** The HTTP status as it came. */
  readonly httpStatus: number;
  /** What it means, for a `switch`. */
  readonly reason: ExotelErrorReason;
  /** Exotel's own code, from `error_data.code`: a number, or a word on Voice v1 and the tenant host. */
  readonly exotelCode: string | number | undefined;
  readonly description: string | undefined;
  /** Exotel's `request_id`, which its support asks for. */
  readonly requestId: string | undefined;
  readonly rateLimit: ExotelRateLimitState | undefined;
  /** The failed items of an answer that holds several (HTTP 207). */
  readonly failures: readonly ExotelItemFailure[];

  constructor(details: ExotelApiErrorDetails) {
    super(messageOf(details), details);
    this.name = 'ExotelApiError';
    this.httpStatus = details.response.status;
    this.reason = details.reason;
    this.exotelCode = details.exotelCode;
    this.description = details.description;
    this.requestId = details.requestId;
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
  const { operation, status, response, reason, exotelCode, said, note, remedy } = details;
  const inside = status === response.status ? '' : ` inside HTTP ${response.status}`;
  const code = exotelCode === undefined ? '' : `, code ${exotelCode}`;
  const words = note ?? (said === undefined ? undefined : `Exotel says: ${said}`);
  const sentences = [words, remedy, remedyFor(reason)].filter((sentence) => sentence !== undefined);
  return [`exotel ${operation}: ${status}${inside} ${reason}${code}.`, ...sentences].join(' ');
}

/** Whether `error` is an {@link ExotelApiError}, even from another copy of the package. */
export function isExotelApiError(error: unknown): error is ExotelApiError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_EXOTEL_API';
}

const UNAVAILABLE: readonly ExotelErrorReason[] = [
  'agent-device-off',
  'agent-device-unverified',
  'agent-device-busy',
];

/**
 * Whether a call was not placed because the agent cannot take it: device off, not verified, or busy.
 *
 * These are business states, not faults: try another agent, or this one later.
 */
export function isAgentUnavailable(error: unknown): error is ExotelApiError & {
  reason: 'agent-device-off' | 'agent-device-unverified' | 'agent-device-busy';
} {
  return isExotelApiError(error) && UNAVAILABLE.includes(error.reason);
}
