import { isObject } from '../concealment/any-object.js';
import { isBearerError } from '../errors/index.js';
import { meaningOfThrown } from './thrown.js';
import type { AcquiredToken } from '../provider-definition/acquire-token.js';
import type { TokenFunctionProvider } from '../provider-definition/define-provider.js';
import type { ParsedToken } from '../provider-definition/token-response.js';
import { threw, unusable, type CallContext } from './failed-call.js';
import type { CallFor, ReadyCall } from './ready-call.js';
import { localFailure, type Failed } from './token-call-failure.js';
import { within } from '../platform/waiting.js';

/** A call of `acquireToken` instead of a token endpoint. */
export function functionCall({
  provider,
  params,
  options,
}: CallFor<TokenFunctionProvider>): ReadyCall {
  const call: CallContext = { provider, options };
  return {
    kind: 'ready',
    account: { credentials: {}, url: provider.baseURL }, // The source has one account.
    target: { method: undefined, serverAddress: undefined, serverPort: undefined },
    send: async (signal) => {
      // It may ignore the signal; the time limit holds anyway.
      const work = async () => provider.acquireToken({ params, signal });
      try {
        const outcome = await within(work(), { signal });
        if (outcome.kind !== 'done')
          return threw(call, { failure: 'transient', networkCode: 'ERR_CANCELED' });
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

/** A plain string is the token. */
function asParsed(acquired: AcquiredToken | null | undefined): ParsedToken {
  return isObject(acquired) ? acquired : { accessToken: acquired };
}

/** A wrong option is reported as such; anything else is a failed token call. */
function failureOf(call: CallContext, thrown: unknown): Failed {
  if (isBearerError(thrown, 'ERR_BEARER_MISCONFIGURED'))
    return localFailure(call.provider.name, thrown);
  return threw(call, meaningOfThrown(thrown, call.options.clock.now()), thrown);
}
