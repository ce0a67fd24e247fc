import type { AxiosResponse } from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';

import { concealError } from '../concealment/conceal.js';
import { answerIn, answerOf, isAboutOurToken, type Answer } from './answer.js';
import type { Exchange, Sent } from './exchange.js';
import { giveBack, quietly } from './give-back.js';
import type { Handler } from './innermost.js';
import { isOurs } from './known-tokens.js';
import { replay } from './replay.js';
import { replayBody } from './replay-body.js';
import { Rejection } from './rejection.js';
import type { ReplayRefusal } from './replay-refusal.js';
import { mayReplay } from './request-options.js';
import { isRejection } from './token-rejection.js';

/**
 * The response side: a 401 on our token is judged, the token is reported by value, and the request is sent once more.
 *
 * `axios-auth-refresh` matches the error and has the request sent again. Everything that makes this right
 * stands around it; docs/decisions/0002 says why each option has the only value that works:
 * - it gets a view of the instance that has nothing but a place for its response interceptor, because its queue of
 *   paused requests has a race of one microtask; with the view the queue never enters the request path;
 * - `refreshAuthCall` acquires nothing and cannot fail, because it is called for one of many concurrent 401s only,
 *   and what it throws replaces the caller's error; the token is acquired by the replay;
 * - `shouldRefresh` is synchronous and total.
 *
 * @returns a function that makes the response interceptor of one request
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
  // Its types are those of axios's CommonJS build and refuse an instance of the other; so would they refuse this view.
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
  // One for all requests: axios takes the two functions out of it at once. Bound ones take less memory than closures.
  const handler = {
    synchronous: false,
    runWhen: null,
    fulfilled: (response: AxiosResponse): AxiosResponse | Promise<AxiosResponse> => response,
    rejected: (error: unknown): unknown => error,
  };
  return (exchange) => {
    handler.fulfilled = accepted.bind(exchange);
    handler.rejected = refused.bind(exchange);
    return handler;
  };

  /** The healed response, or what bare axios would have given. */
  async function heal(rejection: Rejection): Promise<AxiosResponse> {
    try {
      return await matchAndReplay(rejection);
    } catch (outcome) {
      const { original } = rejection;
      if (outcome !== rejection) throw concealError(outcome, isOurs);
      if (original.kind === 'response') return original.response;
      throw concealError(original.error, isOurs);
    }
  }
}

/** Whether something was put into the config for the one send. */
function isChanged({ watch, usedTimeout, writtenTimeout, attachment }: Sent): boolean {
  return (
    watch !== undefined || usedTimeout !== writtenTimeout || attachment.redirects !== undefined
  );
}

/** The answer, if it rejects our token; else `undefined`. Never throws, whatever came back. */
function rejectingAnswer<O>(
  sent: Sent,
  answerIn: (outcome: O, seen: unknown) => Answer | undefined,
  outcome: O,
): Answer | undefined {
  try {
    const answer = answerIn(outcome, sent.watch?.seen());
    if (answer === undefined) return undefined;
    const { provider } = sent.attachment.source;
    const isRejecting = isRejection(provider, answer, sent.config) && isAboutOurToken(sent, answer);
    return isRejecting ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Most answers are not looked at any further. */
function isAccepted({ attachment }: Sent, response: AxiosResponse): boolean {
  try {
    return attachment.source.provider.isTokenRejection === undefined && response.status < 400;
  } catch {
    return false;
  }
}

/** Reports the token, and decides whether another one may cure the 401. Never throws. */
function isWorthReplaying(rejection: Rejection): boolean {
  const { sent } = rejection;
  const { token, params, attachment } = sent;
  const own = ownRefusal(rejection);
  const answer = attachment.source.reject(token.value, {
    on: own === undefined ? 'first-send' : 'only-send',
    params,
  });
  const because = own ?? (answer.kind === 'pass' ? answer.because : undefined);
  if (answer.kind === 'replay') rejection.forcedMint = answer.forcedMint;
  if (because === undefined) return true;
  rejection.refuse(because);
  return false;
}

/** Why the request must not be sent again, whatever the token source says. */
function ownRefusal(rejection: Rejection): ReplayRefusal | undefined {
  const { sent } = rejection;
  if (!mayReplay(sent.config)) return 'opted-out';
  quietly(() => (rejection.body = replayBody(sent.config, sent.rawBody)));
  return rejection.body === undefined ? 'body-consumed' : undefined;
}
