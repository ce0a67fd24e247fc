import { nodeBuiltin } from './node-builtin.js';

/** The part of `node:async_hooks` that is used here. */
interface AsyncHooks {
  readonly AsyncLocalStorage?: {
    snapshot?(): <Result>(run: () => Result) => Result;
  };
}

/**
 * Runs a function in the async context that this module was loaded in, which is no request's.
 *
 * What is started for everybody within somebody's request would otherwise keep all that the app holds for that request
 * (`AsyncLocalStorage`, spans, the id in each line of its log), and a timer that renews itself would keep it for ever.
 *
 * @see https://nodejs.org/api/async_context.html#static-method-asynclocalstoragesnapshot
 */
export const inContextOfNoRequest: <Result>(run: () => Result) => Result =
  (nodeBuiltin('node:async_hooks') as AsyncHooks | undefined)?.AsyncLocalStorage?.snapshot?.() ??
  ((run) => run());
