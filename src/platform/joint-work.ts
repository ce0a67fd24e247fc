import type { Clock } from './clock.js';
import { Pulse } from './pulse.js';

/**
 * Work that is done once for all who want it at the same time. A caller who comes when it can never end, since the request that
 * started it is over, starts it anew.
 */
export class JointWork<T> {
  readonly #clock: Clock;
  #underWay: { readonly result: Promise<T>; readonly pulse: Pulse } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Starts the work, or joins it; `work` must not reject, and `lost` is the result of one that can never end. */
  run(work: () => Promise<T>, lost: T): Promise<T> {
    const current = this.#underWay;
    if (current !== undefined && !current.pulse.isSilent())
      return current.pulse.attend(current.result).catch(() => lost);
    current?.pulse.stop();
    const pulse = new Pulse(this.#clock);
    const result = work().finally(() => {
      pulse.stop();
      if (this.#underWay?.pulse === pulse) this.#underWay = undefined;
    });
    this.#underWay = { result, pulse };
    return result;
  }
}
