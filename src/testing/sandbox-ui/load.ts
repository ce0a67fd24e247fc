import type { Lane } from './lane.js';

/** Sends requests at a steady rate, spread over the lanes. */
export interface Load {
  perSecond: number;
  /** Sends what has become due since the last call. */
  tick(): void;
  /** Forgets the elapsed time, after a pause in which nothing was to be sent. */
  resume(): void;
}

/** After a stall no more than this is caught up: a machine that is too slow would fall further and further behind. */
const MOST_MADE_UP_MS = 250;

export function createLoad(lanes: readonly Lane[], perSecond: number): Load {
  let due = 0;
  let lastAt = performance.now();
  let next = 0;
  return {
    perSecond,
    tick() {
      const now = performance.now();
      due += (Math.min(now - lastAt, MOST_MADE_UP_MS) / 1000) * this.perSecond;
      lastAt = now;
      for (; due >= 1; due -= 1) {
        lanes[next % lanes.length]?.send();
        next += 1;
      }
    },
    resume() {
      due = 0;
      lastAt = performance.now();
    },
  };
}
