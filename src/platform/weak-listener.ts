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
  if (abandoned === undefined) return subscribe((message) => notify(target, message));
  const weakly = new WeakRef(target);
  const unsubscribe = subscribe(listenerOf(weakly, notify));
  abandoned.register(target, unsubscribe, weakly);
  return () => {
    abandoned.unregister(weakly);
    unsubscribe?.();
  };
}

/** A separate function, so that its closure does not hold the object. */
function listenerOf<Target extends object, Message>(
  weakly: WeakRef<Target>,
  notify: (target: Target, message: Message) => void,
): (message: Message) => void {
  return (message) => {
    const target = weakly.deref();
    if (target !== undefined) notify(target, message);
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
