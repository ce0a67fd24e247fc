import { nodeBuiltin } from './node-builtin.js';

/** The parts of `node:async_hooks` that are used here. */
interface AsyncHooks {
  readonly AsyncLocalStorage?: {
    snapshot?(): <Result>(run: () => Result) => Result;
  };
}

/** Runs a function in the async context in which this module was loaded. */
const inContextOfLoading = (
  nodeBuiltin('node:async_hooks') as AsyncHooks | undefined
)?.AsyncLocalStorage?.snapshot?.();

/**
 * Runs a function outside of any request's async context, provided that this module was not loaded by a request.
 *
 * Shared work started within a request would otherwise keep that request's context (`AsyncLocalStorage`, spans, log ids), and a
 * timer that renews itself would keep it forever. So would a promise that is kept: up to Node 22 it leads to the context in which
 * it was made.
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
    // If a request loaded this module, Cloudflare's runtime does not allow its context to be entered again.
    return run();
  }
}
