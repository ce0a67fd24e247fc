import type { AxiosResponse } from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';

import { quietly } from '../concealment/any-object.js';
import { concealError } from '../concealment/conceal.js';
import { answerIn, answerOf, isAboutOurToken, type Answer } from './answer.js';
import type { Exchange, Sent } from './exchange.js';
import { giveBack } from './give-back.js';
import type { Handler } from './innermost.js';
import { isOurs } from './known-tokens.js';
import { replay } from './replay.js';
import { discard, replayBody } from './replay-body.js';
import { Rejection } from './rejection.js';
import { lacksToken, type ReplayRefusal } from '../resource-call/replay-refusal.js';
import { mayReplay } from './request-options.js';
import { isRejection } from './token-rejection.js';

/**
 * The response side: judges a 401 on our token, reports the token by value, and sends the request once more.
 *
 * `axios-auth-refresh` matches the error and triggers the replay. docs/decisions/0002 says why each of its options has the only
 * value that works:
 * - it gets a view of the instance with nothing but a response interceptor, because its queue of paused requests has a race of
 *   one microtask; with the view the queue never enters the request path;
 * - `refreshAuthCall` does nothing and cannot fail, because it is called for only one of many concurrent 401s, and its error
 *   would replace the caller's; the replay fetches the token;
 * - `shouldRefresh` is synchronous and never throws.
 *
 * @returns a function that creates the response interceptor of one request
 */
export function healer(): (exchange: Exchange) => Handler<AxiosResponse> {
  let matchAndReplay!: (rejection: Rejection) => Promise<AxiosResponse>; // Set by createAuthRefresh below.
  const view = {
    interceptors: {
      request: { use: () => 0, eject: () => undefined },
      response: {
        use: (_passThrough: unknown, rejected: typeof matchAndReplay) => {
          matchAndReplay = rejected;
          return 0;
        },
      },
    },
  };
  // Its types come from axios's CommonJS build, and accept neither the other build's instances nor this view.
  createAuthRefresh(view as never, () => Promise.resolve(), {
    deduplicateRefresh: false,
    maxRetries: 1,
    retryInstance: (({ rejection }: Rejection['config']) => replay(rejection)) as never,
    shouldRefresh: (rejection) => isWorthReplaying(rejection as never),
  });

  function accepted(this: Exchange, response: AxiosResponse) {
    const { sent } = this;
    if (sent === undefined) return response;
    if (isChanged(sent)) giveBack(sent, response);
    if (isAccepted(sent, response)) return response;
    const answer = rejectingAnswer(sent, answerIn, response);
    return answer === undefined
      ? response
      : heal(new Rejection(sent, answer, { kind: 'response', response }));
  }
  function refused(this: Exchange, error: unknown) {
    const { sent } = this;
    if (sent === undefined) throw error;
    giveBack(sent, error);
    const answer = rejectingAnswer(sent, answerOf, error);
    if (answer === undefined) throw concealError(error, isOurs);
    return heal(new Rejection(sent, answer, { kind: 'error', error }));
  }
  // Bound functions take less memory than closures.
  return (exchange) => ({
    fulfilled: accepted.bind(exchange),
    rejected: refused.bind(exchange),
    synchronous: false,
    runWhen: null,
  });

  /** The healed response, or the outcome of bare axios. */
  async function heal(rejection: Rejection): Promise<AxiosResponse> {
    try {
      return await matchAndReplay(rejection);
    } catch (outcome) {
      const { original } = rejection;
      if (outcome !== rejection) {
        discard(rejection.response.data); // The caller never gets it, as after an abort.
        throw concealError(outcome, isOurs);
      }
      if (original.kind === 'response') return original.response;
      throw concealError(original.error, isOurs);
    }
  }
}

/** Whether the config was changed for this send. */
function isChanged({ watch, usedTimeout, writtenTimeout, attachment }: Sent): boolean {
  return (
    watch !== undefined || usedTimeout !== writtenTimeout || attachment.redirects !== undefined
  );
}

/** The answer, if it rejects our token; otherwise `undefined`. Never throws. */
function rejectingAnswer<O>(
  sent: Sent,
  answerIn: (outcome: O, seen: unknown) => Answer | undefined,
  outcome: O,
): Answer | undefined {
  return quietly(() => {
    const answer = answerIn(outcome, sent.watch?.seen());
    if (answer === undefined) return undefined;
    const { provider } = sent.attachment.source;
    const isRejecting = isRejection(provider, answer, sent.config) && isAboutOurToken(sent, answer);
    return isRejecting ? answer : undefined;
  });
}

/** A quick check that covers most answers. */
function isAccepted({ attachment }: Sent, response: AxiosResponse): boolean {
  try {
    return attachment.source.provider.isTokenRejection === undefined && response.status < 400;
  } catch {
    return false;
  }
}

/** Reports the token, and decides whether a new one may heal the 401. Never throws. */
function isWorthReplaying(rejection: Rejection): boolean {
  const { sent } = rejection;
  const { token, params, attachment } = sent;
  const own = ownRefusal(rejection);
  const answer = attachment.source.reject(token.value, {
    on: own === undefined ? 'first-send' : 'only-send',
    params,
  });
  const because = own ?? (answer.kind === 'pass' ? answer.because : 'no-other-token');
  if (answer.kind === 'replay') rejection.forcedMint = answer.forcedMint;
  rejection.withoutToken = because;
  if (lacksToken(because)) return true;
  rejection.refuse(because);
  return false;
}

/** A reason in the request itself not to send it again. */
function ownRefusal(rejection: Rejection): ReplayRefusal | undefined {
  const { sent } = rejection;
  if (!mayReplay(sent.config)) return 'opted-out';
  const body = replayBody(sent.config, sent.rawBody);
  if (body === undefined) return 'body-consumed';
  rejection.body = body;
  return undefined;
}
