import { createFakeClock } from '../../../src/testing/fake-clock.js';
import { createSeededRandom } from '../../../src/testing/seeded-random.js';
import { FakeProvider } from '../fake-provider.js';
import { Violation, type FleetInvariant } from '../invariants.js';
import type { Order } from '../order.js';
import { expected } from './expectations.js';
import { FleetWatch } from './fleet-watch.js';
import { Host } from './host.js';
import { firstEdition, secondEdition, seed, type FleetBug } from './library.js';
import { Link } from './link.js';
import { Member } from './member.js';
import { SimulatedRedis } from './redis.js';
import { trace } from './trace.js';
import type { Edition, FleetSetting, FleetStep } from './steps.js';

/** A stop past every time-out of ours. */
const MOST_MEMBERS = 6;

/** Several processes, one store and one provider, and the invariants that hold after each step. */
export class Fleet {
  readonly clock = createFakeClock();
  readonly provider: FakeProvider;
  readonly redis: SimulatedRedis;
  readonly watch: FleetWatch;
  readonly #members: Member[] = [];
  readonly #violations: Violation[] = [];
  readonly #random: () => number;
  /** The secret that processes are started with. */
  #secret = 1;
  #step = 0;

  constructor(
    readonly order: Order,
    readonly setting: FleetSetting,
    /** A bug that is seeded on purpose. */
    readonly bug: FleetBug = {},
  ) {
    seed(bug);
    this.#random = createSeededRandom(setting.seed);
    const listener = {
      onCall: () => undefined,
      onSpent: () => undefined,
      onTrouble: () => undefined,
    };
    this.provider = new FakeProvider(this.clock, order, listener, setting.singleActiveToken);
    this.watch = new FleetWatch(this.clock, this.provider, expected, ({ invariant, message }) =>
      this.#violated(invariant as FleetInvariant, message.slice(invariant.length + 2)),
    );
    const rate = setting.clocksApart ? 1 + 0.0004 * (this.#random() - 0.5) : 1;
    this.redis = new SimulatedRedis(this.clock, rate, this.watch, bug.releasedByAnybody);
    for (const edition of setting.editions) this.#start(edition, '');
  }

  // ---- one step ------------------------------------------------------------------------------------------------

  async take(step: FleetStep): Promise<void> {
    this.#step += 1;
    trace(this.watch.now(), '', () => JSON.stringify(step));
    await this.#act(step);
    await this.clock.advanceAsync(0);
    await this.check();
  }

  async #act(step: FleetStep): Promise<void> {
    switch (step.kind) {
      case 'nothing':
        return;
      case 'request':
        this.#running(step.which)?.request(step);
        return;
      case 'all request':
        for (const member of this.#alive())
          if (member.host.isRunning)
            member.request({ path: 'fine', timeoutMs: undefined, isSlow: false });
        return;
      case 'answer':
        if (this.order.count() > 0) await this.order.waitNext(1);
        return;
      case 'pass':
        await this.clock.advanceAsync(step.ms);
        return;
      case 'endpoint':
        this.provider.mode = step.mode;
        this.provider.manner = step.manner;
        return;
      case 'revoke':
        this.provider.revokeAll();
        return;
      case 'late 401':
        this.#running(step.which)?.lateRejection(step.token);
        return;
      case 'clear':
        this.#running(step.which)?.clear();
        return;
      case 'abort':
        this.#running(step.which)?.abortOne();
        return;
      default:
        this.watch.disturbedAt = this.watch.now();
        await this.#disturb(step);
        this.watch.disturbedAt = this.watch.now();
    }
  }

  async #disturb(
    step: Exclude<
      FleetStep,
      {
        kind:
          | 'nothing'
          | 'request'
          | 'all request'
          | 'answer'
          | 'pass'
          | 'endpoint'
          | 'revoke'
          | 'late 401'
          | 'clear'
          | 'abort';
      }
    >,
  ): Promise<void> {
    switch (step.kind) {
      case 'link':
        if (step.which === 'all') for (const member of this.#alive()) member.setLink(step.mode);
        else this.#member(step.which)?.setLink(step.mode);
        return;
      case 'stop':
        this.#running(step.which)?.stop(step.how);
        return;
      case 'go on':
        for (const member of this.#alive()) member.goOn();
        return;
      case 'kill':
        this.#member(step.which)?.die();
        return;
      case 'close':
        this.#running(step.which)?.close();
        return;
      case 'start':
        if (this.#alive().length < MOST_MEMBERS) this.#start(step.edition, step.storeKey);
        return;
      case 'jump':
        this.#running(step.which)?.jump(step.ms);
        return;
      case 'failover':
        this.watch.storeLostSomething();
        await this.redis.failover(step.lost);
        return;
      case 'flush':
        this.watch.storeLostSomething();
        await this.redis.flush();
        return;
      case 'rotate':
        this.provider.secret += 1;
        this.#secret = this.provider.secret;
        this.watch.allowAll('another secret');
        for (const member of this.#alive())
          if (step.allKnow || member.id % 2 === 0) member.secret = this.#secret;
        return;
      case 'vault':
        this.watch.allowAll('the vault');
        for (const member of this.#alive()) member.secret = this.#secret;
    }
  }

  /** Throws the first violation that has been found. */
  async check(): Promise<void> {
    for (const member of this.#alive()) member.check();
    await this.watch.check((namespace) => this.redis.stored(namespace));
    const [first] = this.#violations;
    if (first !== undefined) throw first;
  }

  // ---- the end -------------------------------------------------------------------------------------------------

  /** At the end nothing may be left; where everything heals before, everyone must be served. */
  async finish(): Promise<void> {
    if (!this.setting.closesMidway) await this.#recover();
    for (const member of this.#alive()) member.goOn();
    await this.clock.advanceAsync(0);
    const closed = this.#alive();
    for (const member of closed) member.close();
    await this.clock.advanceAsync(expected.closesWithinMs);
    this.#checkNothingIsLeft(closed);
    const { callCount } = this.provider;
    await this.#answerAll();
    await this.take({ kind: 'pass', ms: 60_000 });
    this.#checkNothingIsLeft(closed);
    if (this.provider.callCount > callCount)
      this.#violated('nothing is left after close()', 'a token call went out');
    await this.check();
  }

  async #recover(): Promise<void> {
    await this.take({ kind: 'go on' });
    await this.take({ kind: 'link', which: 'all', mode: 'up' });
    await this.take({ kind: 'vault' });
    await this.take({ kind: 'endpoint', mode: { kind: 'token', lifeSeconds: 3600 }, manner: 20 });
    await this.#answerAll();
    // Longer than any cool-down; whatever token there was has had its day, but for those without an end.
    await this.take({ kind: 'pass', ms: 3_700_000 });
    await this.#answerAll();
    for (const member of this.#alive()) {
      if (member.waitsUnderWay > 0)
        this.#violated('no caller waits for ever', `${member.waitsUnderWay} in ${member.id}`);
    }
    // After a look at the store, which each process takes about once a minute, all use the same token.
    for (let minute = 0; minute < 3; minute += 1) {
      await this.#askAll();
      await this.take({ kind: 'pass', ms: 80_000 });
    }
    const scopes = new Set(this.#alive().map(({ scope }) => scope));
    // Those with records of their own kill each other's tokens.
    if (this.setting.singleActiveToken && scopes.size > 1) return;
    this.#mustServeAll(await this.#askAll());
    await this.take({ kind: 'revoke' });
    const { callCount } = this.provider;
    this.#mustServeAll(await this.#askAll());
    const calls = this.provider.callCount - callCount;
    if (calls > scopes.size)
      this.#violated('the fleet recovers once its surroundings have', `with ${calls} token calls`);
    await this.check();
  }

  /** Each process sends a request, one after the other; yields those that were not served. */
  async #askAll(): Promise<number[]> {
    const failed: number[] = [];
    for (const member of this.#alive()) {
      const outcome = member.mustBeServed();
      await this.take({ kind: 'pass', ms: 5_000 });
      await this.#answerAll();
      if (!outcome.isServed) failed.push(member.id);
    }
    return failed;
  }

  #mustServeAll(failed: readonly number[]): void {
    if (failed.length > 0)
      this.#violated('the fleet recovers once its surroundings have', `not ${failed.join(', ')}`);
  }

  #checkNothingIsLeft(closed: readonly Member[]): void {
    for (const { id, host, link, waitsUnderWay } of closed) {
      const left = `${host.pendingTimers} timers, ${waitsUnderWay} callers, ${link.subscriptions} subscriptions`;
      if (host.pendingTimers + waitsUnderWay + link.subscriptions > 0)
        this.#violated('nothing is left after close()', `process ${id}: ${left}`);
    }
  }

  async #answerAll(): Promise<void> {
    await this.take({ kind: 'pass', ms: 1_000 });
    for (let turn = 0; turn < 100 && this.order.count() > 0; turn += 1) {
      await this.take({ kind: 'answer' });
      await this.take({ kind: 'pass', ms: 1_000 });
    }
  }

  // ---- the processes -------------------------------------------------------------------------------------------

  #start(edition: Edition, storeKey: string): void {
    const random = this.#random;
    const { clocksApart, lostHints } = this.setting;
    const host = new Host(this.clock, {
      wallOffsetMs: clocksApart ? 1_200_000 * (random() - 0.5) : 0,
      rate: clocksApart ? 1 + 0.0004 * (random() - 0.5) : 1,
    });
    const tamper = edition === 'second' ? this.bug.tamper : undefined;
    const link = new Link(host, this.redis, random, lostHints, tamper, storeKey);
    const member = new Member(
      {
        id: this.#members.length,
        library: edition === 'first' ? firstEdition : secondEdition,
        edition,
        host,
        link,
        random: createSeededRandom(Math.floor(random() * 2 ** 31)),
        secret: this.#secret,
        storeKey,
        setting: this.setting,
      },
      {
        watch: this.watch,
        travelMs: () => 1 + 20 * random(),
        api: (isSlow) => this.#api(isSlow),
      },
    );
    this.#members.push(member);
    this.watch.members.set(host, member);
  }

  async #api(isSlow: boolean): Promise<void> {
    if (isSlow) await this.order.schedule(Promise.resolve(), 'the API');
    else
      await new Promise<void>(
        (resolve) => void this.clock.schedule(resolve, 1 + 30 * this.#random()),
      );
  }

  #alive(): Member[] {
    return this.#members.filter((member) => member.isAlive());
  }

  #member(which: number): Member | undefined {
    const alive = this.#alive();
    return alive[which % Math.max(1, alive.length)];
  }

  #running(which: number): Member | undefined {
    const member = this.#member(which);
    return member?.host.isRunning === true ? member : undefined;
  }

  #violated(invariant: FleetInvariant, detail: string): void {
    this.#violations.push(new Violation(invariant, `step ${this.#step}: ${detail}`));
  }
}
