import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { FakeClock } from '../../src/testing/fake-clock.js';
import { isPast, later, type Instant } from '../../src/token/instant.js';
import type { Order } from './order.js';
import type { EndpointMode, Key, Manner } from './steps.js';

interface Issued {
  readonly key: Key;
  readonly expiresAtServer: number;
  /** When it is over at the latest by what the answers said, counted from when they were asked for. */
  readonly deadlines: Instant[];
  /** The life that each of those answers stated. */
  readonly lives: number[];
  /** How often the source had been cleared when it was asked for last. */
  epoch: number;
  /** How often the endpoint has returned it. */
  timesReturned: number;
  revoked: boolean;
  /** A clock jumped while it was asked for. */
  isOfUncertainAge: boolean;
}

interface Call {
  readonly key: Key;
  readonly epoch: number;
  /** Answered, or given up. */
  isOver: boolean;
}

/** What is remembered of a call until it is answered. */
interface Asked {
  readonly sentAt: Instant;
  readonly epoch: number;
  readonly jumps: number;
}

/** Who is told of the calls. */
interface Listener {
  onCall(key: Key): void;
  /** A call is over, and may have brought a token: a refusal has not, unless it speaks of the limit itself. */
  onSpent(secret: number): void;
  /** A call is over, and brought no good token. */
  onTrouble(): void;
}

type Answer = [status: number, body: unknown, headers?: Record<string, string>];

/** An authorization server and its API: what it issued, what it accepts, and what it does with the next calls. */
export class FakeProvider {
  mode: EndpointMode = { kind: 'token', lifeSeconds: 60 };
  manner: Manner = 'slow';
  callCount = 0;
  /** Counts the calls of `clear()`: whatever was asked for before one must not be used after it. */
  epoch = 0;
  /** The secret that the endpoint accepts. */
  secret = 1;
  /** How often a clock has jumped: of a token call that was under way then nothing tells for certain how long it took. */
  jumps = 0;
  readonly issued = new Map<string, Issued>();
  readonly #calls: Call[] = [];
  #suspendedMs = 0;

  constructor(
    readonly clock: FakeClock,
    readonly scheduler: Order,
    readonly listener: Listener,
  ) {}

  get hasShortTokens(): boolean {
    return this.mode.kind === 'token' && (this.mode.lifeSeconds ?? 3600) < 600;
  }

  suspend(ms: number): void {
    this.#suspendedMs += ms;
  }

  /** Calls that may yet issue a token. */
  get unanswered(): number {
    return this.#calls.filter(({ isOver }) => !isOver).length;
  }

  /** Calls that somebody waits for. */
  underWay(key: Key): number {
    return this.#calls.filter(
      (call) => call.key === key && call.epoch === this.epoch && !call.isOver,
    ).length;
  }

  revokeAll(): void {
    for (const token of this.issued.values()) token.revoked = true;
  }

  accepts(value: string): boolean {
    const token = this.issued.get(value);
    return token !== undefined && !token.revoked && this.#now() < token.expiresAtServer;
  }

  readonly adapter = (config: InternalAxiosRequestConfig): Promise<never> => {
    const { key, secret } = JSON.parse(config.data as string) as { key: Key; secret: number };
    const sentAt = { wallMs: this.clock.now(), monoMs: this.clock.monotonic() };
    const call: Call = { key, epoch: this.epoch, isOver: false };
    this.#calls.push(call);
    this.callCount += 1;
    if (this.#calls.length > 50) this.#calls.splice(0, 25);
    this.listener.onCall(key);
    const { mode, manner, epoch, jumps } = this;
    return new Promise((resolve, reject) => {
      const end = ({ isGood, isSpent }: { isGood: boolean; isSpent: boolean }) => {
        if (call.isOver) return;
        call.isOver = true;
        if (!isGood) this.listener.onTrouble();
        if (isSpent) this.listener.onSpent(secret);
      };
      (config.signal as AbortSignal).addEventListener('abort', () => {
        end({ isGood: false, isSpent: true });
        if (manner !== 'deaf') reject(new AxiosError('canceled', AxiosError.ERR_CANCELED, config));
      });
      if (mode.kind === 'hangs') return;
      const answerable =
        manner === 'prompt'
          ? Promise.resolve()
          : this.scheduler.schedule(Promise.resolve(), 'the token endpoint');
      void answerable.then(() => {
        if (mode.kind === 'reset') {
          end({ isGood: false, isSpent: true });
          reject(new AxiosError('reset', 'ECONNRESET', config));
          return;
        }
        const [status, body, headers = {}] = this.#answer(mode, key, secret, {
          sentAt,
          epoch,
          jumps,
        });
        end({
          isGood: status === 200 && !this.#isOverOnArrival(body),
          isSpent: status < 400 || status === 429,
        });
        const data = typeof body === 'string' ? body : JSON.stringify(body);
        const answer = { status, statusText: '', data, config, request: {} };
        resolve({ ...answer, headers: new AxiosHeaders(headers) } as never);
      });
    });
  };

  #answer(mode: EndpointMode, key: Key, secret: number, asked: Asked): Answer {
    if (secret !== this.secret) return [401, { error: 'invalid_client' }];
    switch (mode.kind) {
      case 'token':
        return [200, this.#issue(key, mode.lifeSeconds, asked)];
      case 'same token':
        return [200, this.#issueAgain(key, asked)];
      case 'expired token':
        return [200, { access_token: 'dead', expires_at: asked.sentAt.wallMs / 1000 - 60 }];
      case 'status':
        return [mode.status, ''];
      case 'rejects credentials':
        return [400, { error: 'invalid_client' }];
      case 'retry after': {
        const date = new Date(this.clock.now() + mode.seconds * 1000).toUTCString();
        return [mode.status, '', { 'retry-after': mode.asDate ? date : String(mode.seconds) }];
      }
      default:
        return [200, '<html>'];
    }
  }

  #issue(key: Key, lifeSeconds: number | undefined, { sentAt, epoch, jumps }: Asked): object {
    const value = `token-${this.issued.size + 1}`;
    const lifeMs = (lifeSeconds ?? Infinity) * 1000;
    const deadlines = [later(sentAt, lifeMs)];
    const expiresAtServer = this.#now() + lifeMs;
    this.issued.set(value, {
      key,
      expiresAtServer,
      deadlines,
      lives: [lifeMs],
      revoked: false,
      epoch,
      timesReturned: 1,
      isOfUncertainAge: jumps !== this.jumps,
    });
    return { access_token: value, expires_in: lifeSeconds };
  }

  #issueAgain(key: Key, asked: Asked): object {
    const last = [...this.issued].reverse().find(([, token]) => token.key === key);
    if (last === undefined || this.#now() >= last[1].expiresAtServer)
      return this.#issue(key, 60, asked);
    const [value, { expiresAtServer, deadlines, lives }] = last;
    const restMs = expiresAtServer - this.#now();
    last[1].epoch = Math.max(last[1].epoch, asked.epoch);
    last[1].timesReturned += 1;
    last[1].isOfUncertainAge ||= asked.jumps !== this.jumps;
    deadlines.push(later(asked.sentAt, restMs));
    lives.push(restMs);
    return { access_token: value, ...(restMs < Infinity ? { expires_in: restMs / 1000 } : {}) };
  }

  #isOverOnArrival(body: unknown): boolean {
    const { access_token } = body as { access_token?: string };
    const now = { wallMs: this.clock.now(), monoMs: this.clock.monotonic() };
    const deadline = this.issued.get(access_token ?? '')?.deadlines.at(-1);
    return deadline === undefined || isPast(deadline, now);
  }

  /** The server's own clock, which neither jumps nor sleeps. */
  #now(): number {
    return this.clock.monotonic() + this.#suspendedMs;
  }
}
