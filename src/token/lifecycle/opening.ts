import { isOpen } from './gates.js';
import type { Notice } from './happening.js';
import type { TokenState } from './state.js';

/** Opens all gates: the endpoint issued a token, or everything is forgotten. */
export function openGates<Failure>({
  account,
}: TokenState<Failure>): Pick<TokenState<Failure>, 'endpoint' | 'account'> {
  return {
    endpoint: {},
    account: isOpen(account.endpoint) ? account : { ...account, endpoint: {} },
  };
}

export function openingNotices({ account, endpoint }: TokenState): Notice[] {
  return isOpen(account.endpoint) && isOpen(endpoint) ? [] : [{ kind: 'coolDownEnded' }];
}
