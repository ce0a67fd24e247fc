import { quietly, read } from '../concealment/any-object.js';
import { printable } from '../concealment/printable.js';
import type { OAuthErrorFields, ProviderDiagnosis } from '../errors/index.js';
import type { Concern, CoolDownCause } from '../token/lifecycle.js';
import type { ParsedDiagnosis, TokenFailureClass } from '../provider-definition/token-failure.js';
import type { TokenResponse } from '../provider-definition/token-response.js';

const REJECTED_CREDENTIALS: readonly string[] = [
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
];
const TRANSIENT_ERRORS: readonly string[] = ['server_error', 'temporarily_unavailable'];

/** Classifies an error response by RFC 6749 section 5.2 and by its status. */
export function classifyTokenFailure({
  status,
  body,
}: Pick<TokenResponse, 'status' | 'body'>): TokenFailureClass {
  const error = oauthErrorFields(body)?.error ?? '';
  if (TRANSIENT_ERRORS.includes(error)) return 'transient';
  if (REJECTED_CREDENTIALS.includes(error)) return 'credentials';
  if (status === 408 || status === 429 || status >= 500) return 'transient';
  return status === 401 || status === 403 ? 'credentials' : 'refused';
}

/** The RFC 6749 error members of a body, if it has them: short printable text without the secrets. */
export function oauthErrorFields(
  body: unknown,
  secrets: readonly string[] = [],
): OAuthErrorFields | undefined {
  const error = printable(read(body, 'error'), { longest: 100, secrets });
  if (error === undefined) return undefined;
  const errorDescription = printable(read(body, 'error_description'), { longest: 300, secrets });
  const errorUri = printable(read(body, 'error_uri'), { longest: 300, secrets });
  return {
    error,
    ...(errorDescription && { errorDescription }),
    ...(errorUri && { errorUri }),
  };
}

/**
 * What the provider says, by its own members or else by those of RFC 6749; `undefined` if it says nothing that can be shown.
 *
 * @param own - reads the provider's own members; if it throws, there are none
 */
export function diagnosisOf(
  response: TokenResponse,
  own: (response: TokenResponse) => ParsedDiagnosis | undefined,
  secrets: readonly string[] = [],
): ProviderDiagnosis | undefined {
  const oauth = oauthErrorFields(response.body, secrets);
  const found = quietly(() => own(response));
  const code = printable(asText(found?.code), { longest: 100, secrets }) ?? oauth?.error;
  const message =
    printable(asText(found?.message), { longest: 300, secrets }) ?? oauth?.errorDescription;
  const requestId = printable(asText(found?.requestId), { longest: 100, secrets });
  const diagnosis = {
    ...(code && { code }),
    ...(message && { message }),
    ...(requestId && { requestId }),
  };
  return Object.keys(diagnosis).length === 0 ? undefined : diagnosis;
}

/** Some codes are numbers. */
function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** Codes of a connection that was never made. */
const NEVER_SENT: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/**
 * Whether a failed token call certainly issued no token: it was never sent, or it was answered with an error.
 *
 * A call that timed out may have issued one, and a 429 may count against the limit that it reports.
 */
export function certainlyIssuedNothing(
  status: number | undefined,
  reason: string | undefined,
): boolean {
  if (status !== undefined) return status >= 400 && status !== 429;
  return reason !== undefined && NEVER_SENT.includes(reason);
}

/** Codes that are about the request, not about the account. */
const ABOUT_THE_REQUEST: readonly string[] = [
  'invalid_scope',
  'invalid_target',
  'invalid_grant',
  'unauthorized_client',
];

/** What a failed token call is about: the account, or only this request. */
export function failureConcerns(
  failure: TokenFailureClass,
  { status, body }: { readonly status: number | undefined; readonly body: unknown },
  retryAfter: number | undefined,
): Concern {
  if (failure === 'transient') return 'account';
  if (failure === 'refused') return retryAfter === undefined ? 'request' : 'account';
  const code = oauthErrorFields(body)?.error ?? '';
  if (code === 'invalid_client') return 'account';
  return status === 403 || ABOUT_THE_REQUEST.includes(code) ? 'request' : 'account';
}

/** Which cool-down a class of failure leads to, once the refresh has given up. */
export function coolDownCause(
  failure: TokenFailureClass,
  retryAfter: number | undefined,
): CoolDownCause {
  if (failure === 'credentials') return 'credentials';
  return retryAfter === undefined ? 'transient' : 'server-set';
}
