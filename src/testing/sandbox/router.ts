import type { Answer } from './answers.js';
import type { SandboxRequest } from './sandbox-request.js';

/** The names after the colons of a path pattern. */
type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Answers a request; `params` holds what the path's `:names` matched, decoded. */
export type Handler<Path extends string> = (
  request: SandboxRequest,
  params: Readonly<Record<ParamNames<Path>, string>>,
) => Answer | Promise<Answer>;

/** Judges whether a request may pass: the answer that refuses it, or `undefined` if it may. */
export type Access = (request: SandboxRequest) => Answer | undefined;

/** One endpoint of a sandbox API. */
export interface Route {
  /** `*` stands for any method. */
  readonly method: string;
  readonly path: string;
  readonly answer: (
    request: SandboxRequest,
    params: Readonly<Record<string, string>>,
  ) => Answer | Promise<Answer>;
  /** Who may call it; by default, any caller with a live bearer token. */
  readonly access: Access | undefined;
}

/**
 * Describes one endpoint.
 *
 * @example
 * ```ts
 * route('GET', '/v2/accounts/:accountSid/users/:userId', (request, { userId }) => json(200, …))
 * ```
 */
export function route<const Path extends string>(
  method: string,
  path: Path,
  answer: Handler<Path>,
  access?: Access,
): Route {
  return { method, path, answer, access };
}

/** The route that matched a request, and its path parameters. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route for a method and a path. */
export interface Router {
  match(method: string, path: string): Match | undefined;
}

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Compiles routes; of two that match, the earlier one wins. */
export function createRouter(
  routes: readonly Route[],
  { ignoreCase = false }: { ignoreCase?: boolean } = {},
): Router {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const byLength = new Map<number, CompiledRoute[]>();
  for (const route of routes) {
    const segments = route.path
      .split('/')
      .map((segment) => (segment.startsWith(':') ? segment : fold(segment)));
    const sameLength = byLength.get(segments.length) ?? [];
    byLength.set(segments.length, [...sameLength, { route, segments }]);
  }

  return {
    match(method, path) {
      const parts = path.split('/');
      for (const { route, segments } of byLength.get(parts.length) ?? []) {
        if (route.method !== '*' && route.method !== method) continue;
        const params = matchSegments(segments, parts, fold);
        if (params !== undefined) return { route, params };
      }
      return undefined;
    },
  };
}

function matchSegments(
  segments: readonly string[],
  parts: readonly string[],
  fold: (text: string) => string,
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decode(part);
    else if (segment !== fold(part)) return undefined;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
