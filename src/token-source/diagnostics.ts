import type { TokenSourceEventName, TokenSourceEvents } from './events.js';
import { nodeBuiltin } from '../platform/node-builtin.js';

/** The part of a channel of `node:diagnostics_channel` that is used here. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

interface DiagnosticsChannel {
  channel(name: string): Channel;
}

/**
 * Every event of every token source is also published on the channel `axios-bearer:<event>`, for monitoring from outside
 * the app. Channels belong to the whole process, so this is the only thing that sources share.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
const channels = new Map<TokenSourceEventName, Channel | undefined>();

/** Publishes an event if this runtime has channels and this one has a subscriber. */
export function publish<Name extends TokenSourceEventName>(
  name: Name,
  event: TokenSourceEvents[Name],
): void {
  if (!channels.has(name)) channels.set(name, open(name));
  const channel = channels.get(name);
  if (channel?.hasSubscribers === true) channel.publish(event);
}

function open(name: TokenSourceEventName): Channel | undefined {
  const node = nodeBuiltin('node:diagnostics_channel') as DiagnosticsChannel | undefined;
  return node?.channel(`axios-bearer:${name}`);
}
