import type { BearerErrorCode } from '../index.js';

/** The exit codes of the process. Scripts rely on them: never change the meaning of a number. */
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
  [EXIT.failed, 'any other failure; for demo, a broken promise'],
  [EXIT.usage, 'usage error: a wrong argument or option, or a file that cannot be read'],
  [EXIT.misconfigured, 'a credential or setting is missing or not valid'],
  [EXIT.credentialsRejected, 'the provider rejected the credentials'],
  [
    EXIT.noToken,
    'no token for another reason: endpoint unreachable, token budget spent, or malformed answer',
  ],
  [EXIT.errorStatus, 'request: the API answered with status 400 or above'],
  [EXIT.apiUnreachable, 'request: the API did not respond, or its response was cut off'],
];

/** The exit code for each library error that can end a command. */
export const EXIT_OF_ERROR: Readonly<Record<BearerErrorCode, ExitCode>> = {
  ERR_BEARER_MISCONFIGURED: EXIT.misconfigured,
  ERR_ORIGIN_NOT_ALLOWED: EXIT.misconfigured,
  ERR_CREDENTIALS_REJECTED: EXIT.credentialsRejected,
  ERR_CREDENTIALS_UNAVAILABLE: EXIT.noToken,
  ERR_LOGIN_REQUIRED: EXIT.noToken,
  ERR_TOKEN_ENDPOINT_UNREACHABLE: EXIT.noToken,
  ERR_TOKEN_REQUEST_REFUSED: EXIT.noToken,
  ERR_TOKEN_RESPONSE_MALFORMED: EXIT.noToken,
  ERR_TOKEN_BUDGET_SPENT: EXIT.noToken,
  ERR_TOKEN_LEASE_HELD: EXIT.noToken,
  ERR_TOKEN_WAIT_TIMED_OUT: EXIT.noToken,
  ERR_TOKEN_SOURCE_CLOSED: EXIT.failed,
  ERR_TOKEN_STORE_FAILED: EXIT.failed,
};
