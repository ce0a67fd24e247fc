import { setMaxListeners } from 'node:events';
import axios, { type AxiosInstance, isAxiosError } from 'axios';

import { isBearerError, type TokenSource } from '../../index.js';
import type { CrowdTeller } from './crowd.js';

/** The requests of one lane: what a caller of the library would send, and what happens to it. */
export interface Requests {
  readonly tallied: {
    readonly requests: number;
    readonly waits: number;
    readonly failures: number;
  };
  /** Sends one, whatever its outcome. */
  send(): void;
  /** How many ended since the last call, and how. */
  takeEnded(): { readonly ok: number; readonly failed: number };
  /** Aborts all that are under way, without reporting them. */
  abort(): void;
}

/** A request sent later than this after its start had to wait for a token, not just for its turn. */
const NOTICEABLE_WAIT_MS = 50;

/** Beyond this, more requests would show nothing new and slow down the machine. */
const MOST_IN_FLIGHT = 250;

export function createRequests(context: {
  readonly source: TokenSource;
  readonly client: AxiosInstance;
  readonly crowd: CrowdTeller;
}): Requests {
  const { crowd } = context;
  const leaving = new AbortController();
  setMaxListeners(MOST_IN_FLIGHT, leaving.signal); // One for each request, which is not a leak.
  const tallied = { requests: 0, waits: 0, failures: 0 };
  let ended = { ok: 0, failed: 0 };
  let inFlight = 0;

  async function sendOne(): Promise<void> {
    tallied.requests += 1;
    inFlight += 1;
    try {
      const waitedMs = await timed({ ...context, signal: leaving.signal });
      ended.ok += 1;
      if (waitedMs > NOTICEABLE_WAIT_MS) {
        tallied.waits += 1;
        crowd.add({ kind: 'waited', count: 1, longestMs: waitedMs });
      }
    } catch (error) {
      if (leaving.signal.aborted) return;
      ended.failed += 1;
      tallied.failures += 1;
      crowd.add({ kind: 'failed', count: 1, code: codeOf(error) });
    } finally {
      inFlight -= 1;
    }
  }

  return {
    tallied,
    send() {
      if (inFlight < MOST_IN_FLIGHT) void sendOne();
    },
    takeEnded() {
      const taken = ended;
      ended = { ok: 0, failed: 0 };
      return taken;
    },
    abort: () => leaving.abort(),
  };
}

/** Sends one request and returns how long it waited for a token before it went out, in milliseconds. */
async function timed({
  source,
  client,
  signal,
}: {
  readonly source: TokenSource;
  readonly client: AxiosInstance;
  readonly signal: AbortSignal;
}): Promise<number> {
  const hadFreshToken = source.peek() !== undefined;
  const startedAt = performance.now();
  let sentAt: number | undefined;
  await client.get('/__sandbox/status/200', {
    signal,
    adapter: (config) => {
      sentAt ??= performance.now();
      return axios.getAdapter('http')(config);
    },
  });
  return hadFreshToken || sentAt === undefined ? 0 : sentAt - startedAt;
}

/** A short code, never a message: what a server wrote is not ours to show. */
function codeOf(error: unknown): string {
  if (isBearerError(error)) return error.code;
  if (!isAxiosError(error)) return 'ERR_UNKNOWN';
  return error.response === undefined
    ? (error.code ?? 'ERR_NETWORK')
    : `HTTP ${error.response.status}`;
}
