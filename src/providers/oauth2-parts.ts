import { read } from '../concealment/any-object.js';
import { flag, listOf, seconds, text, type Rules } from '../errors/option-rules.js';
import type { TokenFailureClass } from '../provider-definition/token-failure.js';
import type { ParsedToken, TokenResponse } from '../provider-definition/token-response.js';
import { params, textOrTexts } from './param-rules.js';
import { epochMilliseconds } from '../token/lifetime.js';
import { definedParams, type TokenParams } from '../token/token-params.js';

/** What an OAuth 2.0 client asks for, whatever its grant. */
export interface TokenRequestOptions {
  /** Scopes, space-separated or as a list. A request can override them with `params.scope`. */
  readonly scope?: string | readonly string[] | undefined;
  readonly audience?: string | undefined;
  /** The resource indicators (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
  /** Further parameters of the token request, by the names that the server expects. */
  readonly extraParams?: TokenParams | undefined;
  /** The names of further parameters that a request may set. @defaultValue only `scope`, `audience` and `resource` */
  readonly paramNames?: readonly string[] | undefined;
  /** The lifetime in seconds, for responses without `expires_in`. @defaultValue unknown: renewed every 15 min */
  readonly defaultLifetimeSeconds?: number | undefined;
  /** Whether a new token invalidates the previous one. @defaultValue false */
  readonly singleActiveToken?: boolean | undefined;
}

/** What these options may be. */
export const TOKEN_REQUEST_RULES: Rules<keyof TokenRequestOptions> = {
  scope: textOrTexts,
  audience: text,
  resource: textOrTexts,
  extraParams: params,
  paramNames: listOf(text),
  defaultLifetimeSeconds: seconds,
  singleActiveToken: flag,
};

const standardParams: readonly string[] = Object.freeze(['scope', 'audience', 'resource']);

/** The names of the parameters that a request may set. */
export function paramNamesOf({ paramNames = [] }: TokenRequestOptions): readonly string[] {
  return standardParams.concat(paramNames);
}

/** What is requested each time, unless the parameters of a call say otherwise. */
export function fixedParams(options: TokenRequestOptions): TokenParams {
  const { scope, audience, resource, extraParams } = options;
  return definedParams({ scope, audience, resource, ...extraParams });
}

/** Reads a token response (RFC 6749, section 5.1). */
export const parseToken = ({ body }: TokenResponse): ParsedToken => ({
  accessToken: read(body, 'access_token'),
  tokenType: read(body, 'token_type'),
  expiresInSeconds: read(body, 'expires_in'),
  expiresAt: absoluteExpiry(body),
  scope: read(body, 'scope'),
});

/** In 2001, before OAuth. An earlier value is not an expiry time. */
const LONG_AGO_MS = 1e12;

/**
 * The expiry time, which some servers send with or instead of `expires_in`: Microsoft's `expires_on` is epoch seconds, and
 * `expires_at` is epoch seconds or ISO 8601. Values long ago are ignored: they may be a lifetime in seconds.
 *
 * @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
function absoluteExpiry(body: unknown): number | undefined {
  const ends = [read(body, 'expires_at'), read(body, 'expires_on')].map(epochMilliseconds);
  const readable = ends.map((end) => end ?? 0).filter((end) => end > LONG_AGO_MS);
  return readable.length === 0 ? undefined : Math.min(...readable);
}

/** `scope` is sent as one string (RFC 6749, section 3.3). Other lists are sent as repeated parameters. */
export function spaceSeparatedScope(params: TokenParams): TokenParams {
  const { scope } = params;
  return Array.isArray(scope) ? { ...params, scope: scope.join(' ') } : params;
}

/** A refused grant means wrong credentials, for grants that are made from them (RFC 6749, section 5.2). */
export function classifyInvalidGrant({ body }: TokenResponse): TokenFailureClass | undefined {
  return read(body, 'error') === 'invalid_grant' ? 'credentials' : undefined;
}
