import { MisconfigurationError } from '../errors/index.js';
import { hasMethods } from './redis-client.js';

/** A second connection of node-redis, connected, for subscriptions only. */
export interface NodeRedisSubscriber {
  /** Calls `listener` with each message of the channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** Removes that listener. */
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** A second connection of ioredis or iovalkey, for subscriptions only. */
export interface IoredisSubscriber {
  /** Starts a subscription to the channel. */
  subscribe(channel: string): Promise<unknown>;
  /** Ends the subscription. */
  unsubscribe(channel: string): Promise<unknown>;
  /** Calls `listener` with each message of any channel. */
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
}

/** A second connection of the user's own, for subscriptions only. */
export type RedisSubscriber = NodeRedisSubscriber | IoredisSubscriber;

type Listener = (fence: number) => void;

/** Passes on published messages. All of this is best effort: a lost message costs one poll and nothing else. */
export interface Hints {
  listen(channel: string, listener: Listener): () => void;
}

/**
 * Opens the hints of a second connection, which may carry other subscriptions as well.
 *
 * @throws {@link MisconfigurationError} if it cannot subscribe
 */
export function createHints(subscriber: unknown): Hints {
  const listeners = new Map<string, Set<Listener>>();
  const wire = wireFor(subscriber, (channel, message) => {
    for (const listener of listeners.get(channel) ?? []) listener(Number(message) || 0);
  });
  return {
    listen(channel, listener) {
      const known = listeners.get(channel);
      if (known === undefined) quietly(() => wire.subscribe(channel));
      listeners.set(channel, (known ?? new Set()).add(listener));
      return () => {
        const left = listeners.get(channel);
        if (left?.delete(listener) !== true || left.size > 0) return;
        listeners.delete(channel);
        quietly(() => wire.unsubscribe(channel));
      };
    },
  };
}

interface Wire {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
}

function wireFor(subscriber: unknown, receive: (channel: string, message: string) => void): Wire {
  if (isIoredisSubscriber(subscriber)) {
    subscriber.on('message', receive);
    return subscriber;
  }
  if (isNodeRedisSubscriber(subscriber)) {
    const byChannel = new Map<string, (message: string) => void>();
    return {
      subscribe(channel) {
        const listener = (message: string) => receive(channel, message);
        byChannel.set(channel, listener);
        return subscriber.subscribe(channel, listener);
      },
      unsubscribe(channel) {
        const listener = byChannel.get(channel);
        byChannel.delete(channel);
        return listener === undefined
          ? Promise.resolve()
          : subscriber.unsubscribe(channel, listener);
      },
    };
  }
  throw new MisconfigurationError({
    option: 'options.subscriber',
    problem: 'is not a second client of redis (node-redis), ioredis or iovalkey',
    remedy: 'Pass client.duplicate(), connected; or leave it out: it only shortens waits.',
  });
}

/** Both packages have `subscribe`; only node-redis takes a listener with it, and spells `evalSha` with a capital S. */
function isNodeRedisSubscriber(value: unknown): value is NodeRedisSubscriber {
  return hasMethods(value, 'subscribe', 'unsubscribe', 'evalSha');
}

function isIoredisSubscriber(value: unknown): value is IoredisSubscriber {
  return hasMethods(value, 'subscribe', 'unsubscribe', 'on', 'evalsha');
}

function quietly(work: () => Promise<unknown>): void {
  try {
    work().catch(() => undefined);
  } catch {
    // A closed client throws synchronously.
  }
}
