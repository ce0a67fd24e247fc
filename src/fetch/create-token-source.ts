import { rule, type Rules } from '../errors/option-rules.js';
import type { Provider } from '../provider-definition/define-provider.js';
import {
  SOURCE_OPTIONS,
  type CommonSourceOptions,
  type TokenCallRoute,
} from '../token-source/options.js';
import { openTokenSource, type TokenSource } from '../token-source/token-source.js';
import { fetchOf, fetchSender, type FetchFunction } from './send-token-request.js';

/** Options of {@link createTokenSource}. All have defaults; durations are in milliseconds. */
export interface TokenSourceOptions extends CommonSourceOptions {
  /** Sends the token calls. @defaultValue the global `fetch` */
  readonly fetch?: FetchFunction | undefined;
}

/** What each option may be. */
export const TOKEN_SOURCE_OPTIONS: Rules<keyof TokenSourceOptions> = {
  ...SOURCE_OPTIONS,
  fetch: rule(
    (value) => typeof value === 'function',
    'is not a function',
    'Pass a function with the signature of fetch, or leave it out.',
  ),
};

/** Shared by all sources without a fetch of their own. */
const standardSender = fetchSender(fetchOf(undefined));

const byFetch: TokenCallRoute<TokenSourceOptions> = {
  option: 'fetch',
  whatToSet: 'the fetch',
  rules: TOKEN_SOURCE_OPTIONS,
  sender: ({ fetch }) => (fetch === undefined ? standardSender : fetchSender(fetchOf(fetch))),
};

/**
 * Creates a token source that sends its token calls with `fetch`. It opens no connection and starts no timer until a token is requested.
 *
 * @throws {@link MisconfigurationError} for an invalid option, which it names
 */
export function createTokenSource<C extends object>(
  provider: Provider<C>,
  options: TokenSourceOptions = {},
): TokenSource {
  return openTokenSource(provider, options, byFetch);
}
