import { setImmediate } from 'node:timers/promises';

import axios, { type AxiosInstance } from 'axios';

import {
  attachBearer,
  createProviderClient,
  createTokenSource,
  type Provider,
} from '../../index.js';
import { exotel, learning360, singleview, truecaller, udara360 } from '../../providers/index.js';
import type { Sandbox, SandboxProvider } from '../../testing/index.js';

/** The figures of one provider. */
export interface Tally {
  readonly name: string;
  requests: number;
  failures: number;
  /** Requests that were answered with a 401 first, without their caller noticing. */
  healed: number;
  /** Of the steady load only: bursts measure the machine more than the library. */
  readonly latenciesMs: number[];
  readonly moments: Moment[];
  readonly firstFailures: string[];
}

/** A request ended, or was healed or failed on its way there. */
export interface Moment {
  /** Since the start of the run. */
  readonly atMs: number;
  readonly kind: 'ended' | 'healed' | 'failed';
}

/** One provider under load: two instances that share a token source, as in a larger app. */
export interface Storm {
  readonly tally: Tally;
  readonly provider: SandboxProvider;
  /** When it last got a token, by `performance.now()`. */
  readonly renewedAt: number;
  /** Starts this many requests at once, with a short pause after each group, and waits for all of them. */
  burst(requests: number, groupsOf?: number): Promise<void>;
  /** Keeps this many requests in flight until `isOver`. */
  keepUp(concurrency: number, isOver: () => boolean): Promise<void>;
  close(): void;
}

/** The providers of the demo. */
export const STORMY = ['exotel', 'truecaller', 'learning360', 'singleview', 'udara360'] as const;

/** A storm for each provider in the sandbox, defined as in `axios-bearer/providers`. */
export function createStorms(sandbox: Sandbox<(typeof STORMY)[number]>): Storm[] {
  const at = <C extends object>(provider: SandboxProvider<C>) => ({
    ...provider.credentials,
    baseURL: provider.url,
  });
  return [
    createStorm(sandbox.exotel, exotel(at(sandbox.exotel))),
    createStorm(sandbox.truecaller, truecaller(at(sandbox.truecaller))),
    createStorm(sandbox.learning360, learning360(at(sandbox.learning360))),
    createStorm(sandbox.singleview, singleview(at(sandbox.singleview))),
    createStorm(sandbox.udara360, udara360(at(sandbox.udara360))),
  ];
}

/** On a busy machine a burst takes long. */
const PATIENCE_MS = 60_000;

function createStorm<C extends object>(
  sandboxProvider: SandboxProvider,
  provider: Provider<C>,
): Storm {
  // A wide early window, so that refreshes are running when the token endpoint goes down.
  const source = createTokenSource(provider, {
    earlyWindowMs: 5_000,
    attemptTimeoutMs: PATIENCE_MS,
    flightTimeoutMs: PATIENCE_MS,
  });
  const client = createProviderClient(source, { timeout: PATIENCE_MS });
  const existing = axios.create({ baseURL: provider.baseURL, timeout: PATIENCE_MS });
  attachBearer(existing, source);

  const tally: Tally = {
    name: provider.name,
    requests: 0,
    failures: 0,
    healed: 0,
    latenciesMs: [],
    moments: [],
    firstFailures: [],
  };
  let firstAt: number | undefined;
  const note = (kind: Moment['kind']) =>
    tally.moments.push({ atMs: performance.now() - (firstAt ?? 0), kind });
  source.on('replayed', ({ accepted }) => {
    if (!accepted) return;
    tally.healed += 1;
    note('healed');
  });

  const send = async (): Promise<number> => {
    const serial = (tally.requests += 1);
    const startedAt = performance.now();
    firstAt ??= startedAt;
    try {
      await sendOne(serial % 2 === 0 ? client : existing, serial);
    } catch (error) {
      tally.failures += 1;
      note('failed');
      const text = String(error);
      if (tally.firstFailures.length < 3 && !tally.firstFailures.includes(text))
        tally.firstFailures.push(text);
    }
    note('ended');
    return performance.now() - startedAt;
  };
  let renewedAt = 0;
  source.on('refreshed', () => (renewedAt = performance.now()));

  return {
    tally,
    provider: sandboxProvider,
    get renewedAt() {
      return renewedAt;
    },
    burst: async (requests, groupsOf = requests) => {
      const sent: Promise<number>[] = [];
      while (sent.length < requests) {
        sent.push(send());
        if (sent.length % groupsOf === 0) await setImmediate();
      }
      await Promise.all(sent);
    },
    keepUp: async (concurrency, isOver) => {
      const worker = async () => {
        while (!isOver()) tally.latenciesMs.push(await send());
      };
      await Promise.all(Array.from({ length: concurrency }, worker));
    },
    close: () => source.close(),
  };
}

/** Every other request has a body, and the response must show that it arrived whole, replayed or not. */
async function sendOne(http: AxiosInstance, serial: number): Promise<void> {
  if (serial % 2 === 0) {
    await http.get('/__sandbox/echo');
    return;
  }
  const sent = JSON.stringify({ serial });
  const { data } = await http.post<{ body: string }>('/__sandbox/echo', { serial });
  const arrived = Buffer.from(data.body, 'base64').toString();
  if (arrived !== sent) throw new Error(`sent ${sent}, but ${arrived} arrived`);
}
