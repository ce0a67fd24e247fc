import { Axios, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { holdersOf, quietly, read } from '../concealment/any-object.js';
import type { AccessToken } from '../token/access-token.js';
import { waitFor } from '../platform/waiting.js';
import { answerIn, answerOf, isAboutOurToken, type Answer } from './answer.js';
import { watchAnswer } from './answer-watch.js';
import { asAxiosFailure, asTimeout, remainingMs, timedOut, withAbortSignal } from './deadline.js';
import type { Sent } from './exchange.js';
import { configsOf, giveBack } from './give-back.js';
import { removeOurs, writeToken } from './placed-token.js';
import type { Rejection } from './rejection.js';
import { proveSends } from './proven-send.js';
import { discard, fitHeaders, type ReplayBody } from './replay-body.js';
import { noteRefusal, type ReplayRefusal } from '../resource-call/replay-refusal.js';
import { isRejection } from './token-rejection.js';
import { readableHeaders } from './writable-config.js';

type Config = InternalAxiosRequestConfig;

/**
 * Sends a request once more with a new token and the same bytes, bypassing all interceptors of the instance.
 *
 * @throws the rejection itself if the request cannot be sent again, so that the caller gets the original answer
 */
export async function replay(rejection: Rejection): Promise<AxiosResponse> {
  const { sent: first, body } = rejection;
  const { source, onReplay } = first.attachment;
  const token = await inTime(rejection, rejection.withoutToken, ({ signal, leftMs }) =>
    source.getToken({
      signal,
      timeoutMs: leftMs,
      params: first.params,
      not: first.token.value,
    }),
  );
  let again = nextConfig(first, token, body);
  if (onReplay !== undefined) {
    const { clock } = source;
    await inTime(rejection, 'replay-hook-failed', async ({ signal, leftMs, late }) => {
      const until = leftMs === undefined ? undefined : clock.monotonic() + leftMs;
      const waited = await waitFor((async () => onReplay(again))(), { signal, until, clock });
      if (waited.kind !== 'done') throw late;
    });
    // The hook may have left a frozen config, or any headers that axios accepts.
    again = { ...again, headers: ownHeaders(again) };
  }
  // The hook may have changed the destination to one where the token must not go.
  if (first.attachment.guard.destinationOf(again) !== 'own') removeOurs(again);
  if (again.data !== body.data) again.headers.delete('Content-Length'); // The hook replaced the body.
  const leftMs = timeLeft(rejection);
  if (leftMs !== undefined) again.timeout = asTimeout(leftMs);
  discard(rejection.response.data);
  return send(rejection, token, again);
}

/** The config of the replay: the first one with the new token. */
function nextConfig(first: Sent, token: AccessToken, body: ReplayBody): Config {
  const { data } = body;
  const headers = ownHeaders(first.config);
  fitHeaders(headers, body);
  // axios-mock-adapter removes itself from each config that it answers. Without it the replay would really be sent.
  const adapter = first.config.adapter ?? first.attachment.defaults?.adapter;
  const again = { ...first.config, ...(adapter && { adapter }), data, headers };
  removeOurs(again);
  writeToken(first.attachment.place, again, token);
  return again;
}

/** A copy of the headers, with the methods of axios's. */
function ownHeaders({ headers }: Config): AxiosHeaders {
  return new AxiosHeaders({ ...readableHeaders(headers) });
}

async function send(
  rejection: Rejection,
  token: AccessToken,
  again: Config,
): Promise<AxiosResponse> {
  const { sent: first } = rejection;
  const watch = watchAnswer(again);
  first.attachment.redirects?.watch(again);
  const sent: Sent = { ...first, config: again, token, watch, usedTimeout: again.timeout };
  proveSends(sent);
  const dispatch: Dispatch = { config: undefined, transformRequest: sendAsItIs };
  // Replaces the transforms that produced these bytes.
  function sendAsItIs(this: Config, bytes: unknown) {
    dispatch.config = this;
    return bytes;
  }
  again.transformRequest = sendAsItIs;
  try {
    const response = await new Axios({}).request<unknown, AxiosResponse>(again);
    afterReplay(sent, rejection, dispatch, response, () => answerIn(response));
    return response;
  } catch (error) {
    afterReplay(sent, rejection, dispatch, error, () => answerOf(error, watch?.seen()));
    throw error;
  }
}

/** The config that axios made for the replay, and our transform in it. */
interface Dispatch {
  config: Config | undefined;
  readonly transformRequest: unknown;
}

/** Reports the second answer to the token source, and restores the config of the first send in it. Never throws. */
function afterReplay(
  sent: Sent,
  { sent: first, forcedMint }: Rejection,
  dispatch: Dispatch,
  outcome: unknown,
  readAnswer: () => Answer | undefined,
): void {
  quietly(() => settle(sent, readAnswer(), forcedMint, outcome, first.config));
  giveBack({ ...sent, config: dispatch.config ?? sent.config }, outcome);
  const { transformRequest } = first.config;
  for (const config of configsOf(outcome)) {
    quietly(() => {
      if (config.transformRequest !== dispatch.transformRequest) return;
      if (transformRequest === undefined) delete config.transformRequest;
      else config.transformRequest = transformRequest;
    });
  }
  quietly(() => renameConfig(first, dispatch.config, outcome));
}

/** Reports the replay's outcome to the token source, and notes on a second 401 why it was not healed. */
function settle(
  sent: Sent,
  answer: Answer | undefined,
  forcedMint: number | undefined,
  ...holders: readonly unknown[]
): void {
  if (answer === undefined) return;
  const { attachment, token, params, config } = sent;
  const { source } = attachment;
  const accepted = !isRejection(source.provider, answer, config);
  // A server error says nothing about the token.
  const speaksForToken = answer.status < 500;
  source.replayed({ accepted, params, forcedMint: speaksForToken ? forcedMint : undefined });
  if (accepted) return;
  if (isAboutOurToken(sent, answer)) source.reject(token.value, { on: 'replay', params });
  noteRefusal('already-replayed', ...holders);
  source.emit('replayRefused', { because: 'already-replayed' });
}

/**
 * Puts the config of the first send, updated from the second, into the outcome. So an app that stores something by config finds
 * it, and a config that is sent again is the caller's.
 */
function renameConfig(first: Sent, dispatched: Config | undefined, outcome: unknown): void {
  if (dispatched === undefined) return;
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- made for the one send
  const { transformRequest, beforeRedirect, ...changed } = dispatched;
  Object.assign(first.config, changed);
  const holders = holdersOf(outcome).filter((holder) => read(holder, 'config') === dispatched);
  const isWritable = (holder: object) =>
    Object.getOwnPropertyDescriptor(holder, 'config')?.writable === true;
  // All of them must reference the same config, as with bare axios.
  if (holders.every(isWritable)) for (const holder of holders) holder.config = first.config;
}

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly leftMs: number | undefined;
  /** The error to throw when the time is up. */
  readonly late: Error;
}

/** Runs one step of a replay within the caller's timeout and signal. If it fails, the caller gets the original answer. */
async function inTime<T>(
  rejection: Rejection,
  otherwise: ReplayRefusal,
  step: (limits: Limits) => Promise<T>,
): Promise<T> {
  const { config, timeoutMs } = rejection.sent;
  const leftMs = timeLeft(rejection);
  const late = timedOut(config, timeoutMs);
  return withAbortSignal(config, async (signal) => {
    try {
      return await step({ signal, leftMs, late });
    } catch (error) {
      const failure = asAxiosFailure(error, config, timeoutMs, signal);
      if (failure !== error || error === late) throw failure;
      rejection.refuse(otherwise, error);
      throw rejection as unknown as Error; // Recognised by identity, and never seen by a caller.
    }
  });
}

/** The rest of the caller's timeout; throws if none is left. */
function timeLeft({ sent, original }: Rejection): number | undefined {
  const leftMs = remainingMs(sent, sent.attachment.source.clock.monotonic());
  if (leftMs !== undefined && leftMs <= 0) {
    const cause = original.kind === 'error' ? original.error : undefined;
    throw timedOut(sent.config, sent.timeoutMs, cause);
  }
  return leftMs;
}
