import {
  afterHappening,
  emptyLane,
  forgotten,
  type LaneFacts,
  type LaneView,
} from './lane-view.js';
import type { Event, Happening } from './happening.js';
import type { Message } from './message.js';

/** What has happened so far, and which part has not been sent yet. */
export interface Story {
  tell(lane: string, event: Event, at: number): void;
  /** For a page that has just opened or reconnected. */
  hello(requestsPerSecond: number): Message;
  /** What happened since the last call; `undefined` if that is nothing new to a page. */
  next(requestsPerSecond: number): Message | undefined;
}

/** How many events a new page's log begins with. */
const RECENT = 60;

export function createStory(lanes: readonly LaneFacts[], now: () => number): Story {
  const views = new Map<string, LaneView>(
    lanes.map((facts) => [facts.name, emptyLane(facts, now())]),
  );
  let lastId = 0;
  let untold: Happening[] = [];
  let recent: Happening[] = [];
  let toldRate: number | undefined;

  return {
    tell(lane, event, at) {
      const view = views.get(lane);
      if (view === undefined) return;
      lastId += 1;
      const happening: Happening = { ...event, id: lastId, lane, at };
      views.set(lane, afterHappening(view, happening));
      untold.push(happening);
      if (happening.kind !== 'traffic') recent = [...recent, happening].slice(-RECENT);
    },
    hello(requestsPerSecond) {
      for (const [name, view] of views) views.set(name, forgotten(view, now()));
      return { kind: 'hello', now: now(), requestsPerSecond, lanes: [...views.values()], recent };
    },
    next(requestsPerSecond) {
      if (untold.length === 0 && toldRate === requestsPerSecond) return undefined;
      toldRate = requestsPerSecond;
      const happenings = untold;
      untold = [];
      return { kind: 'happened', now: now(), requestsPerSecond, happenings };
    },
  };
}
