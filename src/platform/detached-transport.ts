import { nodeBuiltin } from './node-builtin.js';

/** The part of `node:http` and `node:https` that sends a request. */
interface NodeHTTP {
  readonly Agent: new () => NodeAgent;
  request(options: object, onResponse: (response: unknown) => void): NodeRequest;
}

interface NodeRequest {
  readonly agent?: object | undefined;
  once(event: 'socket', listener: (socket: { unref?: () => void }) => void): void;
}

interface NodeAgent {
  readonly maxSockets: number;
  readonly maxTotalSockets: number;
}

/** What axios's http adapter takes in place of `node:http`. */
export interface DetachedTransport {
  request(
    options: { readonly protocol?: string | undefined },
    onResponse: (response: unknown) => void,
  ): NodeRequest;
}

/**
 * Sends requests whose sockets keep no process alive: a refresh belongs to nobody, and whoever waits for one holds
 * the process by a timer. An agent attaches an idle socket again as soon as another request takes it.
 *
 * `undefined` where there is no Node.
 */
export function detachedTransport(): DetachedTransport | undefined {
  const http = nodeBuiltin('node:http') as NodeHTTP | undefined;
  const https = nodeBuiltin('node:https') as NodeHTTP | undefined;
  if (http === undefined || https === undefined) return undefined;

  /**
   * Requests of the app may wait for this very socket: they would go down with the process, and get it as it is. Only
   * Node's own agents have such a queue; others may bear the names of their limits and mean nothing by them (agent-base).
   */
  const mayHaveQueue = (agent: object | undefined) =>
    agent instanceof http.Agent && Math.min(agent.maxSockets, agent.maxTotalSockets) < Infinity;

  return {
    request(options, onResponse) {
      const request = (options.protocol === 'https:' ? https : http).request(options, onResponse);
      if (!mayHaveQueue(request.agent)) request.once('socket', (socket) => socket.unref?.());
      return request;
    },
  };
}
