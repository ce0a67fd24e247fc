import { inspect } from 'node:util';

import { MisconfigurationError, TokenAcquisitionError } from '../../src/errors/index.js';
import type { TokenEndpointProvider } from '../../src/provider-definition/define-provider.js';
import {
  encodeTokenRequest,
  type EncodedTokenRequest,
} from '../../src/token-call/encode-token-request.js';
import { createFakeClock, createFakeTokenEndpoint } from '../../src/testing/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import type { TokenSource } from '../../src/token-source/token-source.js';
import type { TokenParams } from '../../src/token/token-params.js';
import { sendingNothing } from '../provider-definition/answer.js';

/** When the token request was sent, by our clock. */
export const SENT_AT = Date.parse('2030-01-02T03:04:05.000Z');

/** The token request of a provider as it goes over the wire. */
export async function requestOf<C extends object>(
  provider: TokenEndpointProvider<C>,
  params: TokenParams = {},
): Promise<EncodedTokenRequest> {
  const signal = new AbortController().signal;
  const credentials = await provider.resolveCredentials({ params, signal });
  return encodeTokenRequest(
    await provider.tokenRequest(credentials, params, sendingNothing),
    provider.baseURL,
  );
}

/** What an answer of the token endpoint comes to: a failure in a word, or a token and its life in seconds. */
export async function judge<C extends object>(
  provider: TokenEndpointProvider<C>,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const source = sourceAnswering(provider, status, body, headers);
  try {
    const { value, expiresAt } = await source.getToken();
    return {
      token: value,
      seconds: expiresAt === undefined ? 'unknown' : (expiresAt - SENT_AT) / 1_000,
    };
  } catch (error) {
    return failureInAWord(error);
  } finally {
    source.close();
  }
}

/** The error that an answer of the token endpoint leads to. */
export async function refusalOf<C extends object>(
  provider: TokenEndpointProvider<C>,
  status: number,
  body: unknown,
): Promise<TokenAcquisitionError> {
  const source = sourceAnswering(provider, status, body);
  const error: unknown = await source.getToken().catch((thrown: unknown) => thrown);
  source.close();
  if (error instanceof TokenAcquisitionError) return error;
  throw new Error('It was not refused.', { cause: error });
}

function sourceAnswering<C extends object>(
  provider: TokenEndpointProvider<C>,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): TokenSource {
  const endpoint = createFakeTokenEndpoint();
  endpoint.fail({ status, body, headers });
  return createTokenSource(provider, {
    clock: createFakeClock({ now: SENT_AT }),
    maxAttempts: 1,
    transport: { adapter: endpoint.adapter },
  });
}

function failureInAWord(error: unknown): string {
  if (!(error instanceof TokenAcquisitionError)) throw error;
  switch (error.code) {
    case 'ERR_CREDENTIALS_REJECTED':
      return 'credentials';
    case 'ERR_TOKEN_REQUEST_REFUSED':
      return error.retryable ? 'transient' : 'refused';
    case 'ERR_TOKEN_RESPONSE_MALFORMED':
      return error.message.replace(/^.* and the body (.*?)\. .*$/, 'malformed: $1');
    default:
      throw error;
  }
}

/** The error that creating something throws. */
export function misconfiguration(create: () => unknown): MisconfigurationError {
  try {
    create();
  } catch (error) {
    if (error instanceof MisconfigurationError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** Everything that logging and serialising a value can show. */
export const everythingShownOf = (value: unknown): string =>
  `${inspect(value, { depth: 9, showHidden: true })}${JSON.stringify(value)}`;

/** A JWT with these claims. */
export const jwt = (claims: object): string =>
  [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.ZmFrZQ');
