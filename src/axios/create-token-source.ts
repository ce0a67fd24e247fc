import type { AxiosRequestConfig } from 'axios';

import { record, type Rules } from '../errors/option-rules.js';
import type { Provider } from '../provider-definition/define-provider.js';
import {
  SOURCE_OPTIONS,
  type CommonSourceOptions,
  type TokenCallRoute,
} from '../token-source/options.js';
import { openTokenSource, type TokenSource } from '../token-source/token-source.js';
import { axiosSender } from './send-token-request.js';

/** Options of {@link createTokenSource}. All have defaults; durations are in milliseconds. */
export interface TokenSourceOptions extends CommonSourceOptions {
  /** How to reach the token endpoint: axios's agents, proxy or adapter. @defaultValue axios's own */
  readonly transport?:
    | Pick<
        AxiosRequestConfig,
        'adapter' | 'httpAgent' | 'httpsAgent' | 'proxy' | 'lookup' | 'family'
      >
    | undefined;
}

/** What each option may be. */
export const TOKEN_SOURCE_OPTIONS: Rules<keyof TokenSourceOptions> = {
  ...SOURCE_OPTIONS,
  transport: record,
};

/** Most sources have no transport of their own, and share this: a process may have 100,000 sources. */
const standardSender = axiosSender({});

const byAxios: TokenCallRoute<TokenSourceOptions> = {
  option: 'transport',
  rules: TOKEN_SOURCE_OPTIONS,
  whatToSet: 'the agents, proxy or adapter',
  sender: ({ transport }) => (transport === undefined ? standardSender : axiosSender(transport)),
};

/**
 * Creates a token source for one provider. It opens no connection and starts no timer until a token is requested.
 *
 * @example
 * ```ts
 * const tokens = createTokenSource(provider, { keepWarm: true });
 * tokens.on('refreshFailed', ({ error }) => console.warn(error.message));
 * const { authorization } = await tokens.getToken({ timeoutMs: 2_000 });
 * ```
 * @throws {@link MisconfigurationError} for an invalid option, which it names
 */
export function createTokenSource<C extends object>(
  provider: Provider<C>,
  options: TokenSourceOptions = {},
): TokenSource {
  return openTokenSource(provider, options, byAxios);
}
