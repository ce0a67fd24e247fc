import { Axios, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { read } from '../concealment/any-object.js';
import type { AccessToken } from '../token/access-token.js';
import { waitFor } from '../platform/waiting.js';
import { answerIn, answerOf, isAboutOurToken, type Answer } from './answer.js';
import { watchAnswer } from './answer-watch.js';
import { removeAuthorization } from './authorization-header.js';
import { asAxiosFailure, asTimeout, remainingMs, timedOut, withAbortSignal } from './deadline.js';
import type { Sent } from './exchange.js';
import { configsOf, giveBack, holdersOf, quietly } from './give-back.js';
import { rememberToken } from './known-tokens.js';
import type { Rejection } from './rejection.js';
import { discard, type ReplayBody } from './replay-body.js';
import { noteRefusal, type ReplayRefusal } from './replay-refusal.js';
import { isRejection } from './token-rejection.js';

type Config = InternalAxiosRequestConfig;

/**
 * Sends a request once more, with another token and the same bytes, past every interceptor of the instance.
 *
 * @throws the rejection itself if the request cannot be sent again: then the caller gets the original answer
 */
export async function replay(rejection: Rejection): Promise<AxiosResponse> {
  const { sent: first, body } = rejection;
  const { source, onReplay } = first.attachment;
  const token = await inTime(rejection, 'no-other-token', ({ signal, leftMs }) =>
    source.getToken({
      signal,
      timeoutMs: leftMs,
      params: first.params,
      not: first.token.value,
    }),
  );
  discard(rejection.response.data);
  const again = nextConfig(first, token, body ?? { data: first.config.data as unknown });
  if (onReplay !== undefined) {
    const { clock } = source;
    await inTime(rejection, 'replay-hook-failed', async ({ signal, leftMs, late }) => {
      const until = leftMs === undefined ? undefined : clock.monotonic() + leftMs;
      const waited = await waitFor((async () => onReplay(again))(), { signal, until, clock });
      if (waited.kind !== 'done') throw late;
    });
  }
  // The hook may have led the request elsewhere, where the token must not go.
  if (first.attachment.guard.destinationOf(again) !== 'own') removeAuthorization(again.headers);
  if (again.data !== body?.data) again.headers.delete('Content-Length'); // The hook has written another body.
  const leftMs = timeLeft(rejection);
  if (leftMs !== undefined) again.timeout = asTimeout(leftMs);
  return send(rejection, token, again);
}

/** The config of the next send: as the first one went out, but for the token. */
function nextConfig(first: Sent, token: AccessToken, { data, contentType }: ReplayBody): Config {
  const headers = new AxiosHeaders(Object.assign({}, first.config.headers));
  if (!isLengthOf(data, headers.getContentLength())) headers.delete('Content-Length');
  if (contentType !== undefined) headers.setContentType(contentType);
  removeAuthorization(headers);
  headers['Authorization'] = token.authorization;
  rememberToken(token);
  // axios-mock-adapter takes itself off each config it answers: without it the replay would go out for real.
  const adapter = first.config.adapter ?? first.attachment.defaults?.adapter;
  return { ...first.config, ...(adapter && { adapter }), data, headers };
}

/** The adapter writes the length anew, but never overwrites one. */
function isLengthOf(data: unknown, length: unknown): boolean {
  return !ArrayBuffer.isView(data) || length === undefined || Number(length) === data.byteLength;
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
  const dispatch: Dispatch = { config: undefined, transformRequest: sendAsItIs };
  // In place of the transforms that made the bytes: they are sent as they are.
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

/** The config that axios made for the replay, and the transform that is in it for the one send. */
interface Dispatch {
  config: Config | undefined;
  readonly transformRequest: unknown;
}

/** The second answer is told to the token source, and handed out under the config of the first send. Never throws. */
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

/** Tells the token source how the replay was answered; and on what its caller gets, why a second 401 was not healed. */
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
  // A server that is out of order says nothing about the token.
  const speaksForToken = answer.status < 500;
  source.replayed({ accepted, params, forcedMint: speaksForToken ? forcedMint : undefined });
  if (accepted) return;
  if (isAboutOurToken(sent, answer)) source.reject(token.value, { on: 'replay', params });
  noteRefusal('already-replayed', ...holders);
  source.emit('replayRefused', { because: 'already-replayed' });
}

/**
 * Names the config of the first send in what came back, with what the second one has changed: an app that keeps
 * something by the config of a request finds it, and a config that is sent again is the one that the caller wrote.
 */
function renameConfig(first: Sent, dispatched: Config | undefined, outcome: unknown): void {
  if (dispatched === undefined) return;
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- made for the one send
  const { transformRequest, beforeRedirect, ...changed } = dispatched;
  Object.assign(first.config, changed);
  const holders = holdersOf(outcome).filter((holder) => read(holder, 'config') === dispatched);
  const isWritable = (holder: object) =>
    Object.getOwnPropertyDescriptor(holder, 'config')?.writable === true;
  // All of them name the same one, as with bare axios.
  if (holders.every(isWritable)) for (const holder of holders) holder.config = first.config;
}

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly leftMs: number | undefined;
  /** The error that ends a wait of its own when the time is up. */
  readonly late: Error;
}

/** Runs one step of a replay within the caller's time-out and signal. If it fails, the caller gets the original answer. */
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
      throw rejection as unknown as Error; // Told apart by identity, and never seen by a caller.
    }
  });
}

/** What is left of the caller's time; throws if it is up. */
function timeLeft({ sent, original }: Rejection): number | undefined {
  const leftMs = remainingMs(sent, sent.attachment.source.clock.monotonic());
  if (leftMs !== undefined && leftMs <= 0) {
    const cause = original.kind === 'error' ? original.error : undefined;
    throw timedOut(sent.config, sent.timeoutMs, cause);
  }
  return leftMs;
}
