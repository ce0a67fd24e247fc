import type { Counters, Event, Happening } from '../../../src/testing/sandbox-ui/happening.js';
import {
  afterHappening,
  emptyLane,
  type LaneView,
} from '../../../src/testing/sandbox-ui/lane-view.js';

export const NOTHING_COUNTED: Counters = {
  requests: 0,
  tokenCalls: 0,
  healed: 0,
  replays: 0,
  waits: 0,
  joins: 0,
  failures: 0,
};

export const TOKEN = { serial: 1, fingerprint: 'abc123', lifetimeMs: 40_000, expiresAt: 40_000 };

let lastId = 0;

/** Something that happened at Exotel at `at`. */
export function happening(event: Event, at = 0): Happening {
  lastId += 1;
  return { ...event, id: lastId, lane: 'exotel', at };
}

/** A lane of Exotel in which these things happened, one after another. */
export function laneAfter(...happenings: readonly Happening[]): LaneView {
  const facts = {
    name: 'exotel',
    title: 'Exotel',
    baseURL: 'http://127.0.0.1:1',
    earlyMs: 16_000,
    lastMs: 4_000,
  };
  return happenings.reduce(afterHappening, emptyLane(facts, 0));
}
