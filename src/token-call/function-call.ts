import { isBearerError } from '../errors/index.js';
import { meaningOfThrown } from './thrown.js';
import type { AcquiredToken } from '../provider-definition/acquire-token.js';
import type { TokenFunctionProvider } from '../provider-definition/define-provider.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { threw, unusable, type CallContext } from './failed-call.js';
import type { CallFor, ReadyCall } from './ready-call.js';
import { localFailure, type Failed } from './token-call-failure.js';
import { within } from '../platform/waiting.js';

/** A call of the function that yields tokens, in place of a token endpoint. */
export function functionCall({
  provider,
  params,
  options,
}: CallFor<TokenFunctionProvider>): ReadyCall {
  const call: CallContext = { provider, options };
  const late = () => threw(call, { failure: 'transient', networkCode: 'ERR_CANCELED' });
  return {
    kind: 'ready',
    account: { credentials: {}, url: provider.baseURL }, // It is that of the source.
    target: { method: undefined, serverAddress: undefined, serverPort: undefined },
    tooLate: () => late().failure.error,
    send: async (signal) => {
      // It may be deaf to the signal; the time bound holds all the same.
      const work = async () => provider.acquireToken({ params, signal });
      try {
        const outcome = await within(work(), { signal });
        if (outcome.kind !== 'done') return late();
        return {
          kind: 'found',
          token: asParsed(outcome.value),
          status: undefined,
          serverNow: undefined,
          malformed: (problem, about) => unusable(call, problem, about),
        };
      } catch (thrown) {
        return failureOf(call, thrown);
      }
    },
  };
}

/** A token alone is as good as an object with nothing but the token. */
function asParsed(acquired: AcquiredToken | null | undefined): ParsedToken {
  return typeof acquired === 'object' && acquired !== null ? acquired : { accessToken: acquired };
}

/** An option that is wrong stays one, wherever it is found out; everything else is a failed token call. */
function failureOf(call: CallContext, thrown: unknown): Failed {
  if (isBearerError(thrown, 'ERR_BEARER_MISCONFIGURED'))
    return localFailure(call.provider.name, thrown);
  return threw(call, meaningOfThrown(thrown, call.options.clock.now()), thrown);
}
