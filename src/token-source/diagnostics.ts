import type { TokenSourceEventName, TokenSourceEvents } from './events.js';
import { nodeBuiltin } from '../platform/node-builtin.js';

/** A channel of `node:diagnostics_channel`, as far as it is used here. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

interface DiagnosticsChannel {
  channel(name: string): Channel;
}

/**
 * Every event of every token source goes out on the channel `axios-bearer:<event>` too, for monitoring that is not
 * part of the app. Channels belong to the whole process, so this is the one thing that sources share.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
const channels = new Map<TokenSourceEventName, Channel | undefined>();

/** Publishes an event, if there are such channels here and somebody listens. */
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
