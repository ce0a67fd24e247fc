import type { ProviderDefinition } from '../../src/provider-definition/define-provider.js';
import type { Clock } from '../../src/index.js';
import { createMemoryStore, type TokenStore } from '../../src/store/index.js';
import { guardStore } from '../../src/sharing/guarded-store.js';
import type { TokenStoreSlot } from '../../src/sharing/token-store.js';
import { createChaosStore, createFakeClock, type ChaosStore } from '../../src/testing/index.js';
import { identityOf } from './identity-of.js';
import { createTokenSource, type TokenSourceOptions } from '../../src/axios/create-token-source.js';
import type { TokenSource } from '../../src/token-source/token-source.js';
import {
  ACME,
  acme,
  eventsOf,
  handHeldEndpoint,
  type AcmeCredentials,
} from '../token-source/hand-held.js';

/** One process of a fleet: a token source of its own, with its own connection to the store. */
export interface Member {
  readonly source: TokenSource;
  /** The store as this process sees it. */
  readonly store: ChaosStore;
  readonly events: ReturnType<typeof eventsOf>;
  /** The value of a token, or the error. */
  readonly token: (not?: string) => Promise<unknown>;
}

export interface FleetOptions extends Omit<TokenSourceOptions, 'clock' | 'store' | 'transport'> {
  readonly provider?: Partial<ProviderDefinition<AcmeCredentials>>;
  /** How far the wall clocks of the hosts are apart, in milliseconds. */
  readonly clocksApartMs?: number;
  /** Whether the processes hear hints. */
  readonly hints?: boolean;
}

type FewOrMore<T> = [T, T, T, T, ...T[]];

/** Several processes, one store and one token endpoint, all in the test's hand and in virtual time. */
export function fleet(size: number, options: FleetOptions = {}) {
  const { provider, clocksApartMs = 0, hints = false, ...sourceOptions } = options;
  const clock = createFakeClock();
  const endpoint = handHeldEndpoint(clock);
  const shared = createMemoryStore({ clock });

  function member(index: number, changes: FleetOptions = {}): Member {
    const store = createChaosStore(hints ? shared : withoutHints(shared), {
      schedule: (callback, ms) => clock.schedule(callback, ms),
    });
    const source = createTokenSource(acme({ ...provider, ...changes.provider }), {
      clock: hostClock(clock, index, clocksApartMs),
      random: () => 0.5,
      transport: { adapter: endpoint.adapter },
      ...sourceOptions,
      store,
    });
    return {
      source,
      store,
      events: eventsOf(source),
      token: (not) =>
        source.getToken({ not }).then(
          ({ value }) => value,
          (error: unknown) => error,
        ),
    };
  }

  return {
    clock,
    endpoint,
    /** The store itself, past all disturbances. */
    shared,
    /** As many as were asked for; the types let a test name up to four. */
    members: Array.from({ length: size }, (_, index) => member(index)) as FewOrMore<Member>,
    /** Another process, started now. */
    join: (changes: FleetOptions = {}) => member(size, changes),
    pass: (ms: number) => clock.advanceAsync(ms),
    settle: () => clock.advanceAsync(0),
    /** The records of the fleet, as a process of another kind would see them. */
    slot: async (): Promise<TokenStoreSlot> => {
      const guard = guardStore(shared, {
        clock,
        watcher: { failed: () => undefined, recovered: () => undefined },
      });
      const identity = await identityOf(acme(provider), ACME);
      return ((await guard.open(identity)) as { value: TokenStoreSlot }).value;
    },
    /** Each token call is answered at once with the next token. */
    answerAtOnce: (fields: Record<string, unknown> = {}) => {
      endpoint.onCall = (call, count) => call.issue(`T${count}`, fields);
    },
  };
}

export type Fleet = ReturnType<typeof fleet>;

/** A fleet whose processes all hold T1. */
export async function warmFleet(size: number, options: FleetOptions = {}): Promise<Fleet> {
  const warm = fleet(size, options);
  warm.answerAtOnce();
  await allAsk(warm, 1_000);
  return warm;
}

/** All processes ask at once, and time passes until all have an answer. */
export async function allAsk({ members, pass }: Fleet, forMs = 5_000): Promise<unknown[]> {
  const asked = Promise.all(members.map(({ token }) => token()));
  await pass(forMs);
  return asked;
}

function withoutHints(store: TokenStore): TokenStore {
  return {
    async open(identity, report) {
      const slot = { ...(await store.open(identity, report)) };
      delete slot.subscribe;
      return slot;
    },
  };
}

/** Hosts agree neither on the time of day nor on where their monotonic clocks begin. */
function hostClock(clock: Clock, index: number, apartMs: number): Clock {
  return {
    now: () => clock.now() + index * apartMs,
    monotonic: () => clock.monotonic() + index * 1_000_000,
    schedule: (callback, ms, options) => clock.schedule(callback, ms, options),
  };
}
