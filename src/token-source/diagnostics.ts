import type { TokenSourceEventName, TokenSourceEvents } from './events.js';
import { nodeBuiltin } from '../platform/node-builtin.js';

/** The parts of `node:diagnostics_channel` that are used here. */
interface DiagnosticsChannel {
  hasSubscribers(name: string): boolean;
  channel(name: string): { publish(message: unknown): void };
}

const node = /* @__PURE__ */ nodeBuiltin('node:diagnostics_channel') as
  DiagnosticsChannel | undefined;

/**
 * Publishes an event on the channel `axios-bearer:<event>`, for monitoring from outside the app, if this runtime has channels and this
 * one has a subscriber. Channels belong to the whole process.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export function publish<Name extends TokenSourceEventName>(
  name: Name,
  event: TokenSourceEvents[Name],
): void {
  const channel = `axios-bearer:${name}`;
  if (node?.hasSubscribers(channel) === true) node.channel(channel).publish(event);
}
