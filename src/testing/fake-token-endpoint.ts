import axios, { AxiosError, AxiosHeaders, type AxiosAdapter, type AxiosResponse } from 'axios';

import { checkOptions } from '../errors/check-options.js';
import { aFunction, having } from '../errors/option-rules.js';
import { systemClock, type Clock } from '../platform/clock.js';
import { OpenCall, type ArrivedCall, type FakeTokenCall } from './fake-token-call.js';
import { json, sandboxFailure } from './sandbox/answers.js';
import { createFaults, type FaultSwitches } from './sandbox/faults.js';
import { openHttpListener, type HttpListener } from './sandbox/http-listener.js';
import { createLifetimeNotation, type LifetimeSwitches } from './sandbox/lifetime-notation.js';
import { createTokenLedger, type TokenState, type TokenSwitches } from './sandbox/token-ledger.js';

/** A token as a {@link FakeTokenEndpoint} writes it into an answer. */
export interface FakeToken {
  /** The token itself. */
  readonly token: string;
  /** Its life in seconds, or what `writeLifetimeAs()` and `omitLifetime()` put there. */
  readonly expiresIn: unknown;
  /** The requested scope, if any. */
  readonly scope?: unknown;
}

/** Settings of {@link createFakeTokenEndpoint}. */
export interface FakeTokenEndpointOptions {
  /**
   * The clock by which tokens expire and delays pass. Pass the token source's clock to move both by hand.
   *
   * @defaultValue real time
   */
  readonly clock?: Pick<Clock, 'now' | 'schedule'>;
  /**
   * Writes the body of an answer, if your provider's looks different.
   *
   * @defaultValue that of RFC 6749, section 5.1
   */
  readonly toBody?: (token: FakeToken) => object;
}

/**
 * A token endpoint controlled by a test, with the switches of the sandbox. It accepts any token request, of any provider, and
 * answers with a token.
 */
export interface FakeTokenEndpoint
  extends FaultSwitches<FakeTokenCall>, TokenSwitches, LifetimeSwitches {
  /** Takes the place of the network: `createTokenSource(provider, { transport: { adapter: endpoint.adapter } })`. */
  readonly adapter: AxiosAdapter;
  /** Listens on a free port of 127.0.0.1 as well, and resolves with the token URL. Every other path is the same endpoint. */
  listen(): Promise<string>;
  /** What arrived, oldest first. */
  readonly calls: readonly FakeTokenCall[];
  /** The call that came last. @throws Error if there was none yet */
  readonly lastCall: FakeTokenCall;
  /**
   * Answers instead of the endpoint; `count` numbers the calls from 1. A call that it leaves open waits until the test answers it.
   * `undefined`: each call is issued a token.
   */
  onCall: ((call: FakeTokenCall, count: number) => void) | undefined;
  /** Every token that was issued, oldest first. */
  readonly issuedTokens: readonly string[];
  /** The tokens that are valid right now, oldest first. */
  readonly liveTokens: readonly string[];
  /** The current state of a token: whether your fake API should accept it. */
  tokenState(token: string): TokenState;
  /** Resets everything to its state at the start, and releases what waits. The address stays. */
  reset(): void;
  /** Closes the port and cuts hanging calls. Safe to call twice, and not needed without {@link FakeTokenEndpoint.listen}. */
  readonly close: () => Promise<void>;
  /** The same as {@link FakeTokenEndpoint.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a fake token endpoint. It opens no port unless you call `listen()`.
 *
 * @example
 * ```ts
 * const endpoint = createFakeTokenEndpoint();
 * endpoint.failNext(1, { status: 429, headers: { 'retry-after': '30' } });
 * const tokens = createTokenSource(provider, { transport: { adapter: endpoint.adapter } });
 * ```
 * @throws `MisconfigurationError` for an unknown option
 */
export function createFakeTokenEndpoint(options: FakeTokenEndpointOptions = {}): FakeTokenEndpoint {
  checkOptions(
    options,
    { clock: having('now', 'schedule'), toBody: aFunction },
    { of: 'a fake token endpoint' },
  );
  const { clock = systemClock, toBody = standardBody } = options;
  const faults = createFaults<FakeTokenCall>();
  const lifetime = createLifetimeNotation();
  const ledger = createTokenLedger({
    now: () => clock.now(),
    lifetimeSeconds: 3600,
    write: ({ serial }) => `fake-token-${serial}`,
  });
  const calls: FakeTokenCall[] = [];

  function tokenAnswer({ params }: FakeTokenCall, given: string | undefined, fields: object) {
    const { scope } = params;
    const { token, lifetimeSeconds } = ledger.issue({ scope: String(scope) }, given);
    const expiresIn = lifetime.field(lifetimeSeconds);
    return json(200, { ...toBody({ token, expiresIn, scope }), ...fields });
  }

  /** An error in the test's own functions must not end the process that runs it. */
  function answer(call: OpenCall, count: number): void {
    try {
      if (endpoint.onCall === undefined) call.issue();
      else endpoint.onCall(call, count);
    } catch (error) {
      call.send(sandboxFailure(error));
    }
  }

  function receive(arrived: ArrivedCall): void {
    const call = new OpenCall(arrived, {
      at: clock.now(),
      tokenAnswer,
      delayFor: (call) => faults.delayFor(call),
      schedule: (send, delayMs) => clock.schedule(send, delayMs, { keepAlive: true }),
    });
    const count = calls.push(call);
    const judge = () => {
      if (call.isOver) return;
      const verdict = faults.verdict();
      if (verdict === 'reset') call.cut();
      else if (verdict !== 'pass') call.send(verdict);
      else answer(call, count);
    };
    const gate = faults.gate(call);
    if (gate === undefined) judge();
    else void gate.then(judge);
  }

  let listening: Promise<HttpListener> | undefined;
  const close = async () => (await listening)?.close();
  const endpoint: FakeTokenEndpoint = {
    ...faults,
    ...lifetime,
    ...ledger,
    onCall: undefined,
    adapter: adapterFor(receive),
    async listen() {
      listening ??= listenFor(receive, clock);
      return `${(await listening).origin}/token`;
    },
    calls,
    get lastCall() {
      const last = calls.at(-1);
      if (last === undefined) throw new Error('No token call has arrived yet.');
      return last;
    },
    get issuedTokens() {
      return ledger.issuedTokens;
    },
    get liveTokens() {
      return ledger.liveTokens;
    },
    tokenState: (token) => ledger.state(token),
    reset() {
      endpoint.onCall = undefined;
      faults.recover();
      lifetime.reset();
      ledger.reset();
      calls.length = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return endpoint;
}

function standardBody({ token, expiresIn, scope }: FakeToken): object {
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope };
}

// ---- the two ways in ---------------------------------------------------------------------------------------------

function adapterFor(receive: (arrived: ArrivedCall) => void): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const cut = (code: string) => reject(new AxiosError(`connect ${code}`, code, config));
      const { signal, validateStatus } = config;
      signal?.addEventListener?.('abort', () => cut(AxiosError.ERR_CANCELED));
      receive({
        method: (config.method ?? 'get').toUpperCase(),
        url: axios.getUri(config),
        headers: inLowerCase(config.headers.toJSON()),
        body: String(config.data ?? ''),
        isGone: () => signal?.aborted === true,
        cut,
        send: ({ status, headers = {}, body = '' }) => {
          const answer = { status, statusText: '', data: body, config, request: {} };
          const response: AxiosResponse = { ...answer, headers: new AxiosHeaders(headers) };
          const { ERR_BAD_REQUEST } = AxiosError;
          if (validateStatus?.(status) ?? true) resolve(response);
          else reject(new AxiosError(`Status ${status}`, ERR_BAD_REQUEST, config, {}, response));
        },
      });
    });
}

function listenFor(
  receive: (arrived: ArrivedCall) => void,
  { now }: Pick<Clock, 'now'>,
): Promise<HttpListener> {
  return openHttpListener({ host: '127.0.0.1', port: 0, now }, (message, body, reply) => {
    const { method = 'GET', url = '/', headers, socket } = message;
    receive({
      method,
      url: new URL(url, `http://${headers.host}`).href, // A proxy gets an absolute one.
      headers: headers as Record<string, string>, // Only servers set those that Node joins into a list.
      body: body.toString(),
      isGone: () => socket.destroyed,
      cut: () => reply.reset(),
      send: (answer) => reply.send(answer),
    });
  });
}

function inLowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
