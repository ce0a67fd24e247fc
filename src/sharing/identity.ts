import { accountCredentials, type CredentialField } from '../provider-definition/credentials.js';
import type { Provider } from '../provider-definition/define-provider.js';
import {
  encodeTokenRequest,
  type EncodedTokenRequest,
} from '../token-call/encode-token-request.js';
import type { TokenRequest } from '../provider-definition/token-request.js';
import type { TokenIdentity } from './token-store.js';
import { paramsKey, type TokenParams } from '../token/token-params.js';

/** Whose token it is. */
export interface IdentityContext {
  readonly provider: Provider;
  readonly credentials: object;
  readonly params: TokenParams;
  /** The token request made from these credentials and parameters; `undefined` with `acquireToken`. */
  readonly request: TokenRequest | undefined;
  readonly cacheIdentity: string | undefined;
}

/**
 * Builds the identity under which a token is shared. Tokens that differ in anything have different identities.
 *
 * The whole token request is part of it, because a provider may set a scope or an audience that is neither a credential nor a
 * parameter. A request that differs from call to call (a signed assertion, a time stamp) needs a `cacheIdentity`.
 */
export function tokenIdentity({
  provider,
  credentials,
  params,
  cacheIdentity,
  ...made
}: IdentityContext): TokenIdentity {
  const request = made.request && encodeTokenRequest(made.request, provider.baseURL);
  const parts = accountCredentials(provider, credentials).map(([name, value]): [string, string] => [
    name,
    asText(value),
  ]);
  return {
    provider: provider.name,
    tokenUrl: request?.url ?? `acquireToken for ${provider.allowedOrigins[0] ?? ''}`,
    publicParts: parts.filter(([name]) => isPublic(provider, name)),
    secretParts: parts.filter(([name]) => !isPublic(provider, name)),
    request: cacheIdentity === undefined && request !== undefined ? canonicalRequest(request) : '',
    paramsKey: paramsKey(params),
    cacheIdentity,
  };
}

/** A credential is a secret unless the provider says otherwise. */
function isPublic({ credentialFields }: Provider, name: string): boolean {
  // The type of the credentials is not known here, and so neither are their names.
  const fields = new Map(Object.entries(credentialFields as Record<string, CredentialField>));
  return fields.has(name) && fields.get(name)?.secret !== true;
}

function canonicalRequest(request: EncodedTokenRequest): string {
  const headers = Object.entries(request.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([request.method, headers, request.data ?? null]);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
