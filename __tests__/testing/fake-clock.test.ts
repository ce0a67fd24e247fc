import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../src/testing/index.js';
import { serve } from '../setup/loopback-server.js';
import { http } from './plain-http.js';

describe('a fake clock', () => {
  it('stands still until it is told to move', () => {
    const clock = createFakeClock({ now: 1000, monotonic: 5 });

    expect([clock.now(), clock.monotonic(), clock.now()]).toEqual([1000, 5, 1000]);
  });

  it('moves both clocks when it advances', () => {
    const clock = createFakeClock({ now: 1000 });

    clock.advance(250);

    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
  });

  it('refuses to advance backwards', () => {
    expect(() => createFakeClock().advance(-1)).toThrow(/jumpWall/);
  });

  it('jumps the wall clock without touching the monotonic one or any timer', () => {
    const clock = createFakeClock({ now: 10_000 });
    const ran: string[] = [];
    clock.schedule(() => ran.push('timer'), 10);

    clock.jumpWall(60_000);
    clock.jumpWall(-65_000);

    expect([clock.now(), clock.monotonic(), ran]).toEqual([5000, 0, []]);
  });

  it('lets the wall clock alone move while the host sleeps', () => {
    const clock = createFakeClock({ now: 0 });
    clock.schedule(() => undefined, 10);

    clock.suspend(3_600_000);

    expect([clock.now(), clock.monotonic(), clock.pendingTimers]).toEqual([3_600_000, 0, 1]);
  });

  it('moves both clocks while the process stands still, and runs what fell due afterwards', () => {
    const clock = createFakeClock({ now: 0 });
    const ranAt: number[] = [];
    clock.schedule(() => ranAt.push(clock.monotonic()), 10);

    clock.stall(60_000);
    expect([clock.now(), clock.monotonic(), ranAt]).toEqual([60_000, 60_000, []]);

    clock.advance(0);
    expect(ranAt).toEqual([60_000]);
  });
});

describe('a timer of the fake clock', () => {
  it('runs at its own moment, in order of time and then of age', () => {
    const clock = createFakeClock({ now: 0 });
    const ran: string[] = [];
    clock.schedule(() => ran.push(`late ${clock.now()}`), 20);
    clock.schedule(() => ran.push(`early ${clock.now()}`), 10);
    clock.schedule(() => ran.push(`early too ${clock.now()}`), 10);

    clock.advance(20);

    expect(ran).toEqual(['early 10', 'early too 10', 'late 20']);
  });

  it('does not run before its time', () => {
    const clock = createFakeClock();
    let ran = false;
    clock.schedule(() => (ran = true), 10);

    clock.advance(9);

    expect([ran, clock.pendingTimers, clock.msToNextTimer]).toEqual([false, 1, 1]);
  });

  it('runs within the same advance if another timer sets it in time', () => {
    const clock = createFakeClock({ now: 0 });
    const ran: number[] = [];
    clock.schedule(() => clock.schedule(() => ran.push(clock.now()), 5), 5);

    clock.advance(10);

    expect(ran).toEqual([10]);
  });

  it('never runs once it is cancelled', () => {
    const clock = createFakeClock();
    let ran = false;
    const cancel = clock.schedule(() => (ran = true), 10);

    cancel();
    clock.advance(100);

    expect([ran, clock.pendingTimers, clock.msToNextTimer]).toEqual([false, 0, undefined]);
  });

  it('that reschedules itself with no delay is reported instead of looping for ever', () => {
    const clock = createFakeClock();
    const again = (): void => void clock.schedule(again, 0);
    again();

    expect(() => clock.advance(1)).toThrow(/reschedule itself/);
  });
});

describe('advancing with promises', () => {
  it('lets what waits on promises run before the next timer', async () => {
    const clock = createFakeClock({ now: 0 });
    const ran: string[] = [];
    const chain = async () => {
      for (let link = 0; link < 50; link += 1) await Promise.resolve();
      ran.push(`chain ${clock.now()}`);
    };
    clock.schedule(() => void chain(), 10);
    clock.schedule(() => ran.push(`timer ${clock.now()}`), 20);

    await clock.advanceAsync(20);

    expect(ran).toEqual(['chain 10', 'timer 20']);
  });

  it('runs a timer that a promise sets on the way', async () => {
    const clock = createFakeClock({ now: 0 });
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.schedule(resolve, ms));
    const ran: number[] = [];
    const walk = async () => {
      for (const ms of [5, 5, 5]) {
        await sleep(ms);
        ran.push(clock.now());
      }
    };
    const walked = walk();

    await clock.advanceAsync(15);
    await walked;

    expect(ran).toEqual([5, 10, 15]);
  });

  it('lets real I/O turn if asked to', async () => {
    const url = await serve((_request, response) => void response.end('ok'));
    const clock = createFakeClock();
    let answered = false;
    const oncePassed = () => answered;
    void http.get(url).then(() => (answered = true));

    await clock.advanceAsync(0);
    const before = answered;
    for (let turns = 0; turns < 1000 && !oncePassed(); turns += 1)
      await clock.advanceAsync(1, { ioTurns: 5 });

    expect([before, answered]).toEqual([false, true]);
  });
});
