import type { TokenAcquisitionError } from '../errors/index.js';
import type { Provider } from '../provider-definition/define-provider.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import type { TokenParams } from '../token/token-params.js';
import type { CallAccount, EndpointFailure, Failed } from './token-call-failure.js';
import type { TokenCall, TokenCallOptions } from './token-call.js';

/** What a token call is made for. */
export interface CallFor<P extends Provider = Provider> {
  readonly provider: P;
  readonly params: TokenParams;
  readonly options: TokenCallOptions;
  /** Asked before each call, and may throw: a rotated secret is picked up, and what is good for one call only is made anew. */
  readonly askCredentials: () => Promise<object>;
  /** Ends the whole refresh. */
  readonly signal: AbortSignal;
}

/** One token call, ready to go out: to a token endpoint, or to a function that yields tokens. */
export interface ReadyCall {
  readonly kind: 'ready';
  readonly account: CallAccount;
  /** Where it goes. */
  readonly target: Pick<TokenCall, 'method' | 'serverAddress' | 'serverPort'>;
  send(signal: AbortSignal): Promise<Found | Failed>;
  /** The error if it was too late to make it. */
  tooLate(): TokenAcquisitionError;
}

/** What a call has brought: something that may hold a token. */
export interface Found {
  readonly kind: 'found';
  readonly token: ParsedToken;
  readonly status: number | undefined;
  /** The provider's own clock, in epoch milliseconds. */
  readonly serverNow: number | undefined;
  /** The token cannot be used. */
  readonly malformed: (problem: string, about: MalformedToken) => Failed<EndpointFailure>;
  /** Has the token kept by the provider definition, once it is known to be usable. Throws a typed error if that fails. */
  readonly received?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** What there is to say of a token that cannot be used. */
export interface MalformedToken {
  /** Whether another call may bring a better one. @defaultValue true */
  readonly repeat?: boolean;
  readonly advice?: string;
}
