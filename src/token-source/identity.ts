import type { CredentialField, Provider } from '../grants/define-provider.js';
import { encodeTokenRequest } from '../grants/token-request.js';
import type { TokenIdentity } from '../store/token-store.js';
import { paramsKey, type TokenParams } from '../token/token-params.js';

/**
 * Builds the identity under which a token is shared: two tokens that differ in anything have different ones.
 *
 * The whole token request is part of it, because a provider may fix a scope or an audience that no credential and no
 * parameter shows. A request that differs from call to call (a signed assertion, a time stamp) needs a `cacheIdentity`.
 */
export function tokenIdentity(
  provider: Provider,
  credentials: object,
  params: TokenParams,
  cacheIdentity: string | undefined,
): TokenIdentity {
  const request = encodeTokenRequest(provider.tokenRequest(credentials, params), provider.baseURL);
  const parts = Object.entries(credentials)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]: [string, unknown]): [string, string] => [name, asText(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    provider: provider.name,
    tokenUrl: request.url,
    publicParts: parts.filter(([name]) => isPublic(provider, name)),
    secretParts: parts.filter(([name]) => !isPublic(provider, name)),
    request: cacheIdentity === undefined ? canonicalRequest(request) : '',
    paramsKey: paramsKey(params),
    cacheIdentity,
  };
}

/** Whatever the provider does not call public is a secret. */
function isPublic({ credentialFields }: Provider, name: string): boolean {
  // Whose credentials these are is not known here, and so neither are their names.
  const fields = new Map(Object.entries(credentialFields as Record<string, CredentialField>));
  return fields.has(name) && fields.get(name)?.secret !== true;
}

function canonicalRequest(request: ReturnType<typeof encodeTokenRequest>): string {
  const headers = Object.entries(request.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([request.method, headers, request.data ?? null]);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
