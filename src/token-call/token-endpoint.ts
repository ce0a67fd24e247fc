import { quietly } from '../concealment/any-object.js';
import type { EncodedTokenRequest } from './encode-token-request.js';
import type { TokenResponse } from '../provider-definition/token-response.js';

/**
 * Sends one token request and returns the answer, whatever its status. Each HTTP client has its own. It must not reject.
 *
 * It must use none of the app's interceptors or default headers, read at most {@link LONGEST_ANSWER_BYTES}, and follow no redirects,
 * since the body holds the secret.
 */
export type SendTokenRequest = (
  request: EncodedTokenRequest,
  options: { readonly signal: AbortSignal },
) => Promise<CallOutcome>;

/** An answer, with what is needed to judge it. */
export interface TokenEndpointAnswer extends TokenResponse {
  readonly isEmpty: boolean;
  /** The server's own clock, from its `Date` header, in epoch milliseconds. */
  readonly serverNow: number | undefined;
}

/** Refused, reset, unresolvable, or timed out. Holds nothing from the request. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly reason: string;
  readonly message: string;
  /** What the user may change about the HTTP client, as a sentence. */
  readonly advice?: string | undefined;
}

export type CallOutcome =
  { readonly kind: 'answered'; readonly answer: TokenEndpointAnswer } | NoAnswer;

/** A token response is a few hundred bytes. */
export const LONGEST_ANSWER_BYTES = 1_000_000;

/** The outcome of a call that was answered. Header names are in lower case. */
export function answered(response: Omit<TokenResponse, 'body'>): CallOutcome {
  const { headers, text } = response;
  const date = Date.parse(headers['date'] ?? '');
  const answer = {
    ...response,
    body: quietly((): unknown => JSON.parse(text)),
    isEmpty: text.trim() === '',
    serverNow: Number.isNaN(date) ? undefined : date,
  };
  return { kind: 'answered', answer };
}

/** @param reason - the code of a network error */
export function noAnswer(
  reason: string,
  { message = reasonInWords(reason), advice }: Partial<Pick<NoAnswer, 'message' | 'advice'>> = {},
): NoAnswer {
  return { kind: 'no-answer', reason, message, advice };
}

function reasonInWords(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name could not be resolved';
    case 'ERR_CANCELED':
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
      return 'it did not answer in time';
    case 'ERR_BAD_RESPONSE':
      return 'its answer was cut off or too long';
    default:
      return `the network failed (${code})`;
  }
}
