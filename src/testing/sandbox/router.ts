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

/** The same routes with other rules about who may call them. */
export function withAccess(access: Access, routes: readonly Route[]): readonly Route[] {
  return routes.map((one) => ({ ...one, access }));
}

/** Part of a provider's API: its routes, and what a test can see and do there. */
export interface ApiPart<Verbs> {
  readonly routes: readonly Route[];
  readonly verbs: Verbs;
  reset(): void;
}

/** The route that matched a request, and its path parameters. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Returns a function that finds the route for a method and a path; of two that match, the earlier one wins. */
export function createRouter(
  routes: readonly Route[],
  { ignoreCase }: { readonly ignoreCase: boolean },
): (method: string, path: string) => Match | undefined {
  const compiled = routes.map((route) => {
    const source = route.path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]*)');
    return { route, pattern: new RegExp(`^${source}$`, ignoreCase ? 'i' : '') };
  });
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      const found = ['*', method].includes(route.method) ? pattern.exec(path) : null;
      if (found !== null) return { route, params: decoded(found.groups ?? {}) };
    }
    return undefined;
  };
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, part]) => [name, decode(part)]));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
