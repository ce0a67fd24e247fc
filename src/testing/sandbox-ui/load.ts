import type { Lane } from './lane.js';

/** Sends requests at a steady rate, shared out among the lanes. */
export interface Load {
  perSecond: number;
  /** Sends what has become due since the last call. */
  tick(): void;
  /** Forgets the time that passed, after a pause in which nothing was to be sent. */
  resume(): void;
}

export function createLoad(lanes: readonly Lane[], perSecond: number): Load {
  let due = 0;
  let lastAt = performance.now();
  let next = 0;
  return {
    perSecond,
    tick() {
      const now = performance.now();
      due += ((now - lastAt) / 1000) * this.perSecond;
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
