import { expect, test } from '@jest/globals';

import { createMemoryStore } from '../../src/store/index.js';
import { guardStore } from '../../src/sharing/guarded-store.js';
import { createFakeClock } from '../../src/testing/index.js';
import { Lease } from '../../src/sharing/lease.js';
import type { Records } from '../../src/sharing/records.js';
import type { SharedRefresh } from '../../src/sharing/refresh.js';
import type { SharedContext } from '../../src/sharing/shared-context.js';
import { anIdentity, asking } from '../store/slots.js';

test('a mint that hangs for ever loses the lease 5 s after its deadline', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ clock });
  const slot = await store.open(anIdentity(), () => undefined);
  const watcher = { failed: () => undefined, recovered: () => undefined };
  // Only what a lease needs of them.
  const records = { open: () => Promise.resolve(slot) } as unknown as Records;
  const guarded = guardStore(store, { clock, watcher });
  const context = {
    clock,
    store: guarded,
    flightTimeoutMs: 10_000,
    now: () => ({ wallMs: clock.now(), monoMs: clock.monotonic() }),
  } as unknown as SharedContext;
  const lease = new Lease(records, context);
  await lease.begin({} as SharedRefresh, undefined);
  void lease.renewedWhile(() => new Promise(() => undefined));

  const other = async () => (await slot.begin(asking('other'))).kind;
  await clock.advanceAsync(14_900);
  expect([await other(), lease.hasRunOut()]).toEqual(['held', false]);
  await clock.advanceAsync(200);
  expect(await other()).toBe('lead');
  expect(clock.pendingTimers).toBe(0);
});
