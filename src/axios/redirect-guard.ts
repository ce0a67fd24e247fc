import type { InternalAxiosRequestConfig } from 'axios';

import { stripsOnRedirect } from './axios-version.js';
import { isOurs } from './known-tokens.js';
import type { OriginGuard } from './origin-guard.js';

type Config = InternalAxiosRequestConfig;

/** Keeps a token within its origins when a redirect is followed. */
export interface RedirectGuard {
  /** Stands on a request that carries a token, before its own `beforeRedirect`. Returns the config that goes on. */
  watch(config: Config): Config;
  /** Gives a config that comes back the `beforeRedirect` that the caller wrote into it. */
  restore(config: Config): void;
}

/** The request that a redirect leads to, as axios hands it to `beforeRedirect` before it is sent. */
interface NextRequest {
  readonly href?: unknown;
  readonly headers?: Record<string, unknown>;
}

type BeforeRedirect = (this: unknown, next: NextRequest, ...details: unknown[]) => void;

/** Where our `beforeRedirect` keeps the caller's; a symbol that other copies of the package know as well. */
const CALLERS = Symbol.for('axios-bearer.before-redirect');

type Guarding = BeforeRedirect & { readonly [CALLERS]: unknown };

/** A config as it may come: `beforeRedirect` is whatever the caller wrote there. */
interface WithBeforeRedirect {
  beforeRedirect?: unknown;
}

/** What is asked of the origins that a token may go to. */
type Origins = Pick<OriginGuard, 'allowsURL'>;

/**
 * Takes our token off as soon as a redirect leads out of the origins that it may go to. Before 1.21 axios forwards the
 * `Authorization` header to sub-domains.
 *
 * The caller's own `beforeRedirect` runs after that, as it does after axios's own stripping from 1.21 on: it sees a
 * request without our token, and has the last word. A header that it sets for a foreign place is its own business, and
 * stays on the hops that follow.
 *
 * Only axios's http adapter asks `beforeRedirect`. Over HTTP/2 it follows no redirect; `fetch` and browsers strip by
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
    // axios asks none that is falsy.
    return Object.assign(callers ? guarding : (next: NextRequest) => strip(next), {
      [CALLERS]: callers,
    });
  };

  /** Made once, as most requests bring no `beforeRedirect`, and the default of an instance comes with each. */
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
        // Frozen by an interceptor, which axios allows from 1.20 on. It copies whatever has a prototype.
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
        // Frozen by an adapter. If it is sent again, the guard finds the caller's function in its own.
      }
    },
  };
}

/**
 * The guard for an instance; `undefined` where axios itself strips the header: one more property on a config costs there
 * as much as half of all that we do for a warm request.
 */
export function redirectGuardFor(
  instance: Parameters<typeof stripsOnRedirect>[0],
  origins: Origins,
): RedirectGuard | undefined {
  return stripsOnRedirect(instance) ? undefined : createRedirectGuard(origins);
}

/** The caller's own, also on a config that still has a guard on it. What only a polluted `Object.prototype` carries does not count. */
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
