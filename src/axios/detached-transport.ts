import { nodeBuiltin } from '../platform/node-builtin.js';

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

/** What axios's http adapter accepts instead of `node:http`. */
export interface DetachedTransport {
  request(
    options: { readonly protocol?: string | undefined },
    onResponse: (response: unknown) => void,
  ): NodeRequest;
}

/**
 * Sends requests whose sockets do not keep the process alive. A refresh alone must not keep it alive; callers who wait for one do,
 * with a timer. An agent references an idle socket again when another request uses it.
 *
 * `undefined` outside of Node.
 */
export function detachedTransport(): DetachedTransport | undefined {
  const http = nodeBuiltin('node:http') as NodeHTTP | undefined;
  const https = nodeBuiltin('node:https') as NodeHTTP | undefined;
  if (http === undefined || https === undefined) return undefined;

  /**
   * The app's requests may be queued for this socket, and would get it unreferenced and die with the process. Only Node's own
   * agents have such a queue; other agents may have properties with the same names and ignore them (agent-base).
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
