import { read } from '../../concealment/any-object.js';
import { MisconfigurationError } from '../../errors/index.js';
import { checkTokenURL } from '../../provider-definition/define-provider.js';
import type { TokenRequestContext } from '../../provider-definition/token-request.js';
import type { TokenResponse } from '../../provider-definition/token-response.js';
import { forgetFrames } from '../../token-call/forget-frames.js';
import type { ClientAuthenticator } from '../client-authentication/authenticate-client.js';
import { endpointIn, issuerIn, type DiscoveredEndpoint } from './server-metadata.js';
import { issuerMetadataURLs, resourceMetadataIn, resourceMetadataURL } from './well-known.js';

/** Where discovery begins. */
export type DiscoveryStart =
  | { readonly issuer: string }
  | { readonly protectedResource: string; readonly issuers: readonly string[] };

export interface DiscoveryOptions {
  readonly provider: string;
  readonly allowInsecureHttp: boolean | undefined;
  readonly start: DiscoveryStart;
  readonly authenticator: ClientAuthenticator;
}

/** How long metadata is fresh, how long it is used if a newer one cannot be read, and how long a refusal is remembered, in milliseconds. */
const FRESH_MS = 3_600_000;
const STALE_MS = 86_400_000;
const REFUSED_MS = 30_000;

/**
 * Finds the token endpoint in the metadata of its issuer. The endpoint is remembered for an hour, and used for a day while the
 * metadata cannot be reached. Refused metadata is read again after 30 s.
 */
export function createDiscovery(
  options: DiscoveryOptions,
): (context: TokenRequestContext) => Promise<DiscoveredEndpoint> {
  let kept: { readonly endpoint: DiscoveredEndpoint; readonly at: number } | undefined;
  let refused: { readonly error: MisconfigurationError; readonly at: number } | undefined;
  let underWay: Promise<DiscoveredEndpoint> | undefined;

  async function readAnew(context: TokenRequestContext): Promise<DiscoveredEndpoint> {
    try {
      const endpoint = await discover(options, context);
      kept = { endpoint, at: context.now() };
      return endpoint;
    } catch (error) {
      if (error instanceof MisconfigurationError) {
        forgetFrames(error);
        refused = { error, at: context.now() };
        kept = undefined;
      }
      throw error;
    }
  }

  async function readOnce(context: TokenRequestContext): Promise<DiscoveredEndpoint> {
    // If the refresh that is reading is aborted or fails for another reason, this one reads the metadata itself.
    const joined = underWay && (await underWay.catch(() => undefined));
    if (joined !== undefined) return joined;
    const started = readAnew(context);
    underWay = started;
    try {
      return await started;
    } finally {
      if (underWay === started) underWay = undefined;
    }
  }

  return async (context) => {
    const ageOf = ({ at }: { readonly at: number }) => Math.abs(context.now() - at);
    if (kept !== undefined && ageOf(kept) < FRESH_MS) return kept.endpoint;
    if (refused !== undefined && ageOf(refused) < REFUSED_MS) throw refused.error;
    try {
      return await readOnce(context);
    } catch (error) {
      // A refusal has cleared it.
      if (kept !== undefined && ageOf(kept) < STALE_MS) return kept.endpoint;
      throw error;
    }
  };
}

async function discover(
  options: DiscoveryOptions,
  context: TokenRequestContext,
): Promise<DiscoveredEndpoint> {
  const { start, provider } = options;
  const issuer = 'issuer' in start ? start.issuer : await issuerOf(start, options, context);
  const urls = issuerMetadataURLs(issuer);
  const { authenticator, allowInsecureHttp } = options;
  for (const url of urls) {
    const response = await get(url, options, context);
    if (response.status !== 200) continue;
    const endpoint = endpointIn(response.body, issuer, authenticator, provider);
    const named = `the token endpoint that ${issuer} names`;
    checkTokenURL({ name: provider, allowInsecureHttp }, endpoint.tokenUrl, named);
    return endpoint;
  }
  throw new MisconfigurationError({
    provider,
    option: 'issuer',
    problem: `${issuer} has no metadata at ${urls.join(' or ')}`,
    remedy: 'Check the issuer, or give `tokenUrl`.',
  });
}

/** Calls the API without a token: its 401 says where its metadata is, and that says who issues its tokens. */
async function issuerOf(
  { protectedResource: resource, issuers }: Extract<DiscoveryStart, { issuers: unknown }>,
  options: DiscoveryOptions,
  context: TokenRequestContext,
): Promise<string> {
  const { provider } = options;
  const { headers } = await get(resource, options, context);
  const url = resourceMetadataIn(headers['www-authenticate']) ?? resourceMetadataURL(resource);
  const fail = (problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider, option: 'protectedResource', problem, remedy });
  };
  // The API must not choose freely where we send requests: not to plain http, not into a private network.
  if (!URL.canParse(url) || new URL(url).origin !== new URL(resource).origin)
    fail(
      `${resource} names metadata at another origin in its 401`,
      'Pass `issuer` instead if you know who issues the tokens.',
    );
  const { status, body } = await get(url, options, context);
  if (status !== 200)
    fail(`${resource} has no metadata at ${url} (status ${status})`, 'Pass `issuer` instead.');
  return issuerIn(body, { resource, issuers }, provider);
}

/** A response whose status shows whether the metadata exists. */
async function get(
  url: string,
  { provider }: DiscoveryOptions,
  { send }: TokenRequestContext,
): Promise<TokenResponse> {
  try {
    return await send({ url, method: 'GET' }, { accepts: ({ status }) => !isTrouble(status) });
  } catch (error) {
    // Also the code for a response of more than 1 MB.
    if (read(error, 'cause', 'code') !== 'ERR_BAD_RESPONSE') throw error;
    throw new MisconfigurationError({
      provider,
      option: `the metadata at ${url}`,
      problem: 'is longer than 1 MB, or was cut off',
      remedy: 'Check the address, or give `tokenUrl`.',
    });
  }
}

function isTrouble(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}
