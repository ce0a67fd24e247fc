import type { BearerErrorCode } from '../index.js';

/** What the process ends with. Scripts rely on these numbers: never give one another meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  misconfigured: 3,
  credentialsRejected: 4,
  noToken: 5,
  errorStatus: 6,
  apiUnreachable: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table of `--help` and of docs/cli.md. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'anything else went wrong; for demo, a promise did not hold'],
  [EXIT.usage, 'wrong usage: an argument, an option, or a file that cannot be read'],
  [EXIT.misconfigured, 'a credential or a setting is missing or impossible'],
  [EXIT.credentialsRejected, 'the provider rejected the credentials'],
  [EXIT.noToken, 'no token for another reason: no answer, a limit, an answer that is none'],
  [EXIT.errorStatus, 'request: the API answered with a status of 400 or more'],
  [EXIT.apiUnreachable, 'request: the API did not answer, or its answer broke off'],
];

/** The exit code of each error of the library that can end a command. */
export const EXIT_OF_ERROR: Readonly<Record<BearerErrorCode, ExitCode>> = {
  ERR_BEARER_MISCONFIGURED: EXIT.misconfigured,
  ERR_ORIGIN_NOT_ALLOWED: EXIT.misconfigured,
  ERR_CREDENTIALS_REJECTED: EXIT.credentialsRejected,
  ERR_CREDENTIALS_UNAVAILABLE: EXIT.noToken,
  ERR_TOKEN_ENDPOINT_UNREACHABLE: EXIT.noToken,
  ERR_TOKEN_REQUEST_REFUSED: EXIT.noToken,
  ERR_TOKEN_RESPONSE_MALFORMED: EXIT.noToken,
  ERR_TOKEN_BUDGET_SPENT: EXIT.noToken,
  ERR_TOKEN_LEASE_HELD: EXIT.noToken,
  ERR_TOKEN_WAIT_TIMED_OUT: EXIT.noToken,
  ERR_TOKEN_SOURCE_CLOSED: EXIT.failed,
  ERR_TOKEN_STORE_FAILED: EXIT.failed,
};
