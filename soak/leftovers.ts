import type { AxiosInstance } from 'axios';
import { getEventListeners } from 'node:events';
import { ClientRequest, globalAgent, type Agent } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

/** What is left in the process while no request is under way. */
export interface Leftovers {
  readonly heapBytes: number;
  readonly timers: number;
  readonly sockets: number;
  readonly requests: number;
  readonly abortSignals: number;
  /** What keeps the process alive. */
  readonly handles: number;
  readonly interceptors: number;
  /** On a signal that lives as long as the app and was passed with every second request. */
  readonly abortListeners: number;
}

const timer = setTimeout(() => undefined, 0);
clearTimeout(timer);
const Timeout = timer.constructor;

/** Counts, after a full collection of garbage, what is still reachable. */
export async function countLeftovers(
  instance: AxiosInstance,
  agent: Agent,
  lifelong: AbortSignal,
): Promise<Leftovers> {
  agent.destroy();
  globalAgent.destroy(); // That of the token calls. axios leaves a request attached to each idle socket.
  // Counting collects the garbage. Objects made by fetch release others only a turn after they were collected.
  for (let round = 0; round < 2; round += 1) {
    count(AbortSignal);
    await sleep(200);
  }
  return {
    timers: count(Timeout),
    sockets: count(Socket),
    requests: count(ClientRequest),
    abortSignals: count(AbortSignal),
    handles: process.getActiveResourcesInfo().length,
    interceptors:
      handlers(instance.interceptors.request) + handlers(instance.interceptors.response),
    abortListeners: getEventListeners(lifelong, 'abort').length,
    heapBytes: process.memoryUsage().heapUsed, // Last, after the collections.
  };
}

function count(constructor: unknown): number {
  return queryObjects(constructor as () => unknown, { format: 'count' });
}

/** Counts them the way axios iterates over them. */
function handlers(manager: object): number {
  let walked = 0;
  (manager as { forEach(visit: () => void): void }).forEach(() => (walked += 1));
  return walked;
}
