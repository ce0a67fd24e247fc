import type { Instant } from './instant.js';
import type { Answers, Decision, Happening } from './lifecycle/happening.js';
import { onCoolingElsewhere, onFound, onRefreshingElsewhere } from './lifecycle/on-elsewhere.js';
import type { LifecyclePolicy } from './lifecycle/policy.js';
import type { TokenState } from './lifecycle/state.js';
import { decide } from './lifecycle.js';

/** Decides what follows from any event in the life of a token that other processes share. Pure, as `decide` is. */
export function decideShared<Failure, Kind extends Happening<Failure>['kind']>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Extract<Happening<Failure>, { kind: Kind }>,
  policy: LifecyclePolicy,
): Decision<Failure, Answers<Failure>[Kind]>;
export function decideShared<Failure>(
  state: TokenState<Failure>,
  now: Instant,
  happening: Happening<Failure>,
  policy: LifecyclePolicy,
): Decision<Failure, Answers<Failure>[keyof Answers<Failure>]> {
  switch (happening.kind) {
    case 'refreshing-elsewhere':
      return onRefreshingElsewhere(state, now, happening);
    case 'cooling-elsewhere':
      return onCoolingElsewhere(state, now, happening, policy);
    case 'found':
      return onFound(state, happening, policy);
    default:
      return decide(state, now, happening, policy);
  }
}
