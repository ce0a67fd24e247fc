import { read } from '../../concealment/any-object.js';
import { printable } from '../../concealment/printable.js';
import { MisconfigurationError } from '../../errors/index.js';
import type {
  ClientAuthenticationMethod,
  ClientAuthenticator,
} from '../client-authentication/authenticate-client.js';

/** What discovery finds. */
export interface DiscoveredEndpoint {
  readonly tokenUrl: string;
  readonly issuer: string;
}

/** The names that servers use for our methods, if they differ. */
const LISTED_AS: Partial<Record<ClientAuthenticationMethod, readonly string[]>> = {
  client_secret_basic_interop: ['client_secret_basic'],
  tls_client_auth: ['tls_client_auth', 'self_signed_tls_client_auth'],
};

/**
 * The token endpoint that the metadata of an issuer names.
 *
 * @throws {@link MisconfigurationError} naming the issuer, if the metadata is another issuer's, names no token endpoint, or excludes the
 * client's way to authenticate
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.3
 */
export function endpointIn(
  metadata: unknown,
  issuer: string,
  { method, algorithm }: ClientAuthenticator,
  provider: string,
): DiscoveredEndpoint {
  const fail = (option: string, problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option, problem, remedy });
  };
  const named = read(metadata, 'issuer');
  if (named !== issuer)
    fail(
      'issuer',
      `${issuer} is not the issuer that its metadata names (${shown(named)})`,
      'Pass the issuer exactly as the authorization server writes it, with or without a trailing slash.',
    );
  const tokenUrl = endpointFor(method, metadata);
  if (typeof tokenUrl !== 'string' || !URL.canParse(tokenUrl))
    return fail('issuer', `${issuer} names no token endpoint in its metadata`, 'Pass `tokenUrl`.');
  const methods = read(metadata, 'token_endpoint_auth_methods_supported');
  if (excludes(methods, LISTED_AS[method] ?? [method]))
    fail(
      'clientAuthentication',
      `is ${method}, and ${issuer} supports other methods only`,
      `Use one of: ${listed(methods)}.`,
    );
  const algorithms = read(metadata, 'token_endpoint_auth_signing_alg_values_supported');
  if (algorithm !== undefined && excludes(algorithms, sameAlgorithm(algorithm)))
    fail(
      'clientAuthentication.algorithm',
      `is ${algorithm}, and ${issuer} supports other algorithms only`,
      `Use one of: ${listed(algorithms)}.`,
    );
  return { tokenUrl, issuer };
}

/** Some servers have another endpoint for clients with certificates (RFC 8705, section 5). */
function endpointFor(method: ClientAuthenticationMethod, metadata: unknown): unknown {
  const alias = read(metadata, 'mtls_endpoint_aliases', 'token_endpoint');
  return method === 'tls_client_auth' && alias !== undefined
    ? alias
    : read(metadata, 'token_endpoint');
}

/** RFC 9864 gives EdDSA with this curve another name. */
function sameAlgorithm(algorithm: string): readonly string[] {
  return algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm];
}

/** A list that is missing excludes nothing: many servers leave out what they support. */
function excludes(list: unknown, names: readonly string[]): boolean {
  return Array.isArray(list) && !names.some((name) => list.includes(name));
}

function listed(list: unknown): string {
  return shown((list as unknown[]).filter((item) => typeof item === 'string').join(', '));
}

function shown(value: unknown): string {
  return printable(value, { longest: 300, secrets: [] }) ?? 'none';
}

/**
 * Chooses the issuer to use from those that a protected resource names.
 *
 * @param issuers - those that may be used: a resource must not choose who gets the client's secret
 * @throws {@link MisconfigurationError} naming the resource, if the metadata is for another resource or names no issuer that may be used
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.3
 */
export function issuerIn(
  metadata: unknown,
  { resource, issuers }: { readonly resource: string; readonly issuers: readonly string[] },
  provider: string,
): string {
  const named = read(metadata, 'resource');
  const fail = (problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option: 'protectedResource', problem, remedy });
  };
  if (typeof named !== 'string' || !URL.canParse(named) || hrefOf(named) !== hrefOf(resource))
    fail(
      `${resource} is not the resource that its metadata names (${shown(named)})`,
      'Pass the resource exactly as its metadata names it.',
    );
  const servers = read(metadata, 'authorization_servers');
  const issuer = Array.isArray(servers) && issuers.find((known) => servers.includes(known));
  if (typeof issuer === 'string') return issuer;
  const offered = Array.isArray(servers) ? listed(servers) : 'none';
  return fail(
    `${resource} names no authorization server that is in \`issuers\` (it names ${offered})`,
    'Add the one that you trust to `issuers`.',
  );
}

function hrefOf(url: string): string {
  return new URL(url).href;
}
