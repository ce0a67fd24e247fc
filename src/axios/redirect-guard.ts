import type { InternalAxiosRequestConfig } from 'axios';

import { stripsOnRedirect } from './axios-version.js';
import { isOurs } from './known-tokens.js';
import type { OriginGuard } from './origin-guard.js';

type Config = InternalAxiosRequestConfig;

/** Keeps a token within its origins when a redirect is followed. */
export interface RedirectGuard {
  /** Guards a request that carries a token, ahead of its own `beforeRedirect`. Returns the config to send. */
  watch(config: Config): Config;
  /** Restores the caller's `beforeRedirect` in a config that comes back. */
  restore(config: Config): void;
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
 * Removes our token when a redirect leads outside the allowed origins. Before 1.21 axios forwards the `Authorization` header to
 * subdomains.
 *
 * The caller's own `beforeRedirect` runs after that, as it does after axios's own stripping since 1.21. It sees a request
 * without our token and has the last word: a header that it sets stays on the following hops.
 *
 * Only axios's http adapter calls `beforeRedirect`. Over HTTP/2 it follows no redirects; `fetch` and browsers remove the header
 * themselves.
 */
export function createRedirectGuard(origins: Origins): RedirectGuard {
  const strip = ({ href, headers }: NextRequest): void => {
    if (typeof href === 'string' && origins.allowsURL(href)) return;
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (name.toLowerCase() === 'authorization' && isOurs(value))
        Reflect.deleteProperty(headers as object, name);
    }
  };

  const before = (callers: unknown): Guarding => {
    const guarding: BeforeRedirect = function (next, ...details) {
      strip(next);
      (callers as BeforeRedirect).call(this, next, ...details);
    };
    // axios does not call a falsy one.
    return Object.assign(callers ? guarding : (next: NextRequest) => strip(next), {
      [CALLERS]: callers,
    });
  };

  /** Made once for requests without `beforeRedirect`. An instance's default, which comes with each request, is cached below. */
  const alone = before(undefined);
  const known = new WeakMap<object, Guarding>();

  const beforeCallers = (callers: unknown): Guarding => {
    if (callers === undefined) return alone;
    if (typeof callers !== 'function') return before(callers);
    const guarding = known.get(callers) ?? before(callers);
    known.set(callers, guarding);
    return guarding;
  };

  return {
    watch(config) {
      const beforeRedirect = beforeCallers(callersOf(config)) as never;
      try {
        config.beforeRedirect = beforeRedirect;
        return config;
      } catch {
        // Frozen by an interceptor, which axios allows since 1.20, when it copies every config with a prototype.
        return Object.assign(Object.create(null) as Config, config, { beforeRedirect });
      }
    },
    restore(config: WithBeforeRedirect) {
      const { beforeRedirect } = config;
      if (!isGuarding(beforeRedirect)) return;
      const callers = beforeRedirect[CALLERS];
      try {
        if (callers === undefined) Reflect.deleteProperty(config, 'beforeRedirect');
        else config.beforeRedirect = callers;
      } catch {
        // Frozen by an adapter. If the config is sent again, the caller's function is still found inside ours.
      }
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
): RedirectGuard | undefined {
  return stripsOnRedirect(instance) ? undefined : createRedirectGuard(origins);
}

/** The caller's own `beforeRedirect`, also inside our guard. A polluted `Object.prototype` does not count. */
function callersOf(config: WithBeforeRedirect): unknown {
  const { beforeRedirect } = config;
  if (beforeRedirect === undefined) return undefined;
  if (isGuarding(beforeRedirect)) return beforeRedirect[CALLERS];
  const isPollution =
    beforeRedirect === (Object.prototype as WithBeforeRedirect).beforeRedirect &&
    !Object.hasOwn(config, 'beforeRedirect');
  return isPollution ? undefined : beforeRedirect;
}

function isGuarding(beforeRedirect: unknown): beforeRedirect is Guarding {
  return typeof beforeRedirect === 'function' && CALLERS in beforeRedirect;
}
