import { aFunction, oneOf, refuseOptions, type Rules } from '../errors/check-options.js';
import type { Provider } from '../provider-definition/define-provider.js';

/** What happens to requests that carry no token or are sent again. */
export interface AttachRules<Hook> {
  readonly onForeignOrigin: 'pass' | 'error';
  readonly onReplay: Hook | undefined;
}

/** What these options may be. */
export const ATTACH_RULES: Rules<keyof AttachRules<never>> = {
  onForeignOrigin: oneOf('pass', 'error'),
  onReplay: aFunction,
};

/**
 * Refuses options of a token source next to an existing one: they would be silently ignored.
 *
 * @throws {@link MisconfigurationError} naming the first of them
 */
export function refuseSourceOptions({ name }: Provider, options: object): void {
  refuseOptions(
    options,
    Object.keys(options),
    { provider: name, path: 'options.' },
    'has no effect on an existing token source',
    'Pass it to createTokenSource() instead.',
  );
}
