import {
  checkTokenURL,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { checkedRequest, type TokenRequestContext } from '../provider-definition/token-request.js';
import { boundedSignal } from '../platform/waiting.js';
import type { TokenParams } from '../token/token-params.js';
import { encodeTokenRequest } from './encode-token-request.js';
import { failureIn, isSuccess } from './failed-answer.js';
import { refused, unreachable, type EndpointCallContext } from './failed-call.js';
import type { Failed } from './token-call-failure.js';
import type { TokenCallOptions } from './token-call.js';
import type { TokenEndpointAnswer } from './token-endpoint.js';

/** What a token request is made from. */
export interface Making {
  readonly provider: TokenEndpointProvider;
  readonly credentials: object;
  readonly params: TokenParams;
  readonly options: TokenCallOptions;
  readonly signal: AbortSignal;
  readonly purpose: TokenRequestContext['purpose'];
}

/** The calls that a definition makes before its token request. */
export interface EarlierCalls {
  readonly context: TokenRequestContext;
  /** The failure of such a call, if `thrown` is its error; `undefined` for any other error. */
  failureIn(thrown: unknown): Failed | undefined;
}

export function earlierCalls({
  provider,
  credentials,
  options,
  signal,
  purpose,
}: Making): EarlierCalls {
  let latest: Failed | undefined;
  const context: TokenRequestContext = {
    purpose,
    signal,
    now: () => options.clock.now(),
    async send(given, { accepts = isSuccess } = {}) {
      const request = checkedRequest(provider.name, given);
      const encoded = encodeTokenRequest(request, provider.baseURL);
      checkTokenURL(provider, encoded.url);
      const call = { provider, credentials, request, options };
      const bounded = boundedSignal(signal, options.attemptTimeoutMs, options.clock);
      const outcome = await options.sendTokenRequest(encoded, { signal: bounded.signal });
      bounded.release();
      if (outcome.kind === 'answered' && accepts(outcome.answer)) return outcome.answer;
      const failure =
        outcome.kind === 'answered' ? failed(call, outcome.answer) : unreachable(call, outcome);
      latest = { ...aboutThisToken(failure), account: { credentials, url: encoded.url } };
      throw latest.failure.error;
    },
  };
  return {
    context,
    failureIn: (thrown) => (latest?.failure.error === thrown ? latest : undefined),
  };
}

function failed(call: EndpointCallContext, answer: TokenEndpointAnswer): Failed {
  const judged = failureIn(call, answer);
  return judged.kind === 'failed' ? judged : refused(call, answer, judged.value ?? 'refused');
}

/** The account's token endpoint has not failed, so other tokens of the account may still be fetched. */
function aboutThisToken({ failure, ...kind }: Failed): Failed {
  return { ...kind, failure: { ...failure, concerns: 'request' } };
}
