import { MisconfigurationError } from '../../errors/index.js';
import { createSignal, type Signal } from '../signal.js';
import { json, type Answer } from './answers.js';
import type { SandboxRequest } from './sandbox-request.js';

/** An answer that replaces the provider's own. */
export interface FaultAnswer {
  /** HTTP status. */
  status: number;
  /** A string is sent unchanged, anything else as JSON. @defaultValue an empty body */
  body?: unknown;
  /** Response headers, such as `retry-after`. */
  headers?: Record<string, string>;
}

/** A request that is held until the test releases it. */
export interface HeldRequest<Request = SandboxRequest> {
  /** Resolves when a request has arrived and is held. */
  readonly arrived: Promise<Request>;
  /** Releases the request. It is processed only now, so a token that became invalid meanwhile is refused. */
  release(): void;
}

/**
 * Ways to disturb one endpoint.
 *
 * A disturbance lasts until {@link FaultSwitches.recover}; a later one replaces an earlier one, but a delay adds to it.
 * Delays of the sandbox are in real time, because its traffic is real.
 */
export interface FaultSwitches<Request = SandboxRequest> {
  /** Writes every answer that many milliseconds late; the request itself is judged on arrival. */
  delay(ms: number | ((request: Request) => number)): void;
  /** Answers the next `times` requests this way, then continues as before. Calls add up, in order. */
  failNext(times: number, answer: FaultAnswer): void;
  /** Answers every request this way. @throws `MisconfigurationError` if the answer is not an object with a status */
  fail(answer: FaultAnswer): void;
  /** Accepts requests without answering; `recover` answers those that wait. */
  hang(): void;
  /** Resets the connection of every request. */
  resetConnections(): void;
  /** Resets the connection of the next `times` requests. */
  resetNext(times: number): void;
  /** Answers every request with this text, well-formed or not; by default as JSON with status 200. */
  answerRaw(text: string, options?: { status?: number; headers?: Record<string, string> }): void;
  /** Holds the next request that no other switch has claimed, so that a test can control the order of events. */
  holdNext(): HeldRequest<Request>;
  /** Ends every disturbance and releases every hanging and held request. */
  recover(): void;
}

/** How a request ends: with the provider's answer, another answer, or a cut connection. */
export type Verdict = Answer | 'pass' | 'reset';

/** The switches, and what the server needs from them. */
export interface Faults<Request = SandboxRequest> extends FaultSwitches<Request> {
  /** A promise to wait for before judging the request, or `undefined` to continue at once. */
  gate(request: Request): Promise<void> | undefined;
  verdict(): Verdict;
  delayFor(request: Request): number;
}

/** Creates the switches of one endpoint; at first nothing is disturbed. */
export function createFaults<Request = SandboxRequest>(): Faults<Request> {
  let delayOf: number | ((request: Request) => number) = 0;
  let standing: Verdict = 'pass';
  let next: { times: number; readonly verdict: Verdict }[] = [];
  let holds: { readonly arrive: (request: Request) => void; readonly over: Promise<void> }[] = [];
  const releases = new Set<() => void>();
  let hanging: Signal | undefined;

  function disturb(verdict: Verdict): void {
    standing = verdict;
    hanging?.resolve();
    hanging = undefined;
  }

  function disturbNext(times: number, verdict: Verdict): void {
    if (times > 0) next.push({ times, verdict });
  }

  return {
    delay(ms) {
      delayOf = ms;
    },
    failNext(times, answer) {
      disturbNext(times, toAnswer(answer));
    },
    fail(answer) {
      disturb(toAnswer(answer));
    },
    hang() {
      disturb('pass');
      hanging = createSignal();
    },
    resetConnections() {
      disturb('reset');
    },
    resetNext(times) {
      disturbNext(times, 'reset');
    },
    answerRaw(text, { status = 200, headers = {} } = {}) {
      disturb({ status, headers: { 'content-type': 'application/json', ...headers }, body: text });
    },
    holdNext() {
      const arrival = createSignal<Request>();
      const over = createSignal();
      const hold = { arrive: arrival.resolve, over: over.promise };
      const release = () => {
        releases.delete(release);
        holds = holds.filter((other) => other !== hold);
        over.resolve();
      };
      releases.add(release);
      holds.push(hold);
      return { arrived: arrival.promise, release };
    },
    recover() {
      delayOf = 0;
      next = [];
      disturb('pass');
      for (const release of releases) release();
    },
    gate(request) {
      const hold = holds.shift();
      if (hold === undefined) return hanging?.promise;
      hold.arrive(request);
      return hold.over;
    },
    verdict() {
      const first = next[0];
      if (first === undefined) return standing;
      first.times -= 1;
      if (first.times <= 0) next.shift();
      return first.verdict;
    },
    delayFor: (request) => (typeof delayOf === 'function' ? delayOf(request) : delayOf),
  };
}

export function toAnswer(answer: FaultAnswer): Answer {
  refuseOtherAnswers(answer);
  const { status, body, headers = {} } = answer;
  if (body === undefined) return { status, headers };
  if (typeof body === 'string') {
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
  }
  return json(status, body, headers);
}

function refuseOtherAnswers(answer: unknown): void {
  const status = (answer as Partial<FaultAnswer> | null | undefined)?.status;
  if (Number.isInteger(status) && Number(status) >= 100 && Number(status) <= 599) return;
  throw new MisconfigurationError({
    option: 'answer',
    problem: 'has no HTTP status',
    remedy: 'Pass an object with a status from 100 to 599, such as { status: 503 }.',
  });
}
