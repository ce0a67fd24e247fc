import { crowdOf, together } from './crowd.js';
import type {
  Counters,
  Happening,
  HappeningOf,
  LastingFault,
  Phase,
  TokenFacts,
} from './happening.js';

/** How much of the past a lane remembers: what the time line shows, and some more for a reader who pauses it. */
export const REMEMBERED_MS = 90_000;

/** Marks of one kind within this time of each other are shown as one mark with a count. */
export const MERGE_WITHIN_MS = 5_000;

/** What is known about one provider before anything has happened. */
export interface LaneFacts {
  readonly name: string;
  readonly title: string;
  readonly baseURL: string;
  /** For how long before its expiry a token is in its early window, at most, and in its last moments. Milliseconds. */
  readonly earlyMs: number;
  readonly lastMs: number;
}

/** A stretch of the time line in which the phase did not change. */
export interface Span {
  readonly phase: Phase;
  readonly serial?: number | undefined;
  readonly from: number;
  /** Absent while it lasts. */
  readonly to?: number | undefined;
}

/** One call of the token endpoint. */
export interface Call {
  readonly id: number;
  readonly from: number;
  readonly ended?: HappeningOf<'called'> | undefined;
}

/** A time in which the token endpoint is not called. */
export interface CoolDown {
  readonly id: number;
  readonly cause: string;
  readonly from: number;
  readonly to: number;
}

export type CrowdKind = 'joined' | 'rejected' | 'waited' | 'replayed' | 'failed';

/** What happened once, or to a crowd. */
export type Crowded<H extends Happening> = H & {
  /** When the last of its crowd came. */
  readonly lastAt: number;
};

/** What requests met, or what a user of the page did, as one sign on the time line. */
export type Mark = Crowded<Marked>;
type Marked = HappeningOf<CrowdKind | 'pressed' | 'switched'>;

/** The outcomes of requests that ended at almost the same time. */
export interface Traffic {
  readonly id: number;
  readonly at: number;
  readonly ok: number;
  readonly failed: number;
}

/** One provider, as the page shows it. */
export interface LaneView extends LaneFacts {
  readonly phase: Phase;
  readonly token?: TokenFacts | undefined;
  readonly faults: readonly LastingFault[];
  readonly counters: Counters;
  readonly spans: readonly Span[];
  readonly calls: readonly Call[];
  readonly coolDowns: readonly CoolDown[];
  readonly marks: readonly Mark[];
  readonly traffic: readonly Traffic[];
}

export function emptyLane(facts: LaneFacts, now: number): LaneView {
  return {
    ...facts,
    phase: 'none',
    faults: [],
    counters: {
      requests: 0,
      tokenCalls: 0,
      healed: 0,
      replays: 0,
      waits: 0,
      joins: 0,
      failures: 0,
    },
    spans: [{ phase: 'none', from: now }],
    calls: [],
    coolDowns: [],
    marks: [],
    traffic: [],
  };
}

/** The lane after one more event. Never changes the given lane. */
export function afterHappening(lane: LaneView, happening: Happening): LaneView {
  switch (happening.kind) {
    case 'phase':
      return withPhase(lane, happening);
    case 'calling':
      return { ...lane, calls: [...lane.calls, { id: happening.id, from: happening.at }] };
    case 'called':
      return { ...lane, calls: withEndedCall(lane.calls, happening) };
    case 'cool-down':
      return { ...lane, coolDowns: [...endedAt(lane.coolDowns, happening.at), begun(happening)] };
    case 'cool-down-ended':
      return { ...lane, coolDowns: endedAt(lane.coolDowns, happening.at) };
    case 'joined':
    case 'rejected':
    case 'waited':
    case 'replayed':
    case 'failed':
    case 'pressed':
      return { ...lane, marks: withMark<Marked>(lane.marks, happening) };
    case 'switched':
      return { ...lane, faults: happening.on, marks: withMark<Marked>(lane.marks, happening) };
    case 'traffic': {
      const { id, at, ok, failed, counters } = happening;
      return { ...lane, counters, traffic: [...lane.traffic, { id, at, ok, failed }] };
    }
    case 'refreshed':
    case 'refresh-failed':
    case 'forced-mints-spent':
      return lane; // Only put into words; what they change arrives as a separate phase, call or cool-down.
  }
}

function withPhase(lane: LaneView, { phase, token, at }: HappeningOf<'phase'>): LaneView {
  const span = { phase, serial: token?.serial, from: at };
  const before = lane.spans.map((one) => (one.to === undefined ? { ...one, to: at } : one));
  return { ...lane, phase, token, spans: [...before, span] };
}

/** Refreshes are single-flight, so the call that ended is the one that is open. */
function withEndedCall(calls: readonly Call[], ended: HappeningOf<'called'>): readonly Call[] {
  return calls.map((call) => (call.ended === undefined ? { ...call, ended } : call));
}

function begun({ id, at, cause, delayMs }: HappeningOf<'cool-down'>): CoolDown {
  return { id, cause, from: at, to: at + delayMs };
}

function endedAt(coolDowns: readonly CoolDown[], at: number): readonly CoolDown[] {
  return coolDowns.map((one) => (one.to > at ? { ...one, to: at } : one));
}

/** Adds an event at the end, or to a recent one of its crowd. */
export function withMark<H extends Happening>(
  marks: readonly Crowded<H>[],
  happening: H,
): readonly Crowded<H>[] {
  const { lane, at } = happening;
  const crowd = crowdOf(happening);
  const index = marks.findLastIndex((mark) => mark.lane === lane && crowdOf(mark) === crowd);
  const earlier = crowd === undefined ? undefined : marks[index];
  return earlier === undefined || at - earlier.at > MERGE_WITHIN_MS
    ? [...marks, { ...happening, lastAt: at }]
    : marks.with(index, { ...together(earlier, happening), lastAt: at });
}

/** The lane without what is too old to be shown. The same object if there is nothing to forget. */
export function forgotten(lane: LaneView, now: number): LaneView {
  const horizon = now - REMEMBERED_MS;
  const next = {
    spans: lane.spans.filter(({ to }) => to === undefined || to > horizon),
    calls: lane.calls.filter(({ ended, from }) => (ended?.at ?? from) > horizon),
    coolDowns: lane.coolDowns.filter(({ to }) => to > horizon),
    marks: lane.marks.filter(({ lastAt }) => lastAt > horizon),
    traffic: lane.traffic.filter(({ at }) => at > horizon),
  };
  const isSame = Object.entries(next).every(
    ([name, kept]) => kept.length === lane[name as keyof typeof next].length,
  );
  return isSame ? lane : { ...lane, ...next };
}

/** How many requests a bar of full height stands for: three times the usual, so that a burst does not dwarf the rest. */
export function fullHeight(traffic: readonly Traffic[]): number {
  const totals = traffic.map(({ ok, failed }) => ok + failed).sort((a, b) => a - b);
  const usual = totals[Math.floor(totals.length / 2)] ?? 0;
  return Math.max(6, usual * 3);
}

/** Milliseconds until the token endpoint may be called; 0 if it may be called now. */
export function coolingForMs({ coolDowns }: LaneView, now: number): number {
  return Math.max(0, ...coolDowns.map(({ to }) => to - now));
}
