import { expect, test } from '@jest/globals';

import {
  MisconfigurationError,
  TokenAcquisitionError,
  TokenSourceClosedError,
  TokenWaitTimeoutError,
} from '../../src/errors/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import { acme, bench, ended, outcome, warmBench } from './hand-held.js';

test('behaviour 1: 100 callers who start at once share one token call', async () => {
  const { source, endpoint, settle, told } = bench();
  const callers = Array.from({ length: 100 }, () => source.getToken());
  await settle();
  expect(endpoint.calls).toHaveLength(1);

  endpoint.lastCall.issue('token-1');
  const tokens = await Promise.all(callers);
  expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['token-1']));
  expect(endpoint.calls).toHaveLength(1);
  expect(told('joined')).toHaveLength(99);
});

test('behaviour 1: a caller who comes when the token call is half done joins it, and one who comes later gets the token at once', async () => {
  const { source, endpoint, settle } = bench();
  const early = source.getToken();
  await settle();
  const late = source.getToken();
  endpoint.lastCall.issue('token-1');
  expect(await early).toBe(await late);
  expect(source.peek()).toBe(await early);
  expect(await source.getToken()).toBe(await early);
  expect(endpoint.calls).toHaveLength(1);
});

test('behaviour 2: 100 callers share the failure of one flight, and the next one after the cool-down starts anew', async () => {
  const { source, endpoint, settle, pass } = bench({ maxAttempts: 1 });
  const callers = Array.from({ length: 100 }, () => ended(source.getToken()));
  await settle();
  endpoint.lastCall.answer(500);
  const errors = await Promise.all(callers);
  expect(new Set(errors).size).toBe(1);
  expect(errors[0]).toBeInstanceOf(TokenAcquisitionError);
  expect(endpoint.calls).toHaveLength(1);

  await pass(800);
  const later = source.getToken();
  await settle();
  expect(endpoint.calls).toHaveLength(2);
  endpoint.lastCall.issue('token-2');
  expect((await later).value).toBe('token-2');
});

test('behaviour 3: the one who started the flight aborts, and the other still gets the token', async () => {
  const { source, endpoint, settle } = bench();
  const leader = new AbortController();
  const left = ended(source.getToken({ signal: leader.signal }));
  const stays = source.getToken();
  await settle();
  leader.abort(new Error('the leader left'));
  expect(await left).toEqual(new Error('the leader left'));
  expect(endpoint.lastCall.aborted).toBe(false);

  endpoint.lastCall.issue('token-1');
  expect((await stays).value).toBe('token-1');
});

test('behaviour 3: when all abort, no promise is left pending and the flight still ends', async () => {
  const { source, endpoint, clock, settle } = bench();
  const abort = new AbortController();
  const callers = [1, 2, 3].map(() => ended(source.getToken({ signal: abort.signal })));
  await settle();
  abort.abort();
  for (const error of await Promise.all(callers))
    expect(error).toMatchObject({ name: 'AbortError' });

  endpoint.lastCall.issue('token-1');
  await settle();
  expect(source.peek()?.value).toBe('token-1');
  expect(clock.pendingTimers).toBe(0);
});

test('behaviour 3: one caller runs out of time, and the other still gets the token', async () => {
  const { source, endpoint, pass } = bench();
  const hasty = ended(source.getToken({ timeoutMs: 50 }));
  const patient = source.getToken();
  await pass(50);
  const error = await hasty;
  expect(error).toBeInstanceOf(TokenWaitTimeoutError);
  expect(error).toMatchObject({ timeoutMs: 50, code: 'ERR_TOKEN_WAIT_TIMED_OUT' });

  endpoint.lastCall.issue('token-1');
  expect((await patient).value).toBe('token-1');
});

test('a caller whose signal has aborted already starts nothing', async () => {
  const { source, endpoint } = bench();
  expect(await outcome(source.getToken({ signal: AbortSignal.abort() }))).toMatchObject({
    name: 'AbortError',
  });
  expect(endpoint.calls).toHaveLength(0);
});

test('behaviour 4: the error says which provider, which phase, and whether and when to come back', async () => {
  const { source, endpoint, pass } = bench({ maxAttempts: 1 });
  const caller = ended(source.getToken());
  await pass(0);
  endpoint.lastCall.answer(503);
  expect(await caller).toMatchObject({
    provider: 'acme',
    phase: 'token request',
    retryable: true,
    retryInMs: 800,
    status: 503,
  });

  expect(await outcome(source.getToken())).toMatchObject({
    provider: 'acme',
    phase: 'cooling down',
    retryable: true,
    retryInMs: 800,
  });
  expect(endpoint.calls).toHaveLength(1);
});

test('clear() during a flight: waiting callers get a token that was fetched after it', async () => {
  const { source, endpoint, settle } = bench();
  const waiting = source.getToken();
  await settle();
  const overtaken = endpoint.lastCall;
  source.clear();
  await settle();
  expect(overtaken.aborted).toBe(true);
  expect(endpoint.calls).toHaveLength(2);

  overtaken.issue('token-from-before');
  endpoint.lastCall.issue('token-from-after');
  expect((await waiting).value).toBe('token-from-after');
  expect(source.peek()?.value).toBe('token-from-after');
});

test('clear() during a flight: an old answer that comes late does not overwrite the newer token', async () => {
  const { source, endpoint, settle } = bench();
  endpoint.deaf = true;
  const waiting = source.getToken();
  await settle();
  const overtaken = endpoint.lastCall;
  source.clear();
  await settle();
  endpoint.lastCall.issue('token-new');
  await waiting;
  overtaken.issue('token-old');
  await settle();
  expect(source.peek()?.value).toBe('token-new');
});

test('clear() during the flight of a token with parameters starts one flight, not two', async () => {
  // The waiting caller used to go on with an entry that clear() had dropped: two flights for one key.
  const { source, endpoint, settle } = bench();
  const params = { scope: 'calls' };
  const waiting = source.getToken({ params });
  await settle();
  source.clear();
  const newcomer = source.getToken({ params });
  await settle();
  expect(endpoint.calls.filter(({ isOver }) => !isOver)).toHaveLength(1);
  endpoint.lastCall.issue('token-2');
  expect(await waiting).toBe(await newcomer);
  expect(endpoint.calls).toHaveLength(2);
});

test('the first caller after clear() does not count as joining', () => {
  const { source, told } = bench();
  void source.getToken().catch(() => undefined);
  source.clear();
  void source.getToken().catch(() => undefined);
  expect(told('joined')).toHaveLength(0);
});

test('clear() does not lengthen a caller’s own time limit', async () => {
  const { source, pass } = bench();
  const caller = ended(source.getToken({ timeoutMs: 1_000 }));
  await pass(600);
  source.clear();
  await pass(400);
  expect(await caller).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT', timeoutMs: 1_000 });
});

test('a caller who leaves in the very moment of clear() leaves no failure unhandled', async () => {
  // A flight that nobody waited for any more used to end as an unhandled rejection.
  const { source, endpoint, settle } = bench({ maxAttempts: 1 });
  const abort = new AbortController();
  const caller = ended(source.getToken({ signal: abort.signal }));
  await settle();
  source.on('joined', () => abort.abort());
  const other = ended(source.getToken({ signal: abort.signal }));
  source.clear();
  await settle();
  for (const call of endpoint.calls) call.answer(500);
  expect(await caller).toMatchObject({ name: 'AbortError' });
  expect(await other).toMatchObject({ name: 'AbortError' });
  await settle();
});

test('close() during a flight rejects all waiting callers, and ends the call', async () => {
  const { source, endpoint, clock, settle } = bench();
  const callers = [1, 2].map(() => ended(source.getToken()));
  await settle();
  source.close();
  for (const error of await Promise.all(callers)) {
    expect(error).toBeInstanceOf(TokenSourceClosedError);
  }
  expect(endpoint.lastCall.aborted).toBe(true);
  expect(clock.pendingTimers).toBe(0);
  expect(await outcome(source.getToken())).toMatchObject({ code: 'ERR_TOKEN_SOURCE_CLOSED' });
  expect(source.peek()).toBeUndefined();
});

test('close() ends a call even if the adapter ignores the signal', async () => {
  const { source, endpoint, clock, settle } = bench();
  endpoint.deaf = true;
  const caller = ended(source.getToken());
  await settle();
  source.close();
  expect(await caller).toBeInstanceOf(TokenSourceClosedError);
  expect(clock.pendingTimers).toBe(0);
});

test('behaviour 40: two sources of one provider share nothing', async () => {
  const { source, endpoint } = await warmBench();
  const other = createTokenSource(acme(), { transport: { adapter: endpoint.adapter } });
  expect(source.peek()?.value).toBe('token-1');
  expect(other.peek()).toBeUndefined();
});

test('refuses something that is not a provider', () => {
  expect(() => createTokenSource({ name: 'acme' } as never)).toThrow(MisconfigurationError);
});

test.each([
  ['attemptTimeoutMs', 0],
  ['flightTimeoutMs', Number.NaN],
  ['maxAttempts', -1],
  ['maxStaleMs', '5'],
  ['maxEntries', Infinity],
  ['maxAttempts', 2.5],
  ['onCredentialsRejected', 'Drop'],
  ['keepWarm', 1],
  ['singleActiveToken', 'yes'],
  ['earlyWindow', 60_000],
  ['toString', 1],
])('refuses the option %s: %p, and names it', (name, value) => {
  expect(() => createTokenSource(acme(), { [name]: value })).toThrow(`options.${name}`);
});

test('the error for an unknown option lists the known ones; an option that is undefined is left out', () => {
  expect(() => createTokenSource(acme(), { earlyWindow: 60 } as never)).toThrow(
    /earlyWindow is not an option of a token source\. Did you mean `earlyWindowMs`\? Known options: earlyWindowMs, /,
  );
  const left = { earlyWindow: undefined, maxAttempts: undefined } as never;
  expect(createTokenSource(acme(), left).provider.name).toBe('acme');
});

test('a timeout of zero or less fails at once, and starts a refresh for the others', async () => {
  const { source, endpoint, pass } = bench();
  const asked = ended(source.getToken({ timeoutMs: -1 }));
  await pass(1);
  expect(await asked).toMatchObject({ code: 'ERR_TOKEN_WAIT_TIMED_OUT' });
  expect(endpoint.calls).toHaveLength(1);
});
