import { inspect } from 'node:util';

import { MisconfigurationError } from '../../src/errors/index.js';
import type { Provider } from '../../src/grants/define-provider.js';
import { classifyTokenFailure } from '../../src/grants/token-failure.js';
import { encodeTokenRequest, type EncodedTokenRequest } from '../../src/grants/token-request.js';
import { accessTokenProblem, readJSON } from '../../src/grants/token-response.js';
import { resolveLifetime } from '../../src/token/lifetime.js';
import type { TokenParams } from '../../src/token/token-params.js';

/** When the token request was sent, by both sides' clocks. */
export const SENT_AT = Date.parse('2030-01-02T03:04:05.000Z');

/** The token request of a provider as it goes over the wire. */
export async function requestOf<C extends object>(
  provider: Provider<C>,
  params: TokenParams = {},
): Promise<EncodedTokenRequest> {
  const signal = new AbortController().signal;
  const credentials = await provider.resolveCredentials({ params, signal });
  return encodeTokenRequest(provider.tokenRequest(credentials, params), provider.baseURL);
}

/** What an answer of the token endpoint comes to: a failure in a word, or a token and its life in seconds. */
export function judge<C extends object>(provider: Provider<C>, status: number, text: unknown) {
  const body = readJSON(typeof text === 'string' ? text : JSON.stringify(text));
  const answer = { status, headers: {}, body };
  const failure =
    provider.classifyFailure?.(answer) ??
    (status >= 200 && status < 300 ? undefined : classifyTokenFailure(answer));
  if (failure !== undefined) return failure;
  if (body === undefined) return 'malformed: is not JSON';
  const parsed = provider.parseToken(answer);
  const problem = accessTokenProblem(parsed.accessToken);
  if (problem !== undefined) return `malformed: ${problem}`;
  const life = resolveLifetime({
    ...parsed,
    token: parsed.accessToken as string,
    defaultSeconds: provider.defaultLifetimeSeconds,
    serverNow: SENT_AT,
    localNow: SENT_AT,
  });
  const seconds = life.kind === 'known' ? life.ms / 1_000 : life.kind;
  return { token: parsed.accessToken, seconds };
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
