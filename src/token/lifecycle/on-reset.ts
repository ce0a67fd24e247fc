import { type Decision, decided } from './happening.js';
import { rejectedOf } from './gates.js';
import { openGates, openingNotices } from './opening.js';
import { type TokenState, initialAccount, initialState } from './state.js';

/** A lost flight says nothing about the endpoint. */
export function onFlightLost<Failure>(state: TokenState<Failure>): Decision<Failure, undefined> {
  const landed = { ...state };
  delete landed.flight;
  return decided(landed, undefined);
}

/** Changed credentials mean another account, about which nothing is known yet. */
export function onCredentialsChanged<Failure>(
  state: TokenState<Failure>,
): Decision<Failure, undefined> {
  if (rejectedOf(state) === undefined) return decided(state, undefined);
  const { trouble } = state.endpoint;
  return {
    state: {
      ...state,
      endpoint: trouble === undefined ? {} : { trouble },
      account: initialAccount(),
    },
    answer: undefined,
    notices: openingNotices(state),
  };
}

export function onCleared<Failure>(state: TokenState<Failure>): Decision<Failure, undefined> {
  const { nextFlightId } = state;
  const slot = { kind: 'empty', isCleared: true } as const;
  return {
    state: {
      ...initialState<Failure>(),
      slot,
      nextFlightId,
      ...openGates(state),
    },
    answer: undefined,
    notices: openingNotices(state),
  };
}
