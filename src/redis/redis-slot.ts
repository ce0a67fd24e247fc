import type {
  BeginAnswer,
  BeginRequest,
  CommitRequest,
  SharedFailure,
  StoredRecord,
  TokenStoreSlot,
} from '../sharing/token-store.js';
import type { Hints } from './hints.js';
import type { IdentityKeys } from './identity-keys.js';
import type { RunScript, Script } from './redis-client.js';
import {
  BEGIN,
  CLEAR,
  COMMIT,
  FAIL,
  READ,
  RECORD_VERSION,
  RELEASE,
  RENEW,
  TAKE_FENCE,
} from './scripts.js';
import { openToken, sealToken } from './sealed-token.js';

export interface RedisSlotContext {
  readonly run: RunScript;
  readonly keys: IdentityKeys;
  /** The start of all key names of this identity, with the hash tag. */
  readonly name: string;
  readonly hints: Hints | undefined;
  readonly report: (problem: string) => void;
}

/** For how many more cool-downs rejected credentials are remembered, so that their next cool-down is longer. */
const CREDENTIALS_MEMORY = 2;

/** A commit that reaches Redis later than this is refused: the client held it back, and its durations are no longer correct. */
const LATEST_MS = 1_000;

/** One moment by the clock of Redis and by our monotonic clock. */
interface Moment {
  readonly redisMs: number;
  readonly ownMs: number;
}

function momentOf(redisMs: string | undefined): Moment {
  return { redisMs: Number(redisMs), ownMs: performance.now() };
}

/** The time by the clock of Redis, unless a clock was changed. */
function redisTime({ redisMs, ownMs }: Moment): number {
  return redisMs + performance.now() - ownMs;
}

/** The records of one identity in Redis: each operation is one script, and so one round trip. */
export function createRedisSlot(context: RedisSlotContext): TokenStoreSlot {
  const { keys, name, hints, report } = context;
  const tokenKey = `${name}:tok`;
  const redisKeys = [tokenKey, `${name}:lk`, `${name}:gen`, `${name}:neg`];
  const channel = `${name}:ev`;
  const run = (script: Script, ...args: string[]) =>
    context.run(script, redisKeys, [channel, ...args]);

  /** The latest lease that this slot was given, and when. */
  let lease: { readonly owner: string; readonly moment: Moment } | undefined;

  const place = (fence: number) => ({ key: tokenKey, version: RECORD_VERSION, fence });

  /** An unreadable record is reported and counts as absent. */
  function recordFrom([fence, left, payload]: readonly string[]): StoredRecord | undefined {
    if (fence === undefined || left === undefined || payload === undefined) return undefined;
    const token = openToken(payload, keys.encryption, place(Number(fence)));
    if (token === undefined) {
      report(
        'found a record that it cannot decrypt: it is treated as absent and will be overwritten',
      );
      return undefined;
    }
    return { token, remainingMs: Number(left), fence: Number(fence) };
  }

  async function begin(request: BeginRequest, unreadable = ''): Promise<BeginAnswer> {
    const { owner, leaseMs, inHand, minRemainingMs } = request;
    const [kind, ...rest] = await run(
      BEGIN,
      owner,
      milliseconds(leaseMs),
      milliseconds(minRemainingMs),
      inHand === undefined ? '' : keys.hashOf(inHand.value),
      inHand?.rejected === true ? '1' : '0',
      unreadable,
      keys.credentialsHash,
    );
    switch (kind) {
      case 'token': {
        const record = recordFrom(rest);
        if (record !== undefined) return { kind: 'token', ...record };
        // Ask again, ignoring the unreadable record: that leads to a lease, and the commit overwrites the record.
        const [fence = ''] = rest;
        if (fence === unreadable)
          throw new Error('Redis returned the same unreadable record again.');
        return begin(request, fence);
      }
      case 'cooling':
        return coolingFrom(rest);
      case 'held':
        return { kind: 'held', remainingMs: Number(rest[0]) };
      case 'lead':
        lease = { owner: request.owner, moment: momentOf(rest[2]) };
        return { kind: 'lead', fence: Number(rest[0]), failures: Number(rest[1]) };
      default:
        throw new Error('The Redis script "begin" returned an unknown answer.');
    }
  }

  function coolingFrom([remaining, ...rest]: readonly string[]): BeginAnswer {
    const [cause, code = '', status = '', retryable, failures, ...record] = rest;
    return {
      kind: 'cooling',
      remainingMs: Number(remaining),
      failure: {
        cause: sharedCause(cause),
        code,
        status: status === '' ? undefined : Number(status),
        retryable: retryable === '1',
        failures: Number(failures),
      },
      fallback: recordFrom(record),
    };
  }

  return {
    begin: (request) => begin(request),

    async commit({ owner, fence: given, token, remainingMs, onlyIfAbsent }: CommitRequest) {
      // The fence is encrypted with the token, so it is needed first; without a lease that takes an extra step.
      const { fence, moment, spentMs } =
        given === undefined ? await takeFence() : lead(owner, given);
      const [key] = keys.encryption;
      if (key === undefined) throw new Error('There is no key to encrypt with.');
      const [kind, ...record] = await run(
        COMMIT,
        owner,
        String(fence),
        milliseconds(remainingMs - spentMs),
        keys.hashOf(token.value),
        sealToken(token, key, place(fence)),
        onlyIfAbsent === true ? '1' : '0',
        moment === undefined ? '' : String(Math.round(redisTime(moment) + LATEST_MS)),
      );
      if (kind === 'late') throw new Error('The commit reached Redis too late.');
      return kind === 'committed'
        ? { kind: 'committed', fence }
        : { kind: 'superseded', record: recordFrom(record) };
    },

    async fail({ owner, failure, coolMs }) {
      const { cause, code, status, retryable, failures } = failure;
      await run(
        FAIL,
        owner,
        String(Math.max(0, Math.floor(coolMs))),
        String(cause === 'credentials' ? Math.floor(coolMs * CREDENTIALS_MEMORY) : 0),
        cause,
        code,
        status === undefined ? '' : String(status),
        retryable ? '1' : '0',
        String(failures),
        keys.credentialsHash,
      );
    },

    reject: async (value) => foundIn(await run(READ, keys.hashOf(value)), value),
    read: async () => foundIn(await run(READ, '')),

    async renew({ owner, leaseMs }) {
      const [kind] = await run(RENEW, owner, milliseconds(leaseMs));
      return kind === 'renewed';
    },

    async release(owner) {
      await run(RELEASE, owner);
    },

    async clear() {
      await run(CLEAR);
    },

    ...(hints === undefined
      ? {}
      : { subscribe: (listener: (fence: number) => void) => hints.listen(channel, listener) }),
  };

  function lead(owner: string, fence: number) {
    return { fence, moment: lease?.owner === owner ? lease.moment : undefined, spentMs: 0 };
  }

  async function takeFence() {
    const askedAt = performance.now();
    const [fence, time] = await run(TAKE_FENCE);
    const spentMs = performance.now() - askedAt;
    // The client held the query back until an outage ended: there may be a newer token by now.
    if (spentMs > LATEST_MS) throw new Error('Redis answered too late.');
    return { fence: Number(fence), moment: momentOf(time), spentMs };
  }

  function foundIn([kind, ...rest]: readonly string[], not?: string): StoredRecord | undefined {
    const record = kind === 'token' ? recordFrom(rest) : undefined;
    return record?.token.value === not ? undefined : record;
  }
}

/** A duration for Redis: a whole number of at least 1, since 0 is an error there. */
function milliseconds(ms: number): string {
  return String(Math.max(1, Math.floor(ms)));
}

function sharedCause(cause: string | undefined): SharedFailure['cause'] {
  return cause === 'server-set' || cause === 'credentials' ? cause : 'transient';
}
