import { type Decision, decided } from './happening.js';
import { type TokenState, initialState } from './state.js';

/** It says nothing about the endpoint. */
export function onFlightLost<Failure>(state: TokenState<Failure>): Decision<Failure, undefined> {
  const landed = { ...state };
  delete landed.flight;
  return decided(landed, undefined);
}

export function onCredentialsChanged<Failure>(
  state: TokenState<Failure>,
): Decision<Failure, undefined> {
  if (state.endpoint.kind !== 'cooling' || state.endpoint.cause !== 'credentials') {
    return decided(state, undefined);
  }
  return {
    state: { ...state, endpoint: { kind: 'open' } },
    answer: undefined,
    notices: [{ kind: 'cool-down-ended' }],
  };
}

export function onCleared<Failure>(state: TokenState<Failure>): Decision<Failure, undefined> {
  const { nextFlightId, tokenCallsAt } = state;
  const slot = { kind: 'empty', isCleared: true } as const;
  return {
    state: { ...initialState<Failure>(), slot, nextFlightId, tokenCallsAt },
    answer: undefined,
    notices: state.endpoint.kind === 'cooling' ? [{ kind: 'cool-down-ended' }] : [],
  };
}
