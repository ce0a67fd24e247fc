import { nodeBuiltin } from './node-builtin.js';

/** The part of `node:async_hooks` that is used here. */
interface AsyncHooks {
  readonly AsyncLocalStorage?: {
    snapshot?(): <Result>(run: () => Result) => Result;
  };
}

/** Runs a function in the async context that this module was loaded in. */
const inContextOfLoading = (
  nodeBuiltin('node:async_hooks') as AsyncHooks | undefined
)?.AsyncLocalStorage?.snapshot?.();

/**
 * Runs a function in no request's async context, provided that no request has loaded this module.
 *
 * What is started for everybody within somebody's request would otherwise keep all that the app holds for that request
 * (`AsyncLocalStorage`, spans, the id in each line of its log), and a timer that renews itself would keep it for ever.
 *
 * @see https://nodejs.org/api/async_context.html#static-method-asynclocalstoragesnapshot
 */
export function inContextOfNoRequest<Result>(run: () => Result): Result {
  if (inContextOfLoading === undefined) return run();
  let hasRun = false as boolean;
  try {
    return inContextOfLoading(() => {
      hasRun = true;
      return run();
    });
  } catch (error) {
    if (hasRun) throw error;
    // Cloudflare's runtime lets nobody back into the context of a request, if it was one that loaded this module.
    return run();
  }
}
