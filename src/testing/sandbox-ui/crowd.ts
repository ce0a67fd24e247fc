import type { Crowd, Event } from './happening.js';

type CrowdEvent = Extract<Event, Crowd>;

/** Gathers what many requests meet at once, so that a storm of 401s is reported in one sentence. */
export interface CrowdTeller {
  add(event: CrowdEvent): void;
  /** Reports what was gathered, with the time of the first, and forgets it. */
  flush(tell: (event: CrowdEvent, at: number) => void): void;
}

export function createCrowdTeller(now: () => number): CrowdTeller {
  let gathered = new Map<string, { event: CrowdEvent; readonly at: number }>();
  return {
    add(event) {
      const key = keyOf(event);
      const known = gathered.get(key);
      if (known === undefined) gathered.set(key, { event, at: now() });
      else known.event = together(known.event, event);
    },
    flush(tell) {
      const told = gathered;
      gathered = new Map();
      for (const { event, at } of told.values()) tell(event, at);
    },
  };
}

function keyOf(event: CrowdEvent): string {
  switch (event.kind) {
    case 'rejected':
      return `rejected ${event.consequence}`;
    case 'replayed':
      return `replayed ${String(event.accepted)}`;
    case 'failed':
      return `failed ${event.code}`;
    case 'joined':
    case 'waited':
      return event.kind;
  }
}

function together(one: CrowdEvent, other: CrowdEvent): CrowdEvent {
  const both = { ...one, count: one.count + other.count };
  return both.kind === 'waited' && other.kind === 'waited'
    ? { ...both, longestMs: Math.max(both.longestMs, other.longestMs) }
    : both;
}
