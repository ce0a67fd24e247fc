import { scrubText } from '../concealment/scrub-text.js';
import type { OAuthErrorFields } from '../errors/index.js';
import type { CoolDownCause } from '../token/lifecycle.js';
import { at, type TokenResponse } from './token-response.js';

/**
 * What a failed token call means for the next ones.
 *
 * - `transient`: may pass by itself; tried again within the same refresh, then after a short delay.
 * - `refused`: the request itself was refused for another reason; not tried again within the refresh.
 * - `credentials`: the credentials were rejected; only a change of them helps.
 */
export type TokenFailureClass = 'transient' | 'refused' | 'credentials';

const REJECTED_CREDENTIALS: readonly string[] = [
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
];
const TRANSIENT_ERRORS: readonly string[] = ['server_error', 'temporarily_unavailable'];

/** Classes an answer that is no success, by RFC 6749 section 5.2 and by its status. */
export function classifyTokenFailure(response: TokenResponse): TokenFailureClass {
  const { status } = response;
  const error = oauthErrorFields(response.body)?.error ?? '';
  if (TRANSIENT_ERRORS.includes(error)) return 'transient';
  if (REJECTED_CREDENTIALS.includes(error)) return 'credentials';
  if (status === 408 || status === 429 || status >= 500) return 'transient';
  return status === 401 || status === 403 ? 'credentials' : 'refused';
}

/** The RFC 6749 error members of a body, if it has them: short, printable text only, and none of the secrets. */
export function oauthErrorFields(
  body: unknown,
  secrets: readonly string[] = [],
): OAuthErrorFields | undefined {
  const error = printable(at(body, 'error'), { longest: 100, secrets });
  if (error === undefined) return undefined;
  const errorDescription = printable(at(body, 'error_description'), { longest: 300, secrets });
  const errorUri = printable(at(body, 'error_uri'), { longest: 300, secrets });
  return {
    error,
    ...(errorDescription === undefined ? {} : { errorDescription }),
    ...(errorUri === undefined ? {} : { errorUri }),
  };
}

/** Some servers quote the request back, at any length. */
const MOST_READ = 4_000;

function printable(
  value: unknown,
  { longest, secrets }: { readonly longest: number; readonly secrets: readonly string[] },
): string | undefined {
  if (typeof value !== 'string' || !/^[\x20-\x7e]+$/.test(value)) return undefined;
  const clean = scrubText(value.slice(0, MOST_READ), secrets);
  const short = clean.length <= longest ? clean : cutBetweenWords(clean, longest);
  return short.trim() === '' ? undefined : short.trim();
}

/** Not by a pattern that ends with the text: it would try each word of it in turn. */
function cutBetweenWords(text: string, longest: number): string {
  return text.slice(0, text.lastIndexOf(' ', longest) + 1);
}

/** Codes of a connection that never came about. */
const NEVER_SENT: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/**
 * Whether a failed token call issued no token for certain: it was never sent, or it was answered with an error.
 *
 * A call that timed out may have issued one, and a 429 may count against the limit that it speaks of.
 */
export function certainlyIssuedNothing(
  status: number | undefined,
  reason: string | undefined,
): boolean {
  if (status !== undefined) return status >= 400 && status !== 429;
  return reason !== undefined && NEVER_SENT.includes(reason);
}

/** Which cool-down a class of failure leads to, once the refresh has given up. */
export function coolDownCause(
  failure: TokenFailureClass,
  retryAfter: number | undefined,
): CoolDownCause {
  if (failure === 'credentials') return 'credentials';
  return retryAfter === undefined ? 'transient' : 'server-set';
}
