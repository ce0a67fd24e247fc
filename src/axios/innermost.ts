import type { AxiosInterceptorManager, InternalAxiosRequestConfig } from 'axios';

/** An interceptor as axios keeps it. */
export interface Handler<V> {
  readonly fulfilled: ((value: V) => V | Promise<V>) | null;
  readonly rejected: ((error: unknown) => unknown) | null;
  readonly synchronous: boolean;
  readonly runWhen: ((config: InternalAxiosRequestConfig) => boolean) | null;
}

type Visit<V> = (handler: Handler<V>) => void;

/** What the type of axios leaves out: it walks its interceptors with this method. */
export interface Walkable<V> {
  forEach(visit: Visit<V>): void;
}

/** Handlers around those of others; asked for at each walk, which axios makes once for each request. */
export interface Surroundings<V, H extends Handler<V> = Handler<V>> {
  /** @param isOnlyWalk - whether no other library wraps the walk, which might add handlers that no list shows */
  readonly before: (isOnlyWalk: boolean) => H | undefined;
  /** @param first - what `before` gave, after axios has looked at it */
  readonly after?: (first: H | undefined) => H | undefined;
  /** Told at the end of a walk which handlers of ours it has visited. Other requests may have started within it. */
  readonly walked?: (first: H | undefined, last: H | undefined) => void;
}

/** Whether axios walks these interceptors by a method that can be hooked. A mock may have `use` alone. */
export function isWalkable<V>(manager: AxiosInterceptorManager<V>): boolean {
  return typeof (manager as Partial<Walkable<V>>).forEach === 'function';
}

/**
 * Adds handlers around those that a manager holds now and will ever hold, and returns a function that takes them off.
 *
 * `use` can only append, and the order of registration decides who sees what. The bearer interceptors have to
 * be the innermost pair of any instance: the last to touch a request, so that they see the URL, the headers and
 * the body that go out, and the first to see a response, so that a healed 401 is seen by nobody else. Putting
 * them into the manager's array would break the ids that `use` gave to others, so they are handed to axios where
 * it walks the array instead.
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
    if (walkable.forEach !== walkWithOurs) return; // Somebody wrapped it after us: stay, do nothing, leave later.
    if (hadOwn) walkable.forEach = walk;
    else delete (walkable as Partial<Walkable<V>>).forEach;
  }

  walkable.forEach = walkWithOurs;
  return () => {
    isActive = false;
    leave();
  };
}

/** Whether a manager holds no interceptor of anybody else's. */
export function isEmpty<V>(manager: AxiosInterceptorManager<V>): boolean {
  return (manager as { handlers?: unknown[] }).handlers?.length === 0;
}

/** Whether every request interceptor that applies to `config` is synchronous, and axios thus runs them at once. */
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
