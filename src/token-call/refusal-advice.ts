import { quietly } from '../concealment/any-object.js';
import type { ProviderDefinition } from '../provider-definition/define-provider.js';
import { oauthErrorFields } from './token-failure.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import type { TokenResponse } from '../provider-definition/token-response.js';

/**
 * What to do about errors that do not concern the credentials.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @see https://www.rfc-editor.org/rfc/rfc8707#section-2
 */
const ADVICE_ON_CODE: ReadonlyMap<string, string> = new Map([
  ['invalid_scope', 'Check the scope: the server does not know it, or this client may not use it.'],
  ['unauthorized_client', 'This client may not use this grant: have it enabled for the client.'],
  ['unsupported_grant_type', 'The server does not support this grant: check the token URL.'],
  ['invalid_target', 'Check `resource` and `audience`: the server does not know them.'],
  ['invalid_request', 'Check the parameters of the token request.'],
]);

/** Which options the URL of a token call comes from. The message itself shows only its origin. */
export const URL_OPTIONS = 'tokenUrl, issuer, baseURL, region or environment';

/** What to do about a refused token call: one or two sentences for the error. */
export function adviceOnRefusal(
  { rejectedCredentialsAdvice: own }: Pick<ProviderDefinition<object>, 'rejectedCredentialsAdvice'>,
  failure: TokenFailureClass,
  response: TokenResponse,
): string {
  const { status } = response;
  if (failure === 'transient')
    return status === 429 ? 'Too many token calls.' : 'This may be temporary.';
  const code = oauthErrorFields(response.body)?.error ?? '';
  const onCode = ADVICE_ON_CODE.get(code);
  if (onCode !== undefined) return onCode;
  if (failure === 'credentials') return adviceOf(own, response) ?? generalAdvice(code, status);
  return status >= 300 && status < 400
    ? `Token calls do not follow redirects: check their URL (${URL_OPTIONS}).`
    : `Check the URL (${URL_OPTIONS}) and the parameters of the token request.`;
}

function adviceOf(
  own: ProviderDefinition<object>['rejectedCredentialsAdvice'],
  response: TokenResponse,
): string | undefined {
  // It was written for the provider's responses, and this may be a proxy's page.
  return quietly(() => (typeof own === 'function' ? own(response) : own));
}

function generalAdvice(code: string, status: number): string {
  return status === 403 && code === ''
    ? 'Check the credentials, and whether the account is allowed to get a token.'
    : 'Check the credentials.';
}
