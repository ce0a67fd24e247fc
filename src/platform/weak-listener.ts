/** A store of the app's own may have none. */
type Unsubscribe = (() => void) | undefined;

/**
 * Subscribes for an object without keeping it in memory: once nothing else holds it, the subscription ends by itself. A runtime
 * without weak references keeps it until it unsubscribes.
 *
 * @param notify - must not hold the object
 */
export function listenWeakly<Target extends object, Message>(
  target: Target,
  subscribe: (listener: (message: Message) => void) => Unsubscribe,
  notify: (target: Target, message: Message) => void,
): Unsubscribe {
  const listener = whileInMemory(target, notify);
  const unsubscribe = subscribe(listener);
  abandoned?.register(target, unsubscribe, listener);
  return () => {
    abandoned?.unregister(listener);
    unsubscribe?.();
  };
}

/**
 * A function that does not keep its target in memory, and does nothing once the target is gone. On a runtime without weak
 * references it does keep the target.
 *
 * @param call - must not hold the target
 */
export function whileInMemory<Target extends object, Args extends unknown[]>(
  target: Target,
  call: (target: Target, ...args: Args) => void,
): (...args: Args) => void {
  // Bound, because a closure would make the one below hold the target too.
  if (typeof WeakRef === 'undefined') return call.bind(undefined, target);
  const weakly = new WeakRef(target);
  return (...args) => {
    const held = weakly.deref();
    if (held) call(held, ...args);
  };
}

/** Runs outside of any call of the app, where an error of its store would end the process. */
function quietly(unsubscribe: Unsubscribe): void {
  try {
    unsubscribe?.();
  } catch {
    // It listens for something that is gone.
  }
}

/** The subscriptions to end once their object is gone. Older runtimes of Cloudflare have no weak references. */
const abandoned =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : /* @__PURE__ */ new FinalizationRegistry<Unsubscribe>(quietly);
