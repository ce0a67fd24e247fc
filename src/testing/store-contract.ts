import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  BeginAnswer,
  BeginRequest,
  SharedFailure,
  TokenIdentity,
  TokenStore,
  TokenStoreSlot,
} from '../store/index.js';

/** One sentence of the contract of a token store, with a check for it. */
export interface StoreContractCheck {
  /** The sentence: what a store does. */
  readonly name: string;
  /** Rejects with an `AssertionError` if the store does not do it. */
  run(subject: StoreContractSubject): Promise<void>;
}

/** The store to check. */
export interface StoreContractSubject {
  /** It may already hold other records: each check uses its own identity. */
  readonly store: TokenStore;
  /**
   * Lets this many milliseconds pass for the store.
   *
   * @defaultValue real time
   */
  readonly pass?: ((ms: number) => Promise<void>) | undefined;
}

/** The two functions that Jest, Vitest and `node:test` have in common. */
export interface TestRunner {
  /** Groups tests under a name. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Declares a test. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/**
 * Declares a test for each sentence of the contract of a token store, in your test runner.
 *
 * @example
 * ```ts
 * import { describe, test } from 'node:test';
 * describeStoreContract({ describe, test }, () => createMyStore());
 * ```
 * @param makeStore - called once for each test
 */
export function describeStoreContract(
  { describe, test }: TestRunner,
  makeStore: () => TokenStore | StoreContractSubject | Promise<TokenStore | StoreContractSubject>,
): void {
  describe('a token store', () => {
    for (const check of storeContractChecks) {
      test(check.name, async () => {
        const made = await makeStore();
        await check.run('open' in made ? { store: made } : made);
      });
    }
  });
}

/** A store under test, with an identity that is used nowhere else. */
class Bench {
  readonly store: TokenStore;
  readonly pass: (ms: number) => Promise<void>;
  readonly identity: TokenIdentity = anIdentity();

  constructor({ store, pass }: StoreContractSubject) {
    this.store = store;
    this.pass = pass ?? ((ms) => sleep(ms));
  }

  /** Another process with the same credentials, or with others. */
  async open(changes: Partial<TokenIdentity> = {}): Promise<TokenStoreSlot> {
    return this.store.open({ ...this.identity, ...changes }, () => undefined);
  }

  async held(): Promise<TokenStoreSlot> {
    const slot = await this.open();
    await slot.begin(asking('holder'));
    return slot;
  }

  /**
   * Two processes with different secrets under one name of the user's own; `undefined` if the store refuses such names, which it
   * says when a token source is created.
   */
  async underOneName(): Promise<{ before: TokenStoreSlot; after: TokenStoreSlot } | undefined> {
    const named = { cacheIdentity: 'fleet', request: '' };
    try {
      this.store.check?.(named);
    } catch {
      return undefined;
    }
    return {
      before: await this.open({ ...named, secretParts: [['clientSecret', 'old']] }),
      after: await this.open({ ...named, secretParts: [['clientSecret', 'new']] }),
    };
  }

  /** A slot in which `value` is stored. */
  async holding(value: string, remainingMs = 60_000): Promise<TokenStoreSlot> {
    const slot = await this.open();
    await commitAs(slot, 'writer', { value, remainingMs });
    return slot;
  }
}

const LEASE_MS = 10_000;
/** Short enough to wait for in real time. */
const SHORT_MS = 100;
const PAST_SHORT_MS = 160;
/** A cool-down of rejected credentials: they are remembered as long again, and a busy machine is slow. */
const REFUSED_MS = 500;
const PAST_REFUSED_MS = 560;

function anIdentity(): TokenIdentity {
  return {
    provider: 'contract',
    tokenUrl: 'https://auth.example.com/token',
    publicParts: [['clientId', 'client of the contract']],
    secretParts: [['clientSecret', 'secret of the contract']],
    request: '["POST"]',
    // Only the cheap part differs: a store may derive keys from the credentials, and that is slow.
    paramsKey: randomBytes(8).toString('hex'),
    cacheIdentity: undefined,
  };
}

function asking(owner: string, changes: Partial<BeginRequest> = {}): BeginRequest {
  return { owner, leaseMs: LEASE_MS, minRemainingMs: 1_000, ...changes };
}

const refused: SharedFailure = {
  cause: 'credentials',
  code: 'ERR_CREDENTIALS_REJECTED',
  status: 401,
  retryable: false,
  failures: 3,
};

const limited: SharedFailure = {
  cause: 'server-set',
  code: 'ERR_TOKEN_REQUEST_REFUSED',
  status: 429,
  retryable: true,
  failures: 1,
};

async function commitAs(
  slot: TokenStoreSlot,
  owner: string,
  token: { value: string; remainingMs?: number; fence?: number; onlyIfAbsent?: boolean },
) {
  const { value, remainingMs = 60_000, fence, onlyIfAbsent } = token;
  return slot.commit({ owner, fence, token: { value, undated: false }, remainingMs, onlyIfAbsent });
}

async function leadAs(slot: TokenStoreSlot, owner: string, changes: Partial<BeginRequest> = {}) {
  return expectKind(await slot.begin(asking(owner, changes)), 'lead');
}

function expectKind<Kind extends BeginAnswer['kind']>(
  answer: BeginAnswer,
  kind: Kind,
): Extract<BeginAnswer, { kind: Kind }> {
  assert.equal(answer.kind, kind);
  return answer as Extract<BeginAnswer, { kind: Kind }>;
}

async function expectToken(slot: TokenStoreSlot, value: string): Promise<void> {
  const answer = expectKind(await slot.begin(asking('whoever asks')), 'token');
  assert.equal(answer.token.value, value);
}

/** A rejection, a lease for the caller, and a failed mint: the fleet cools down. */
async function coolDown(slot: TokenStoreSlot, coolMs: number, failure = refused): Promise<void> {
  await slot.begin(asking('refused'));
  await slot.fail({ owner: 'refused', failure, coolMs });
}

/** All checks of the contract, for your own runner. */
export const storeContractChecks: readonly StoreContractCheck[] = [
  // ---- the lease
  check('gives the refresh lease to the first caller', async (bench) => {
    const answer = await leadAs(await bench.open(), 'first');
    assert.ok(answer.fence > 0);
    assert.equal(answer.failures, 0);
  }),
  check('tells other callers that the lease is held, and for how long at most', async (bench) => {
    await bench.held();
    const answer = expectKind(await (await bench.open()).begin(asking('second')), 'held');
    assert.ok(answer.remainingMs > 0 && answer.remainingMs <= LEASE_MS, `${answer.remainingMs} ms`);
  }),
  check('gives the lease to exactly one of many who ask at once', async (bench) => {
    const slots = await Promise.all(Array.from({ length: 20 }, () => bench.open()));
    const answers = await Promise.all(slots.map((slot, n) => slot.begin(asking(`owner ${n}`))));
    assert.equal(answers.filter(({ kind }) => kind === 'lead').length, 1);
    assert.equal(answers.filter(({ kind }) => kind === 'held').length, 19);
  }),
  check(
    'gives the lease again to the owner who asks again, since the answer may have been lost',
    async (bench) => {
      const slot = await bench.open();
      await leadAs(slot, 'first');
      await leadAs(slot, 'first');
      expectKind(await slot.begin(asking('second')), 'held');
    },
  ),
  check('lets a lease expire, and gives the next one a higher fence', async (bench) => {
    const slot = await bench.open();
    const first = await leadAs(slot, 'first', { leaseMs: SHORT_MS });
    await bench.pass(PAST_SHORT_MS);
    const second = await leadAs(slot, 'second');
    assert.ok(second.fence > first.fence);
  }),
  check('lets its owner give a lease back', async (bench) => {
    const slot = await bench.held();
    await slot.release('holder');
    await leadAs(slot, 'next');
  }),
  check('lets only its owner give a lease back', async (bench) => {
    const slot = await bench.held();
    await slot.release('somebody else');
    expectKind(await slot.begin(asking('next')), 'held');
  }),
  check('renews a lease for its owner, counted from now', async (bench) => {
    const slot = await bench.open();
    await leadAs(slot, 'first', { leaseMs: LEASE_MS / 2 });
    assert.equal(await slot.renew({ owner: 'first', leaseMs: LEASE_MS }), true);
    const { remainingMs } = expectKind(await slot.begin(asking('second')), 'held');
    assert.ok(remainingMs > LEASE_MS / 2 && remainingMs <= LEASE_MS, `${remainingMs} ms`);
  }),
  check('shortens a lease that is renewed for less time than is left', async (bench) => {
    const slot = await bench.held();
    assert.equal(await slot.renew({ owner: 'holder', leaseMs: SHORT_MS }), true);
    await bench.pass(PAST_SHORT_MS);
    await leadAs(slot, 'next');
  }),
  check('renews a lease for its owner only', async (bench) => {
    const slot = await bench.open();
    await leadAs(slot, 'first', { leaseMs: SHORT_MS });
    assert.equal(await slot.renew({ owner: 'somebody else', leaseMs: LEASE_MS }), false);
    await bench.pass(PAST_SHORT_MS);
    await leadAs(slot, 'second');
  }),
  check('does not revive a lease that has ended or was given back', async (bench) => {
    const slot = await bench.open();
    await leadAs(slot, 'late', { leaseMs: SHORT_MS });
    await bench.pass(PAST_SHORT_MS);
    assert.equal(await slot.renew({ owner: 'late', leaseMs: LEASE_MS }), false);
    const { fence } = await leadAs(slot, 'second');
    assert.equal(await slot.renew({ owner: 'late', leaseMs: LEASE_MS }), false);
    await commitAs(slot, 'second', { value: 'T1', fence, remainingMs: 500 });
    assert.equal(await slot.renew({ owner: 'second', leaseMs: LEASE_MS }), false);
    await leadAs(slot, 'third');
  }),

  // ---- tokens
  check(
    'gives a committed token to all others, with everything that belongs to it',
    async (bench) => {
      const slot = await bench.open();
      const { fence } = await leadAs(slot, 'first');
      const token = { value: 'T1', scope: 'calls:read calls:write', undated: true };
      const committed = await slot.commit({ owner: 'first', fence, token, remainingMs: 60_000 });
      assert.deepEqual(committed, { kind: 'committed', fence });
      const answer = expectKind(await (await bench.open()).begin(asking('second')), 'token');
      assert.deepEqual({ ...answer.token }, token);
      assert.equal(answer.fence, fence);
      assert.ok(answer.remainingMs > 30_000 && answer.remainingMs <= 60_000);
    },
  ),
  check('stores a long token with unusual characters unchanged', async (bench) => {
    const value = `~!'"\\{}[]:%${'x'.repeat(8_000)}=`;
    await expectToken(await bench.holding(value), value);
  }),
  check('gives the lease back with the commit', async (bench) => {
    const slot = await bench.open();
    const { fence } = await leadAs(slot, 'first');
    await commitAs(slot, 'first', { value: 'T1', fence, remainingMs: 500 });
    await leadAs(slot, 'second');
  }),
  check('returns a token only while it lives', async (bench) => {
    const slot = await bench.holding('T1', SHORT_MS);
    await bench.pass(PAST_SHORT_MS);
    assert.equal(await slot.read(), undefined);
    await leadAs(slot, 'next', { minRemainingMs: 1 });
  }),
  check('says how long a token still lives, not how long it lived at first', async (bench) => {
    const slot = await bench.holding('T1');
    await bench.pass(SHORT_MS);
    const found = await slot.read();
    assert.ok(found !== undefined && found.remainingMs < 60_000 - SHORT_MS / 2);
  }),
  check('treats a token that ends too soon as absent', async (bench) => {
    const slot = await bench.holding('T1', 30_000);
    await leadAs(slot, 'next', { minRemainingMs: 40_000 });
  }),
  check('does not return the token that the caller already has', async (bench) => {
    const slot = await bench.holding('T1');
    await leadAs(slot, 'early', { inHand: { value: 'T1', rejected: false } });
    await expectToken(slot, 'T1');
  }),
  check('reads without taking the lease', async (bench) => {
    const slot = await bench.open();
    assert.equal(await slot.read(), undefined);
    await leadAs(slot, 'first');
    await commitAs(slot, 'first', { value: 'T1' });
    const found = await slot.read();
    assert.equal(found?.token.value, 'T1');
  }),

  // ---- rejected tokens
  check('does not return a token that drew a 401', async (bench) => {
    const slot = await bench.holding('T1');
    await leadAs(slot, 'rejected', { inHand: { value: 'T1', rejected: true } });
    assert.equal(await slot.read(), undefined);
    expectKind(await slot.begin(asking('cold')), 'held');
  }),
  check('gives the newer token to a process whose older one drew a 401', async (bench) => {
    const slot = await bench.holding('T2');
    const inHand = { value: 'T1', rejected: true };
    const answer = expectKind(await slot.begin(asking('late', { inHand })), 'token');
    assert.equal(answer.token.value, 'T2');
    await expectToken(slot, 'T2');
  }),
  check('flags a rejected token without giving a lease', async (bench) => {
    const slot = await bench.holding('T1');
    assert.equal(await slot.reject('T1'), undefined);
    assert.equal(await slot.read(), undefined);
    await leadAs(slot, 'next');
  }),
  check('answers the rejection of an older token with the newer one', async (bench) => {
    const slot = await bench.holding('T2');
    assert.equal((await slot.reject('T1'))?.token.value, 'T2');
    await expectToken(slot, 'T2');
  }),
  check('returns the token that replaces a rejected one', async (bench) => {
    const slot = await bench.holding('T1');
    const { fence } = await leadAs(slot, 'next', { inHand: { value: 'T1', rejected: true } });
    await commitAs(slot, 'next', { value: 'T2', fence });
    await expectToken(slot, 'T2');
  }),

  // ---- late holders, and mints without a lease
  check('keeps the newer token when an older mint commits late', async (bench) => {
    const slot = await bench.open();
    const late = await leadAs(slot, 'late', { leaseMs: SHORT_MS });
    await bench.pass(PAST_SHORT_MS);
    const { fence } = await leadAs(slot, 'second');
    await commitAs(slot, 'second', { value: 'T2', fence });
    const answer = await commitAs(slot, 'late', { value: 'T1', fence: late.fence });
    assert.ok(answer.kind === 'superseded');
    assert.equal(answer.record?.token.value, 'T2');
    await expectToken(slot, 'T2');
  }),
  check(
    "leaves another's lease alone when an older holder commits, fails or releases late",
    async (bench) => {
      const slot = await bench.open();
      const late = await leadAs(slot, 'late', { leaseMs: SHORT_MS });
      await bench.pass(PAST_SHORT_MS);
      await leadAs(slot, 'second');
      await slot.fail({ owner: 'late', failure: refused, coolMs: 60_000 });
      expectKind(await slot.begin(asking('third')), 'held');
      await slot.release('late');
      expectKind(await slot.begin(asking('third')), 'held');
      await commitAs(slot, 'late', { value: 'T1', fence: late.fence, remainingMs: 500 });
      expectKind(await slot.begin(asking('third')), 'held');
    },
  ),
  check('lets a token that was minted without a lease replace an older one', async (bench) => {
    const slot = await bench.holding('T1');
    const before = await slot.read();
    const answer = await commitAs(slot, 'alone', { value: 'T2' });
    assert.ok(answer.kind === 'committed' && before !== undefined && answer.fence > before.fence);
    await expectToken(slot, 'T2');
  }),
  check('when asked to write only if absent, overwrites no token', async (bench) => {
    const slot = await bench.holding('T1');
    const answer = await commitAs(slot, 'back', { value: 'T0', onlyIfAbsent: true });
    assert.equal(answer.kind, 'superseded');
    await expectToken(slot, 'T1');
    const empty = await bench.open({ paramsKey: `${bench.identity.paramsKey}, another` });
    await commitAs(empty, 'back', { value: 'T0', onlyIfAbsent: true });
    await expectToken(empty, 'T0');
  }),
  check(
    'when asked to write only if absent, leaves the write to the flight that holds the lease',
    async (bench) => {
      const slot = await bench.held();
      const answer = await commitAs(slot, 'back', { value: 'T0', onlyIfAbsent: true });
      assert.equal(answer.kind, 'superseded');
      assert.equal(await slot.read(), undefined);
    },
  ),
  check(
    'when asked to write only if absent, replaces a token that drew a 401, but never restores it',
    async (bench) => {
      const slot = await bench.holding('T1');
      await slot.reject('T1');
      await commitAs(slot, 'back', { value: 'T1', onlyIfAbsent: true });
      assert.equal(await slot.read(), undefined);
      await commitAs(slot, 'back', { value: 'T2', onlyIfAbsent: true });
      await expectToken(slot, 'T2');
    },
  ),

  // ---- shared failures
  check('shares a failure, its class and code, until the cool-down ends', async (bench) => {
    const slot = await bench.open();
    await coolDown(slot, 60_000);
    const answer = expectKind(await (await bench.open()).begin(asking('second')), 'cooling');
    assert.deepEqual({ ...answer.failure }, refused);
    assert.ok(answer.remainingMs > 30_000 && answer.remainingMs <= 60_000);
    assert.equal(answer.fallback, undefined);
  }),
  check('distinguishes a failure that may pass from one that will not', async (bench) => {
    const failure: SharedFailure = {
      cause: 'transient',
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
      status: undefined,
      retryable: true,
      failures: 1,
    };
    const slot = await bench.open();
    await coolDown(slot, 60_000, failure);
    const answer = expectKind(await slot.begin(asking('second')), 'cooling');
    assert.deepEqual({ ...answer.failure }, failure);
  }),
  check('gives the lease back at once after a failure without a cool-down', async (bench) => {
    const slot = await bench.open();
    await coolDown(slot, 0);
    await leadAs(slot, 'next');
  }),
  check(
    'gives the lease again after a cool-down, and reports how often credentials were refused',
    async (bench) => {
      const slot = await bench.open();
      await coolDown(slot, REFUSED_MS);
      await bench.pass(PAST_REFUSED_MS);
      const { failures } = await leadAs(slot, 'next');
      assert.equal(failures, refused.failures);
    },
  ),
  check('remembers no other failure after its cool-down', async (bench) => {
    const slot = await bench.open();
    await coolDown(slot, SHORT_MS, { ...refused, cause: 'transient', status: undefined });
    await bench.pass(PAST_SHORT_MS);
    const { failures } = await leadAs(slot, 'next');
    assert.equal(failures, 0);
  }),
  check(
    'keeps rejected credentials rejected when another failure comes, and the longer of the cool-downs',
    async (bench) => {
      const slot = await bench.open();
      await coolDown(slot, REFUSED_MS);
      await bench.pass(PAST_REFUSED_MS);
      await coolDown(slot, 60_000, limited);
      const longer = expectKind(await slot.begin(asking('next')), 'cooling');
      assert.deepEqual({ ...longer.failure }, refused);
      assert.ok(longer.remainingMs > 30_000 && longer.remainingMs <= 60_000);
    },
  ),
  check(
    'remembers how often credentials were refused past a failure of another cause',
    async (bench) => {
      const slot = await bench.open();
      await coolDown(slot, REFUSED_MS);
      await bench.pass(PAST_REFUSED_MS);
      await coolDown(slot, 1, limited);
      await bench.pass(10);
      assert.equal((await leadAs(slot, 'next')).failures, refused.failures);
    },
  ),
  check('forgets rejected credentials with the next token', async (bench) => {
    const slot = await bench.open();
    await coolDown(slot, SHORT_MS);
    await commitAs(slot, 'alone', { value: 'T1', remainingMs: 500 });
    await coolDown(slot, 60_000, limited);
    const answer = expectKind(await slot.begin(asking('next')), 'cooling');
    assert.deepEqual({ ...answer.failure }, limited);
  }),
  check('accepts a failure only from the holder of the lease', async (bench) => {
    const slot = await bench.held();
    await slot.fail({ owner: 'somebody else', failure: refused, coolMs: 60_000 });
    expectKind(await slot.begin(asking('next')), 'held');
  }),
  check('returns a usable token during a cool-down', async (bench) => {
    const slot = await bench.holding('T1', 30_000);
    await leadAs(slot, 'early', { minRemainingMs: 40_000 });
    await slot.fail({ owner: 'early', failure: refused, coolMs: 60_000 });
    await expectToken(slot, 'T1');
  }),
  check(
    'offers a rejected but unexpired token during a cool-down, as better than none',
    async (bench) => {
      const slot = await bench.holding('T1');
      await leadAs(slot, 'rejected', { inHand: { value: 'T1', rejected: true } });
      await slot.fail({ owner: 'rejected', failure: refused, coolMs: 60_000 });
      const answer = expectKind(await slot.begin(asking('cold')), 'cooling');
      assert.equal(answer.fallback?.token.value, 'T1');
    },
  ),
  check('forgets a failure when a token is committed', async (bench) => {
    const slot = await bench.open();
    await coolDown(slot, 60_000);
    await commitAs(slot, 'alone', { value: 'T1', remainingMs: 500 });
    const { failures } = await leadAs(slot, 'next');
    assert.equal(failures, 0);
  }),

  // ---- clearing, and keeping apart
  check('forgets token and failure when it is cleared', async (bench) => {
    const slot = await bench.holding('T1', 500);
    await coolDown(slot, 60_000);
    await slot.clear();
    assert.equal(await slot.read(), undefined);
    await leadAs(slot, 'next');
  }),
  check('keeps a lease when it is cleared', async (bench) => {
    const slot = await bench.held();
    await slot.clear();
    expectKind(await slot.begin(asking('next')), 'held');
  }),
  check('never shares between identities that differ in anything', async (bench) => {
    await bench.holding('T1');
    const others: Partial<TokenIdentity>[] = [
      { provider: 'another' },
      { tokenUrl: 'https://auth.example.com/other' },
      { publicParts: [['clientId', 'another']] },
      { secretParts: [['clientSecret', 'another']] },
      { request: '["POST","scope=other"]' },
      { paramsKey: '[["scope",["other"]]]' },
      // No two parts may run into one another, whatever characters a value contains.
      {
        publicParts: [],
        secretParts: [...bench.identity.publicParts, ...bench.identity.secretParts],
      },
    ];
    for (const other of others) {
      const slot = await bench.open(other);
      assert.equal(await slot.read(), undefined, JSON.stringify(Object.keys(other)));
    }
  }),
  check('shares under the user’s own name, whatever the secret', async (bench) => {
    const slots = await bench.underOneName();
    if (slots === undefined) return;
    const { before, after } = slots;
    await commitAs(before, 'writer', { value: 'T1' });
    await expectToken(after, 'T1');
    assert.equal(await (await bench.open()).read(), undefined);
  }),
  check('does not apply rejected credentials to others that share the name', async (bench) => {
    const slots = await bench.underOneName();
    if (slots === undefined) return;
    const { before, after } = slots;
    await coolDown(before, 60_000);
    expectKind(await before.begin(asking('old')), 'cooling');
    assert.equal((await leadAs(after, 'new')).failures, 0);
  }),
  check('adds and removes listeners for hints, if it has hints', async (bench) => {
    const slot = await bench.open();
    const stop = slot.subscribe?.(() => undefined);
    await commitAs(slot, 'writer', { value: 'T1' });
    stop?.();
    stop?.();
    await expectToken(slot, 'T1');
  }),
];

function check(name: string, body: (bench: Bench) => Promise<void>): StoreContractCheck {
  return { name, run: (subject) => body(new Bench(subject)) };
}
