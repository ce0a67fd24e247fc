import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

/** An interceptor as axios keeps it. */
export interface Handler<V> {
  readonly fulfilled: ((value: V) => V | Promise<V>) | null;
  readonly rejected: ((error: unknown) => unknown) | null;
  readonly synchronous: boolean;
  readonly runWhen: ((config: InternalAxiosRequestConfig) => boolean) | null;
}

type Visit<V> = (handler: Handler<V>) => void;

/** axios iterates over its interceptors with this method, which its types leave out. */
export interface Walkable<V> {
  forEach(visit: Visit<V>): void;
}

/** Handlers around the app's, requested on each iteration. axios iterates once per request. */
export interface Surroundings<V, H extends Handler<V> = Handler<V>> {
  /** @param isOnlyWalk - whether no other library wraps `forEach`, which might add handlers that are not in the list */
  readonly before: (isOnlyWalk: boolean) => H | undefined;
  /** @param first - what `before` returned, after axios has visited it */
  readonly after?: (first: H | undefined) => H | undefined;
  /** Called at the end of an iteration with our visited handlers. Other requests may have started during it. */
  readonly walked?: (first: H | undefined, last: H | undefined) => void;
}

/** Whether these interceptors have a `forEach` that can be hooked. A mock may have only `use`. */
export function isWalkable<V>(manager: AxiosInterceptorManager<V>): boolean {
  return typeof (manager as Partial<Walkable<V>>).forEach === 'function';
}

/**
 * Adds handlers around all that a manager holds now or later, and returns a function that removes them.
 *
 * `use` can only append, and the order of registration decides what each interceptor sees. The bearer interceptors must be the
 * innermost pair: the last to touch a request, so that they see the final URL, headers and body, and the first to see a
 * response, so that other interceptors never see a healed 401. Inserting them into the manager's array would break the ids that
 * `use` returned to others, so they are passed to axios while it iterates.
 */
export function surround<V, H extends Handler<V>>(
  manager: AxiosInterceptorManager<V>,
  { before, after, walked }: Surroundings<V, H>,
): () => void {
  const walkable = manager as unknown as Walkable<V>;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const walk = walkable.forEach;
  const hadOwn = Object.hasOwn(walkable, 'forEach');
  let isActive = true;

  function walkWithOurs(this: Walkable<V>, visit: Visit<V>): void {
    const first = isActive ? before(!hadOwn && walkable.forEach === walkWithOurs) : undefined;
    if (first !== undefined) visit(first);
    walk.call(this, visit);
    const last = isActive ? after?.(first) : undefined;
    if (last !== undefined) visit(last);
    walked?.(first, last);
    if (!isActive) leave();
  }

  function leave(): void {
    if (walkable.forEach !== walkWithOurs) return; // Wrapped again after us: stay inactive, and remove it later.
    if (hadOwn) walkable.forEach = walk;
    else delete (walkable as Partial<Walkable<V>>).forEach;
  }

  walkable.forEach = walkWithOurs;
  return () => {
    isActive = false;
    leave();
  };
}

/** Whether the app has no interceptor in this manager. */
export function isEmpty<V>(manager: AxiosInterceptorManager<V>): boolean {
  return (manager as { handlers?: unknown[] }).handlers?.length === 0;
}

/** Whether every request interceptor that applies to `config` is synchronous, so that axios runs them synchronously. */
export function runSynchronously<V extends InternalAxiosRequestConfig>(
  manager: AxiosInterceptorManager<V>,
  config: V,
): boolean {
  let areSynchronous = true;
  (manager as unknown as Walkable<V>).forEach((handler) => {
    if (handler.runWhen?.(config) === false) return;
    if (!handler.synchronous) areSynchronous = false;
  });
  return areSynchronous;
}
