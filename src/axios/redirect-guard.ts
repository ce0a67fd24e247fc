import { read } from '../concealment/any-object.js';
import { stripsOnRedirect } from './axios-version.js';
import type { Place } from '../provider-definition/token-placement.js';
import type { OriginGuard } from './origin-guard.js';
import { removeOurs } from './placed-token.js';

/** Keeps a token within its origins when a redirect is followed. */
export interface RedirectGuard {
  /** Guards a request that carries a token, ahead of its own `beforeRedirect`. */
  watch(config: WithBeforeRedirect): void;
  /**
   * Restores the caller's `beforeRedirect` in a config that comes back. Throws if an adapter froze it; if it is sent again, the
   * caller's function is still found inside ours.
   */
  restore(config: WithBeforeRedirect): void;
}

/** The request that a redirect leads to, as axios passes it to `beforeRedirect`. */
interface NextRequest {
  readonly href?: unknown;
  readonly headers?: Record<string, unknown>;
}

type BeforeRedirect = (this: unknown, next: NextRequest, ...details: unknown[]) => void;

/** Where our `beforeRedirect` keeps the caller's. Other copies of the package know this symbol too. */
const CALLERS = Symbol.for('axios-bearer.before-redirect');

type Guarding = BeforeRedirect & { readonly [CALLERS]: unknown };

/** `beforeRedirect` may be anything that the caller wrote. */
interface WithBeforeRedirect {
  beforeRedirect?: unknown;
}

type Origins = Pick<OriginGuard, 'allowsURL'>;

/**
 * Removes our token when a redirect leads outside the allowed origins: from its header, or from a query that the server repeats.
 * axios forwards headers other than `Authorization` and `Cookie` to any origin, and before 1.21 these two to subdomains.
 *
 * The caller's own `beforeRedirect` runs after that, as it does after axios's own stripping since 1.21. It sees a request
 * without our token and has the last word: a header that it sets stays on the following hops.
 *
 * Only axios's http adapter calls `beforeRedirect`. Over HTTP/2 it follows no redirects; `fetch` and browsers remove
 * `Authorization` themselves.
 */
export function createRedirectGuard(origins: Origins): RedirectGuard {
  const before = (callers: unknown): Guarding => {
    const guarding: BeforeRedirect = function (next, ...details) {
      if (!origins.allowsURL(String(next.href))) removeOurs(next);
      // axios does not call a falsy one.
      if (callers) (callers as BeforeRedirect).call(this, next, ...details);
    };
    return Object.assign(guarding, { [CALLERS]: callers });
  };

  return {
    watch(config) {
      config.beforeRedirect = before(callersOf(config));
    },
    restore(config) {
      const { beforeRedirect } = config;
      if (!isGuarding(beforeRedirect)) return;
      const callers = beforeRedirect[CALLERS];
      if (callers === undefined) delete config.beforeRedirect;
      else config.beforeRedirect = callers;
    },
  };
}

/**
 * The guard for an instance; `undefined` if axios itself removes the header. Setting one more property on a config would cost
 * half as much as everything else we do for a warm request.
 */
export function redirectGuardFor(
  instance: Parameters<typeof stripsOnRedirect>[0],
  origins: Origins,
  place: Place,
): RedirectGuard | undefined {
  return place.id === 'authorization' && stripsOnRedirect(instance)
    ? undefined
    : createRedirectGuard(origins);
}

/** The caller's own `beforeRedirect`, even from inside our guard. A polluted `Object.prototype` does not count. */
function callersOf(config: WithBeforeRedirect): unknown {
  const beforeRedirect = read(config, 'beforeRedirect');
  return isGuarding(beforeRedirect) ? beforeRedirect[CALLERS] : beforeRedirect;
}

function isGuarding(beforeRedirect: unknown): beforeRedirect is Guarding {
  return typeof beforeRedirect === 'function' && CALLERS in beforeRedirect;
}
