import { inspect } from 'node:util';

import type { Answer } from './sandbox/answers.js';
import { toAnswer } from './sandbox/faults.js';

/** A call of a fake token endpoint. Everything can be read by name; printed, it shows no value that it carried. */
export interface FakeTokenCall {
  /** When it arrived, by the endpoint's clock, in epoch milliseconds. */
  readonly at: number;
  /** Method in capitals. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Headers with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly body: string;
  /** The fields of the body, which is a form or a JSON object; none for anything else. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether the caller gave up before getting an answer. */
  readonly aborted: boolean;
  /** Whether nothing more can happen to it: it was answered or cut, or the caller gave up. */
  readonly isOver: boolean;
  /**
   * Answers with a new token.
   *
   * @param token - made up by default: `fake-token-1`, `fake-token-2` and so on
   * @param fields - replace those in the body, or add to them
   */
  issue(token?: string, fields?: object): void;
  /** Answers with anything: a string is sent unchanged, anything else as JSON. */
  answer(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): void;
  /**
   * Ends it with a network error instead of an answer. Over HTTP that is always a reset connection.
   *
   * @param code - `ECONNRESET` by default
   */
  cut(code?: string): void;
}

/** What arrived, and how to answer it, by HTTP or through the adapter. */
export interface ArrivedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  isGone(): boolean;
  send(answer: Answer): void;
  cut(code: string): void;
}

/** What a call needs from its endpoint. */
export interface CallDesk {
  readonly at: number;
  /** The answer with a new token. */
  tokenAnswer(call: FakeTokenCall, token: string | undefined, fields: object): Answer;
  /** How many milliseconds late answers are. */
  delayFor(call: FakeTokenCall): number;
  schedule(callback: () => void, delayMs: number): unknown;
}

export class OpenCall implements FakeTokenCall {
  readonly #arrived: ArrivedCall;
  readonly #desk: CallDesk;
  #isEnded = false;

  constructor(arrived: ArrivedCall, desk: CallDesk) {
    this.#arrived = arrived;
    this.#desk = desk;
  }

  get at() {
    return this.#desk.at;
  }
  get method() {
    return this.#arrived.method;
  }
  get url() {
    return this.#arrived.url;
  }
  get headers() {
    return this.#arrived.headers;
  }
  get body() {
    return this.#arrived.body;
  }
  get params() {
    return paramsOf(this.#arrived);
  }
  get aborted() {
    return !this.#isEnded && this.#arrived.isGone();
  }
  get isOver() {
    return this.#isEnded || this.#arrived.isGone();
  }

  issue(token?: string, fields: object = {}): void {
    if (!this.isOver) this.send(this.#desk.tokenAnswer(this, token, fields));
  }

  answer(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.send(toAnswer({ status, body, headers }));
  }

  send(answer: Answer): void {
    this.#end(() => {
      const delayMs = this.#desk.delayFor(this);
      if (delayMs > 0) this.#desk.schedule(() => this.#arrived.send(answer), delayMs);
      else this.#arrived.send(answer);
    });
  }

  cut(code = 'ECONNRESET'): void {
    this.#end(() => this.#arrived.cut(code));
  }

  #end(deed: () => void): void {
    if (this.isOver) return;
    this.#isEnded = true;
    deed();
  }

  /** The names of the fields, without a value: there may be secrets among them. */
  toJSON(): object {
    return { method: this.method, params: Object.keys(this.params) };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}

function paramsOf({ headers, body }: ArrivedCall): Readonly<Record<string, unknown>> {
  if (!/\bjson\b/.test(headers['content-type'] ?? ''))
    return Object.fromEntries(new URLSearchParams(body));
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
