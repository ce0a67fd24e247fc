import type { Provider } from '../provider-definition/define-provider.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import type { TokenParams } from '../token/token-params.js';
import type { CallAccount, EndpointFailure, Failed } from './token-call-failure.js';
import type { TokenCall, TokenCallOptions } from './token-call.js';

/** What a token call needs. */
export interface CallFor<P extends Provider = Provider> {
  readonly provider: P;
  readonly params: TokenParams;
  readonly options: TokenCallOptions;
  /** Called before each token call, so that a rotated secret is used and `perCall` credentials are made fresh. It may throw. */
  readonly askCredentials: (signal: AbortSignal) => Promise<object>;
  /** Ends the whole refresh. */
  readonly signal: AbortSignal;
}

/** One token call, ready to be made: of a token endpoint, or of `acquireToken`. */
export interface ReadyCall {
  readonly kind: 'ready';
  readonly account: CallAccount;
  /** Where it goes. */
  readonly target: Pick<TokenCall, 'method' | 'serverAddress' | 'serverPort'>;
  send(signal: AbortSignal): Promise<Found | Failed>;
}

/** A successful answer, which may hold a token. */
export interface Found {
  readonly kind: 'found';
  readonly token: ParsedToken;
  readonly status: number | undefined;
  /** The provider's own clock, in epoch milliseconds. */
  readonly serverNow: number | undefined;
  /** The failure if the token cannot be used. */
  readonly malformed: (problem: string, about: MalformedToken) => Failed<EndpointFailure>;
  /** Passes the token to the definition's `tokenReceived`, once it is known to be usable. Throws a `BearerError` if that fails. */
  readonly received?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** About a token that cannot be used. */
export interface MalformedToken {
  /** Whether another call may return a better one. @defaultValue true, but false with `acquireToken` */
  readonly repeat?: boolean;
  readonly advice?: string | undefined;
}
