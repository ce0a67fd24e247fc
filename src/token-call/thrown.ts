import { headerOf, read } from '../concealment/any-object.js';
import { isBearerError } from '../errors/index.js';
import { retryAfterMs } from '../platform/retry-after.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import { classifyTokenFailure, oauthErrorFields } from './token-failure.js';

/** What a failed call means for the next ones. */
export interface FailureMeaning {
  readonly failure: TokenFailureClass;
  /** The HTTP status, if it has one. */
  readonly status?: number | undefined;
  /** The code of a network error, if it has one. */
  readonly networkCode?: string | undefined;
  /** How long to wait, in milliseconds, if it says so. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Reads what a function threw: `credentialsRejected`, `retryable` and `retryAfterMs`; or else a status, a code of RFC 6749 or a network
 * code, where the errors of axios, fetch and the SDKs have them. An error with none of these is not retried at once: the password may be
 * wrong, and accounts get locked.
 *
 * @param now - epoch milliseconds, against which a date in `Retry-After` is read
 */
export function meaningOfThrown(thrown: unknown, now: number): FailureMeaning {
  const status = statusOf(thrown);
  const networkCode = networkCodeOf(thrown);
  return {
    failure: failureOf(thrown, status, networkCode),
    status,
    networkCode,
    retryAfterMs: delayOf(thrown, now),
  };
}

function failureOf(
  thrown: unknown,
  status: number | undefined,
  networkCode: string | undefined,
): TokenFailureClass {
  if (read(thrown, 'credentialsRejected') === true) return 'credentials';
  if (isBearerError(thrown, 'ERR_CREDENTIALS_REJECTED')) return 'credentials';
  const retryable = read(thrown, 'retryable');
  if (retryable === true) return 'transient';
  const told = classOf(thrown, status, networkCode);
  return told === 'transient' && retryable === false ? 'refused' : told;
}

function classOf(
  thrown: unknown,
  status: number | undefined,
  networkCode: string | undefined,
): TokenFailureClass {
  const body = BODIES.map((path) => read(thrown, ...path)).find((found) => oauthErrorFields(found));
  if (body !== undefined || status !== undefined)
    return classifyTokenFailure({ status: status ?? 400, body });
  return networkCode === undefined ? 'refused' : 'transient';
}

/** Where errors carry the body of RFC 6749, section 5.2: axios and gaxios, `@azure/identity`, openid-client. */
const BODIES: readonly (readonly string[])[] = [['response', 'data'], ['errorResponse'], []];

/** Where errors carry the status: axios and gaxios, `@azure/core-rest-pipeline`; gaxios writes it as `code` too. */
const STATUSES: readonly (readonly string[])[] = [
  ['status'],
  ['statusCode'],
  ['response', 'status'],
  ['code'],
];

function statusOf(thrown: unknown): number | undefined {
  return STATUSES.map((path) => Number(read(thrown, ...path))).find(
    (status) => Number.isInteger(status) && status >= 100 && status <= 599,
  );
}

/** Codes of Node, undici and axios for a connection that failed or took too long. */
const NETWORK_CODE =
  /^(E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN)|ERR_(NETWORK|CANCELED)|UND_ERR_\w+)$/;

/** `fetch` throws a TypeError whose cause has the code; an abort or a timeout has none. */
function networkCodeOf(thrown: unknown): string | undefined {
  const codes = [read(thrown, 'code'), read(thrown, 'cause', 'code')];
  const code = codes.find((found) => typeof found === 'string' && NETWORK_CODE.test(found));
  if (typeof code === 'string') return code;
  const name = read(thrown, 'name');
  return name === 'AbortError' || name === 'TimeoutError' ? 'ETIMEDOUT' : undefined;
}

/** Its own `retryAfterMs` or `retryInMs`; or else `Retry-After` of the response that it holds. */
function delayOf(thrown: unknown, now: number): number | undefined {
  const own = [read(thrown, 'retryAfterMs'), read(thrown, 'retryInMs')].find(
    (ms) => typeof ms === 'number' && ms > 0,
  );
  if (typeof own === 'number') return own;
  const headers = read(thrown, 'response', 'headers');
  return retryAfterMs(headerOf(headers, 'retry-after'), now);
}
