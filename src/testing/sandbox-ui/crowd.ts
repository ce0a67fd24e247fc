import type { Crowd, Event } from './happening.js';

export type CrowdEvent = Extract<Event, Crowd>;

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
      const key = crowdOf(event) ?? event.kind;
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

/** The key of the events that are reported together; `undefined` for an event that is reported alone. */
export function crowdOf(event: Event): string | undefined {
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
    default:
      return undefined;
  }
}

/** Two events of one crowd as one. */
export function together<E extends Event>(one: E, other: Event): E {
  if (!('count' in one && 'count' in other)) return one;
  const both = { ...one, count: one.count + other.count };
  return both.kind === 'waited' && other.kind === 'waited'
    ? { ...both, longestMs: Math.max(both.longestMs, other.longestMs) }
    : both;
}
