/*
 * Fills its own heap with idle clients, weighs it, and looks tokens up in it. One process for each peer and number, so
 * that nothing is left over from the last.
 */
import type { Peer } from '../peers/peer.js';
import { FAKE_TOKEN, noNetwork } from '../peers/no-network.js';
import { loadPeer } from '../peers/load-peer.js';
import { inPairs, median } from '../statistics.js';
import type { IdleOrder, IdleReport } from './idle-messages.js';

interface Source {
  lookUp?(): unknown;
  get(path: string): Promise<unknown>;
}

const order = JSON.parse(process.env['IDLE_ORDER'] ?? '') as IdleOrder;

/** The token source alone, as a tenant of a larger app has it beside one shared axios instance. */
async function sourcesAlone(): Promise<() => Source> {
  const { createTokenSource } = await import('axios-bearer');
  const { oauth2ClientCredentials } = await import('axios-bearer/providers');
  const { axiosAdapterOf } = await import('../peers/wire.js');
  const { baseURL, tokenUrl, clientId, clientSecret, wire } = noNetwork;
  const transport = axiosAdapterOf(wire);
  return () => {
    const source = createTokenSource(
      oauth2ClientCredentials({ baseURL, tokenUrl, clientId, clientSecret }),
      { transport },
    );
    return { get: () => source.getToken(), lookUp: () => source.peek() };
  };
}

async function makers(): Promise<{ make: () => Source; makeBare?: () => Source }> {
  if (order.peer === 'token source alone') return { make: await sourcesAlone() };
  const peer: Peer = await loadPeer(order.peer);
  return {
    make: () => peer.create(noNetwork),
    makeBare: () => peer.createBare(noNetwork, FAKE_TOKEN),
  };
}

const FEW = 1_000;

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Fills `kept`, and returns what each of them weighs, at first and with a token. */
async function weigh(make: () => Source, kept: (Source | undefined)[], isBare: boolean) {
  const empty = heapBytes();
  for (let i = 0; i < order.count; i += 1) kept[i] = make();
  const created = heapBytes();
  // A bare client keeps nothing that it fetches; but if few are weighed, the traces of a request count.
  if (!isBare || order.count <= FEW) for (const source of kept) await source?.get('/things');
  const withToken = heapBytes();
  return { created: (created - empty) / order.count, held: (withToken - empty) / order.count };
}

/** Few of them weigh less than the noise of a heap: they are weighed again and again. */
async function weighWell(make: () => Source, kept: (Source | undefined)[], isBare: boolean) {
  const runs = [];
  for (let run = 0; run < (order.count <= FEW ? 9 : 1); run += 1) {
    kept.fill(undefined);
    runs.push(await weigh(make, kept, isBare));
  }
  return {
    created: median(runs.map((run) => run.created)),
    held: median(runs.map((run) => run.held)),
  };
}

const { make, makeBare } = await makers();
const sources = new Array<Source | undefined>(order.count).fill(undefined);
// What is loaded or compiled on first use must not count.
for (let i = 0; i < 200; i += 1) {
  await make().get('/things');
  await makeBare?.().get('/things');
}
const bare =
  makeBare === undefined ? { created: 0, held: 0 } : await weighWell(makeBare, sources, true);
sources.fill(undefined);
const whole = await weighWell(make, sources, false);

const report: IdleReport = {
  bareBytes: bare.held,
  createdBytes: whole.created - bare.created,
  withTokenBytes: whole.held - bare.held,
  lookUpNs: await lookUpNs(),
};
process.send?.(report, () => process.exit());

/** Compared with the same walk through as many plain objects, which accounts for memory outside the processor's cache. */
async function lookUpNs(): Promise<number> {
  if (sources[0]?.lookUp === undefined) return Number.NaN;
  const plain = sources.map((_, index) => ({ value: index }));
  const LOOK_UPS = 2_000;
  let at = 0;
  // A step coprime to every count used here visits all of them, in an order that a cache cannot predict.
  const next = () => (at = (at + 61_837) % order.count);
  const walk = (read: (index: number) => unknown) => async () => {
    const startedAt = process.hrtime.bigint();
    for (let i = 0; i < LOOK_UPS; i += 1) {
      const seen = read(next());
      if (seen instanceof Promise) await seen;
    }
    return Number(process.hrtime.bigint() - startedAt) / LOOK_UPS;
  };
  const walkPlain = walk((index) => plain[index]?.value);
  const walkSources = walk((index) => sources[index]?.lookUp?.());
  await inPairs(20, walkPlain, walkSources);
  return (await inPairs(101, walkPlain, walkSources)).added;
}
