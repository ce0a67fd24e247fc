import { setCause } from '../concealment/any-object.js';
import { OriginNotAllowedError } from '../errors/index.js';
import { isBrowser, mayForwardAuthorization } from '../platform/runtime.js';
import type { Place } from '../provider-definition/token-placement.js';
import { waitFor } from '../platform/waiting.js';
import type { AttachRules } from '../resource-call/attach-options.js';
import { destinationOf, parsedURL, type Destination } from '../resource-call/origins.js';
import {
  forgetSentWithout,
  lacksToken,
  noteRefusal,
  whyNotReplayed,
  type ReplayRefusal,
} from '../resource-call/replay-refusal.js';
import { rejectsToken } from '../resource-call/token-rejection.js';
import type { TokenSource } from '../token-source/token-source.js';
import type { AccessToken } from '../token/access-token.js';
import { readableData } from './answer-data.js';
import { discard } from './body-start.js';
import {
  fetchCall,
  isRequest,
  membersOf,
  type BearerRequestInit,
  type FetchCall,
  type FetchInput,
} from './fetch-call.js';
import { sendFollowing } from './follow-redirects.js';
import { proving } from './proven-fetch.js';
import { requestBody, type BodyFields, type RequestBody } from './request-body.js';
import type { Fetch } from './send-token-request.js';

/** A request that is about to be sent again, as `onReplay` sees it. */
export interface ReplayedRequest {
  /** Absolute. */
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  /** With the new token in place. What you change here is sent. */
  readonly headers: Headers;
  /** The bytes that are sent again; `undefined` if there are none. */
  readonly body: BodyInit | undefined;
}

/** Called before a request is sent again, with the new token in place. */
export type ReplayHook = (request: ReplayedRequest) => void | Promise<void>;

/** One provider on one fetch. */
export interface FetchAttachment extends AttachRules<ReplayHook> {
  readonly source: TokenSource;
  /** Where the provider wants its token. */
  readonly place: Place;
  readonly send: Fetch;
}

/** One request that carries a token. */
interface Exchange {
  readonly attachment: FetchAttachment;
  readonly call: FetchCall;
  readonly body: RequestBody;
}

/** One call of the function: with a token if it may have one, and healed once after a 401. */
export async function callFetch(
  attachment: FetchAttachment,
  input: FetchInput,
  init: BearerRequestInit | undefined,
): Promise<Response> {
  const call = fetchCall(input, init);
  const destination = tokenDestination(attachment, call);
  if (destination !== 'own') {
    // With the caller's own arguments.
    const response = await attachment.send(input, init);
    // A bearer fetch inside this one may have had a token for it.
    if (whyNotReplayed(response) !== undefined) return response;
    if (destination === 'foreign') noteRefusal('foreign-origin', response);
    if (destination === 'taken') noteRefusal('own-authorization', response);
    return response;
  }
  const exchange = { attachment, call, body: requestBody(call, attachment.source.clock) };
  const token = await firstToken(exchange);
  const response = await sendWith(exchange, token, exchange.body.first());
  return (await isRejected(exchange, response)) ? heal(exchange, token, response) : response;
}

/**
 * Where a call would take the token; `taken` if it goes to the provider with the caller's own; `undefined` if no token of ours is
 * wanted.
 */
function tokenDestination(
  { source, place, onForeignOrigin }: FetchAttachment,
  call: FetchCall,
): Destination | 'taken' | undefined {
  if (call.init.bearer === false) return undefined;
  const carrier = carrierOf(call);
  const { name, allowedOrigins } = source.provider;
  const destination = destinationOf(call.url, allowedOrigins);
  // The caller's own token, or that of another function like this one.
  if (place.find(carrier.headers, carrier).length > 0)
    return destination === 'own' ? 'taken' : undefined;
  if (destination === 'foreign' && onForeignOrigin === 'error') {
    const origin = parsedURL(call.url)?.origin ?? '(not a URL)';
    throw new OriginNotAllowedError(name, origin, allowedOrigins);
  }
  return destination;
}

async function firstToken({ attachment, call, body }: Exchange): Promise<AccessToken> {
  const params = paramsOf(call);
  const inHand = attachment.source.peek(params);
  if (inHand !== undefined) return inHand;
  try {
    return await attachment.source.getToken({ signal: call.signal, params });
  } catch (error) {
    body.abandon(error);
    throw error;
  }
}

/** A URL and headers, as a place for tokens reads and writes them. */
interface UrlAndHeaders {
  url: string;
  headers: Record<string, string>;
}

function carrierOf({ url, headers }: FetchCall): UrlAndHeaders {
  return { url, headers: Object.fromEntries(headers) };
}

/** The caller's URL and headers with a token, and the content type of a form. */
function authorized(
  { attachment, call }: Exchange,
  token: AccessToken,
  { contentType }: BodyFields,
): { readonly url: string; readonly headers: Headers } {
  const carrier = carrierOf(call);
  attachment.place.write(carrier, token.authorization);
  const headers = new Headers(carrier.headers);
  if (contentType !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', contentType);
  return { url: carrier.url, headers };
}

async function sendWith(
  exchange: Exchange,
  token: AccessToken,
  fields: BodyFields,
  { url, headers } = authorized(exchange, token, fields),
): Promise<Response> {
  const { attachment, call, body } = exchange;
  const { send, place, source } = attachment;
  const { proof } = place;
  const init = { ...call.init, ...(fields.body && { body: fields.body }), headers };
  const sent = { ...call, url, input: url === call.url ? call.input : atURL(url, call.input) };
  const sendOnce = proof ? proving(send, { proof, source, token, body }) : send;
  const response = await (call.redirect === 'follow' && mayForward(place)
    ? sendFollowing(sendOnce, sent, init, () => body.again(), place.id)
    : sendOnce(sent.input, init));
  forgetSentWithout(response);
  return response;
}

/** The same request at another URL. A body that has been read is left to `init`. */
function atURL(url: string, input: FetchInput): FetchInput {
  if (!isRequest(input)) return url;
  return new Request(url, input.bodyUsed ? { ...membersOf(input), body: null } : input);
}

/** Whether redirects are followed here: fetch itself would forward the token to another origin, or a proof to another URL. */
function mayForward({ id, proof }: Place): boolean {
  if (proof !== undefined) return !isBrowser();
  return id === 'authorization' ? mayForwardAuthorization() : isHeader(id) && !isBrowser();
}

/** Fetch does not forward the query or the cookies to another origin. */
function isHeader(placeId: string): boolean {
  return /^[\w-]/.test(placeId);
}

/** Whether an answer says that our token was rejected. */
async function isRejected({ attachment, call }: Exchange, response: Response): Promise<boolean> {
  const { provider } = attachment.source;
  const isJudged = provider.isTokenRejection !== undefined;
  const data = isJudged ? await readableData(response) : undefined;
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  const isRejection = rejectsToken(provider, { status, headers }, () => [
    { status, headers, data },
    { method: call.method, url: urlOf(call) },
  ]);
  return isRejection && hasReachedProvider(attachment, call, response);
}

/**
 * Whether our token was in the request that was answered: a redirect to another origin removes it. In a browser a redirected request
 * carries the proof for the first URL, so its answer says nothing about the token.
 */
function hasReachedProvider(
  { place }: FetchAttachment,
  call: FetchCall,
  { redirected, url }: Response,
): boolean {
  if (!redirected) return true;
  const isProven = place.proof === undefined || mayForward(place);
  return isProven && parsedURL(url)?.origin === parsedURL(call.url)?.origin;
}

/** The answer to one replay, or the first answer if there is none. */
async function heal(exchange: Exchange, token: AccessToken, first: Response): Promise<Response> {
  const { attachment, call } = exchange;
  const { source } = attachment;
  const params = paramsOf(call);
  const again = await bodyAgain(exchange);
  const own = typeof again === 'string' ? again : undefined;
  const on = own === undefined ? 'first-send' : 'only-send';
  const answer = source.reject(token.value, { on, params });
  if (typeof again === 'string') return refused(source, first, again);
  const because = answer.kind === 'pass' ? answer.because : 'no-other-token';
  if (!lacksToken(because)) return refused(source, first, because);
  const forcedMint = answer.kind === 'replay' ? answer.forcedMint : undefined;
  const { signal } = call;
  const next = await orRefusal(exchange, first, because, () =>
    source.getToken({ signal, params, not: token.value }),
  );
  if (next.kind === 'refused') return first;
  const request = authorized(exchange, next.value, again);
  const { headers } = request;
  const hooked = await orRefusal(exchange, first, 'replay-hook-failed', () =>
    runHook(exchange, { url: urlOf(call), method: call.method, headers, body: again.body }),
  );
  if (hooked.kind === 'refused') return first;
  discard(first.body);
  const second = await sendWith(exchange, next.value, again, request);
  await settle(exchange, next.value, forcedMint, second);
  return second;
}

/** The body for a replay, or the reason in the request itself not to send it again. */
async function bodyAgain({ call, body }: Exchange): Promise<BodyFields | ReplayRefusal> {
  const { bearer } = call.init;
  if (bearer && bearer.replay === false) return 'opted-out';
  return (await body.again()) ?? 'body-consumed';
}

function refused(source: TokenSource, response: Response, because: ReplayRefusal): Response {
  noteRefusal(because, response);
  source.emit('replayRefused', { because });
  return response;
}

/** Runs one step of a replay. If it fails, the caller gets the first answer, with the failure as `cause`; an abort is thrown. */
async function orRefusal<T>(
  { attachment, call }: Exchange,
  first: Response,
  because: ReplayRefusal,
  step: () => Promise<T>,
): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'refused' }> {
  try {
    return { kind: 'done', value: await step() };
  } catch (error) {
    if (call.signal?.aborted === true) {
      discard(first.body, call.signal.reason);
      throw error;
    }
    refused(attachment.source, first, because);
    setCause(first, error);
    return { kind: 'refused' };
  }
}

async function runHook({ attachment, call }: Exchange, request: ReplayedRequest): Promise<void> {
  const { onReplay, source } = attachment;
  if (onReplay === undefined) return;
  const { signal } = call;
  const hook = (async () => onReplay(request))();
  const waited = await waitFor(hook, { signal, clock: source.clock });
  if (waited.kind === 'aborted') signal?.throwIfAborted();
}

/** Reports the second answer to the token source. */
async function settle(
  exchange: Exchange,
  token: AccessToken,
  forcedMint: number | undefined,
  second: Response,
): Promise<void> {
  const { source } = exchange.attachment;
  const params = paramsOf(exchange.call);
  const accepted = !(await isRejected(exchange, second));
  // A server error says nothing about the token.
  const speaksForToken = second.status < 500;
  source.replayed({ accepted, params, forcedMint: speaksForToken ? forcedMint : undefined });
  if (accepted) return;
  source.reject(token.value, { on: 'replay', params });
  refused(source, second, 'already-replayed');
}

function paramsOf({ init: { bearer } }: FetchCall) {
  return bearer ? bearer.params : undefined;
}

function urlOf({ url }: FetchCall): string {
  return parsedURL(url)?.href ?? url;
}
