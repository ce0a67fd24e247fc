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

/**
 * Adds handlers around those that a manager holds now and will ever hold, and returns a function that takes them off.
 *
 * `use` can only append, and the order of registration decides who sees what. The bearer interceptors have to
 * be the innermost pair of any instance: the last to touch a request, so that they see the URL, the headers and
 * the body that go out, and the first to see a response, so that a healed 401 is seen by nobody else. Putting
 * them into the manager's array would break the ids that `use` gave to others, so they are handed to axios where
 * it walks the array instead. Around an empty list one handler does: `after` is left out.
 */
export function surround<V>(
  manager: AxiosInterceptorManager<V>,
  { before, after }: { before: Handler<V>; after?: Handler<V> },
): () => void {
  const walkable = manager as unknown as Walkable<V>;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const walk = walkable.forEach;
  const hadOwn = Object.hasOwn(walkable, 'forEach');
  let isActive = true;

  function walkWithOurs(this: Walkable<V>, visit: Visit<V>): void {
    if (isActive) visit(before);
    walk.call(this, visit);
    if (isActive && after !== undefined && !isEmpty(manager)) visit(after);
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

/** Whether nobody has registered an interceptor there. */
export function isEmpty<V>(manager: AxiosInterceptorManager<V>): boolean {
  return (manager as { handlers?: unknown[] }).handlers?.length === 0;
}

/** Whether every other request interceptor that applies to `config` is synchronous, and axios thus runs them at once. */
export function othersRunSynchronously<V extends InternalAxiosRequestConfig>(
  manager: AxiosInterceptorManager<V>,
  config: V,
  isOurs: (handler: Handler<V>) => boolean,
): boolean {
  let areSynchronous = true;
  (manager as unknown as Walkable<V>).forEach((handler) => {
    if (isOurs(handler) || handler.runWhen?.(config) === false) return;
    if (!handler.synchronous) areSynchronous = false;
  });
  return areSynchronous;
}
