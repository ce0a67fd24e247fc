import { expect, test } from '@jest/globals';

import { AccountSoloMints, SoloMints } from '../../src/sharing/solo-mints.js';
import { createFakeClock } from '../../src/testing/index.js';
import { ACME, acme } from '../token-source/hand-held.js';

const never = () => new Promise<never>(() => undefined);

function bench() {
  const clock = createFakeClock();
  const mints = new SoloMints(15_000);
  return {
    clock,
    mints,
    mint: (work: () => Promise<unknown> = () => Promise.resolve()) => mints.run(work, clock, 0.5),
    inMs: () => mints.inMs(clock.monotonic()),
  };
}

test('mints without the store follow one another after 2 s, 4 s and so on, and at once when the store is back', async () => {
  const { mints, mint, inMs } = bench();
  expect(inMs()).toBe(0);
  await mint();
  expect(inMs()).toBe(2_000);
  await mint(() => Promise.reject(new Error('refused'))).catch(() => undefined);
  expect(inMs()).toBe(4_000);
  mints.storeIsBack();
  expect(inMs()).toBe(0);
  await mint();
  expect(inMs()).toBe(2_000);
});

test('one that ended with the request that had started it holds up the next one for as long as a mint may take', async () => {
  const { clock, mint, inMs } = bench();
  void mint(never);
  expect(inMs()).toBe(15_000);
  await clock.advanceAsync(15_000);
  expect(inMs()).toBe(0);
});

test('one that ends late leaves the next one, which is under way, alone', async () => {
  const { clock, mint, inMs } = bench();
  let end: (value?: unknown) => void = () => undefined;
  const late = mint(() => new Promise((resolve) => (end = resolve)));
  await clock.advanceAsync(15_000);
  void mint(never);
  end();
  await late;
  expect(inMs()).toBe(15_000);
});

test('each account has its own pauses, and the store that is back ends them all', async () => {
  const clock = createFakeClock();
  const provider = acme({ credentials: () => ACME });
  const mints = new AccountSoloMints(provider, 15_000);
  const [one, other] = ['one', 'other'].map((clientId) => ({ ...ACME, clientId }));
  await mints.run(one!, () => Promise.resolve(), clock, 0.5);
  const inMs = () => [one, { ...one }, other].map((who) => mints.inMs(who!, clock.monotonic()));
  expect(inMs()).toEqual([2_000, 2_000, 0]);
  mints.storeIsBack();
  expect(inMs()).toEqual([0, 0, 0]);
});

test('the store that is back leaves only the accounts that are minting, whose mint still holds up the next one', async () => {
  const clock = createFakeClock();
  const mints = new AccountSoloMints(acme({ credentials: () => ACME }), 15_000);
  const minting = { ...ACME, clientId: 'minting' };
  await mints.run(ACME, () => Promise.resolve(), clock, 0.5);
  void mints.run(minting, never, clock, 0.5);
  mints.storeIsBack();
  expect(mints.size).toBe(1);
  expect(mints.inMs(minting, clock.monotonic())).toBe(15_000);
});

test('accounts whose pause is over are forgotten beyond a thousand, so that an outage of days does not fill the memory', async () => {
  const clock = createFakeClock();
  const mints = new AccountSoloMints(acme({ credentials: () => ACME }), 15_000);
  const user = (id: number) => ({ ...ACME, clientId: `user-${id}` });
  const mint = (id: number) => mints.run(user(id), () => Promise.resolve(), clock, 0.5);
  for (let id = 0; id < 1_500; id += 1) await mint(id);
  expect(mints.size).toBe(1_500);
  expect(mints.inMs(user(0), clock.monotonic())).toBe(2_000);
  await clock.advanceAsync(1_000);
  await mint(0); // Its next pause is longer, so it stays.
  await clock.advanceAsync(1_000);
  await mint(1_500);
  expect(mints.size).toBe(1_000);
  expect(mints.inMs(user(0), clock.monotonic())).toBe(3_000);
  mints.inMs(user(2_000), clock.monotonic());
  expect(mints.size).toBe(1_000);
});
