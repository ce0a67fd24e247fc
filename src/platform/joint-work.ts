import pMemoize from 'p-memoize';

import type { Clock } from './clock.js';
import { Pulse } from './pulse.js';
import { within } from './waiting.js';

/** What a piece of work gets while it is under way. */
export interface WorkLife {
  /** Aborts when no caller wants its result any more. */
  readonly signal: AbortSignal;
  readonly pulse: Pulse;
}

interface UnderWay extends WorkLife {
  readonly id: number;
  readonly abort: () => void;
}

/** How often waiting callers check whether the work can still end. */
const LOOK_MS = 1_000;

/**
 * Work that is done once for all concurrent callers. Work that can never end, because the request that started it is over, is
 * given up, and the next caller starts it again.
 */
export class JointWork<Result> {
  readonly #clock: Clock;
  readonly #lost: (id: number) => Result;
  #underWay: UnderWay | undefined;

  // p-memoize with `cache: false` is a single flight and nothing else: other code decides what is kept, and for how long.
  readonly #start = pMemoize(
    async (current: UnderWay, work: (life: WorkLife) => Promise<Result>) => {
      try {
        return await work(current);
      } finally {
        current.pulse.stop();
        if (this.#underWay === current) this.#underWay = undefined;
      }
    },
    { cache: false },
  );

  /** @param lost - the result for callers waiting for work that can never end */
  constructor(clock: Clock, lost: (id: number) => Result) {
    this.#clock = clock;
    this.#lost = lost;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Starts the work, or joins it if work with this id is under way. */
  run(work: (life: WorkLife) => Promise<Result>, id = 0): Promise<Result> {
    const current = this.#underWay;
    if (current?.id === id) return this.#attend(current, this.#start(current, work));
    const controller = new AbortController();
    const started = {
      id,
      signal: controller.signal,
      abort: () => controller.abort(),
      pulse: new Pulse(this.#clock),
    };
    this.#underWay = started;
    return this.#start(started, work);
  }

  /** Gives up work that can never end, on behalf of a caller who does not wait for it. */
  stopIfSilent(): void {
    const current = this.#underWay;
    if (current?.pulse.isSilent() !== true) return;
    // After a stall of this process the beat is only late: then it comes before a timer set now.
    this.#clock.schedule(() => {
      if (current.pulse.isSilent()) this.#giveUp(current);
    }, 0);
  }

  /** Ends the work: no caller wants its result any more. */
  stop(): void {
    const current = this.#underWay;
    this.#underWay = undefined;
    current?.abort();
    current?.pulse.stop();
  }

  /** Waits for work that another caller started, with this caller's own timers. */
  async #attend(current: UnderWay, result: Promise<Result>): Promise<Result> {
    try {
      for (let wasSilent = current.pulse.isSilent(); ;) {
        const timer = { clock: this.#clock, ms: wasSilent ? 0 : LOOK_MS };
        const waited = await within(result, { timer });
        if (waited.kind === 'done') return waited.value;
        const isSilent = current.pulse.isSilent();
        if (isSilent && wasSilent) return this.#giveUp(current);
        wasSilent = isSilent;
      }
    } catch {
      // If a request awaits a promise of another request that is over, Cloudflare's runtime rejects it with its own error.
      return this.#giveUp(current);
    }
  }

  #giveUp(current: UnderWay): Result {
    if (this.#underWay === current) this.stop();
    return this.#lost(current.id);
  }
}
