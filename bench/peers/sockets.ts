import { Agent } from 'node:http';
import { Agent as Dispatcher, setGlobalDispatcher } from 'undici';

/** As many as an app would allow in its pool; the same for every transport. */
const MOST_SOCKETS = 256;

/** For every client on `node:http`. */
export const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });

/** For every client on `fetch`. */
export function poolFetchSockets(): void {
  setGlobalDispatcher(new Dispatcher({ connections: MOST_SOCKETS, pipelining: 1 }));
}
