import axios from 'axios';

import { createProviderClient, createTokenSource, type Provider } from '../../index.js';
import type { SandboxProvider } from '../sandbox/provider.js';
import { createCrowdTeller } from './crowd.js';
import { createFaultSwitches, type LaneFaults } from './lane-faults.js';
import type { LaneFacts } from './lane-view.js';
import { BURST_REQUESTS, type Counters, type MomentaryFault, type Tell } from './happening.js';
import { createRequests } from './requests.js';
import { listenTo } from './source-listener.js';
import { watchToken } from './token-watch.js';

/** What a lane needs. */
export interface LaneSetup {
  readonly title: string;
  readonly provider: Provider;
  readonly sandbox: SandboxProvider;
  /** Life of its tokens, in milliseconds. */
  readonly tokenLifeMs: number;
  /** How long a token call takes when nothing is wrong, in milliseconds. */
  readonly tokenCallMs: number;
  readonly tell: Tell;
}

/** One provider under observation: a token source, a client that uses it, and the switches of its sandbox. */
export interface Lane {
  readonly facts: LaneFacts;
  readonly faults: LaneFaults;
  /** Sends one request, whatever its outcome. */
  send(): void;
  burst(): void;
  /** Causes a fault at once; the time line shows it before its consequences. */
  press(fault: MomentaryFault): void;
  /** Checks the token's phase and reports what was gathered. Call it often. */
  tick(): void;
  close(): void;
}

/** Shares of a life, wider than the library's own so that each phase can be seen. */
const EARLY_SHARE = 0.4;
const LAST_SHARE = 0.1;

/** Shorter than the library's own, so that a viewer sees a hanging endpoint being given up. */
const TIME_BOUNDS = { attemptTimeoutMs: 3_000, flightTimeoutMs: 6_000 };
const REQUEST_TIMEOUT_MS = 10_000;

const TRAFFIC_EVERY_MS = 500;

export function createLane(setup: LaneSetup): Lane {
  const { provider, sandbox, tell } = setup;
  const earlyMs = setup.tokenLifeMs * EARLY_SHARE;
  const lastMs = setup.tokenLifeMs * LAST_SHARE;
  const crowd = createCrowdTeller(Date.now);
  const seen = { healed: 0, replays: 0, joins: 0, tokenCalls: 0 };
  let trafficToldAt = 0;
  let countedLast = '';

  const source = createTokenSource(provider, {
    earlyWindowMs: earlyMs,
    mandatoryWindowMs: lastMs,
    ...TIME_BOUNDS,
    transport: {
      adapter: (config) => {
        seen.tokenCalls += 1; // Those of other clients of the sandbox are not this lane's.
        tell({ kind: 'calling' }, Date.now());
        return axios.getAdapter('http')(config);
      },
    },
  });
  const token = watchToken({ source, sandbox, lastMs, tell });
  listenTo(source, token, { tell, crowd, tallied: seen });

  const requests = createRequests({
    source,
    client: createProviderClient(source, { timeout: REQUEST_TIMEOUT_MS }),
    crowd,
  });

  /** Called while requests are running, and once more when they have ended. */
  function tellTraffic(): void {
    const now = Date.now();
    if (now - trafficToldAt < TRAFFIC_EVERY_MS) return;
    const counters: Counters = { ...requests.tallied, ...seen };
    const ended = requests.takeEnded();
    const counted = JSON.stringify(counters);
    if (counted === countedLast && ended.ok + ended.failed === 0) return;
    countedLast = counted;
    trafficToldAt = now;
    tell({ kind: 'traffic', ...ended, counters }, now);
  }

  const faults = createFaultSwitches(sandbox, setup, (on, fault) =>
    tell({ kind: 'switched', on, fault }, Date.now()),
  );

  return {
    facts: { name: provider.name, title: setup.title, baseURL: sandbox.url, earlyMs, lastMs },
    faults,
    send: () => requests.send(),
    burst() {
      tell({ kind: 'pressed', fault: 'burst' }, Date.now());
      for (let count = 0; count < BURST_REQUESTS; count += 1) requests.send();
    },
    press(fault) {
      tell({ kind: 'pressed', fault }, Date.now());
      faults.press(fault);
    },
    tick() {
      token.look();
      crowd.flush(tell);
      tellTraffic();
    },
    close() {
      requests.abort();
      source.close();
    },
  };
}
