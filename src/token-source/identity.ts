import {
  accountCredentials,
  type CredentialField,
  type Provider,
} from '../grants/define-provider.js';
import { encodeTokenRequest, type TokenRequest } from '../grants/token-request.js';
import type { TokenIdentity } from '../store/token-store.js';
import { paramsKey, type TokenParams } from '../token/token-params.js';

/** Whose token it is. */
export interface IdentityContext {
  readonly provider: Provider;
  readonly credentials: object;
  readonly params: TokenParams;
  /** The token request that these credentials and parameters make. */
  readonly request: TokenRequest;
  readonly cacheIdentity: string | undefined;
}

/**
 * Builds the identity under which a token is shared: two tokens that differ in anything have different ones.
 *
 * The whole token request is part of it, because a provider may fix a scope or an audience that no credential and no
 * parameter shows. A request that differs from call to call (a signed assertion, a time stamp) needs a `cacheIdentity`.
 */
export function tokenIdentity({
  provider,
  credentials,
  params,
  cacheIdentity,
  ...made
}: IdentityContext): TokenIdentity {
  const request = encodeTokenRequest(made.request, provider.baseURL);
  const parts = accountCredentials(provider, credentials).map(([name, value]): [string, string] => [
    name,
    asText(value),
  ]);
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
