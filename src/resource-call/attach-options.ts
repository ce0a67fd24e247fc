import { checkValues } from '../errors/check-options.js';
import { aFunction, oneOf, refused, type Rules } from '../errors/option-rules.js';
import type { Provider } from '../provider-definition/define-provider.js';

/** What happens to requests that carry no token or are sent again. */
export interface AttachRules<Hook> {
  readonly onForeignOrigin: 'pass' | 'error';
  readonly onReplay: Hook | undefined;
}

/** What each of these options may be. */
export const ATTACH_RULES: Rules<keyof AttachRules<never>> = {
  onForeignOrigin: oneOf(['pass', 'error']),
  onReplay: aFunction,
};

/**
 * Refuses options of a token source next to an existing one: they would be silently ignored.
 *
 * @throws {@link MisconfigurationError} naming the first of them
 */
export function refuseSourceOptions(provider: Provider, options: object): void {
  const problem = 'has no effect on an existing token source';
  const rules = refused(Object.keys(options), problem, 'Pass it to createTokenSource() instead.');
  checkValues(options, rules, { of: 'an attachment', provider: provider.name, path: 'options.' });
}
