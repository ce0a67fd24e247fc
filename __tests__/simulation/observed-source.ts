import { jest } from '@jest/globals';
import pMemoize from 'p-memoize';

import * as lifecycle from '../../src/token/lifecycle.js';
import type { Happening, LifecyclePolicy, TokenState } from '../../src/token/lifecycle.js';
import { decideElsewhere } from '../../src/token/lifecycle/on-elsewhere.js';
import type { FakeClock } from '../../src/testing/fake-clock.js';
import type { TokenSourceOptions } from '../../src/axios/create-token-source.js';
import * as sending from '../../src/axios/send-token-request.js';
import type { SendTokenRequest } from '../../src/token-call/token-endpoint.js';
import type { Instant } from '../../src/token/instant.js';

/*
 * The real token source, with a window through which each of its decisions can be watched, and in which a bug can be
 * seeded on purpose. Whoever watches
 * must import the token source from here, and from nowhere else.
 */

export type AnyState = TokenState;
export type AnyHappening = Happening<unknown>;
export type AnyDecision = ReturnType<typeof lifecycle.decide>;
export type Decide = (
  state: AnyState,
  now: Instant,
  happening: AnyHappening,
  policy: LifecyclePolicy,
) => AnyDecision;

export const realDecide: Decide = (state, now, happening, policy) =>
  lifecycle.decide(state, now, happening, policy, decideElsewhere);
export const realServableToken = lifecycle.servableToken;
export const realMemoize = pMemoize as (...args: unknown[]) => unknown;

/** What a bug that is seeded on purpose puts in the place of a part. */
export interface Bug {
  readonly decide?: Decide;
  readonly servableToken?: typeof realServableToken;
  readonly sendTokenRequest?: (
    send: SendTokenRequest,
    world: {
      readonly clock: FakeClock;
      readonly isClearing: boolean;
      readonly isClosed: boolean;
    },
  ) => SendTokenRequest;
  readonly memoize?: typeof realMemoize;
  readonly options?: TokenSourceOptions;
}

/** What stands between the token source and its parts. Each simulated world sets it anew. */
export const seam = {
  decide: realDecide,
  onInitialState: (() => undefined) as (state: AnyState) => void,
  /** The same token, with what has happened to its account meanwhile. */
  onSameToken: (() => undefined) as (before: AnyState, after: AnyState) => void,
  servableToken: realServableToken,
  /** What a source sends its token requests by. */
  sendTokenRequest: ((send) => send) as (send: SendTokenRequest) => SendTokenRequest,
  memoize: realMemoize,
};

jest.unstable_mockModule('../../src/token/lifecycle.js', () => ({
  ...lifecycle,
  decide: (...args: Parameters<Decide>) => seam.decide(...args),
  initialState: () => {
    const state = lifecycle.initialState();
    seam.onInitialState(state);
    return state;
  },
  withAccount: (...args: Parameters<typeof lifecycle.withAccount>) => {
    const state = lifecycle.withAccount(...args);
    if (state !== args[0]) seam.onSameToken(args[0], state);
    return state;
  },
  servableToken: (...args: Parameters<typeof realServableToken>) => seam.servableToken(...args),
}));
jest.unstable_mockModule('../../src/axios/send-token-request.js', () => ({
  axiosSender: (...args: Parameters<typeof sending.axiosSender>): SendTokenRequest => {
    const send = sending.axiosSender(...args);
    return (request, options) => seam.sendTokenRequest(send)(request, options);
  },
}));
jest.unstable_mockModule('p-memoize', () => ({
  default: (...args: unknown[]) => seam.memoize(...args),
}));

export const { createTokenSource } = await import('../../src/axios/create-token-source.js');
