import type { Clock } from '../platform/clock.js';
import { within } from '../platform/waiting.js';
import { discard, startOf } from './body-start.js';
import { isRequest, type FetchCall } from './fetch-call.js';
import { multipartBlob } from './multipart.js';

/** The body of a request, for the first send and for a replay. */
export interface RequestBody {
  /** What the first send needs besides the caller's arguments. */
  first(): BodyFields;
  /** What a replay needs; `undefined` if the body can be read only once and has been. */
  again(): Promise<BodyFields | undefined>;
  /** Discards a body that is never sent, so that no file stays open. */
  abandon(reason: unknown): void;
}

export interface BodyFields {
  readonly body?: BodyInit;
  /** The content type of a form, with its boundary. */
  readonly contentType?: string;
}

/** A longer body of a `Request` is not kept: it may be a stream, which must not fill the memory. */
const LONGEST_KEPT_BYTES = 10_000_000;
/** How long to wait for the end of a body. It is usually there before the response; a stream may never end. */
const LONGEST_WAIT_MS = 1_000;

/** A body that is the same for both sends. */
function fixed(fields: BodyFields): RequestBody {
  return { first: () => fields, again: () => Promise.resolve(fields), abandon: () => undefined };
}

const NO_BODY = fixed({});

/**
 * The body of a call of fetch. It is read as fetch reads it: immediately, so that later changes by the caller have no effect and the
 * replay sends the same bytes.
 */
export function requestBody({ input, init, signal }: FetchCall, clock: Clock): RequestBody {
  const given = init.body as unknown;
  if (given != null) return bodyOf(given);
  return isRequest(input) && input.body !== null && !input.bodyUsed
    ? bodyOfRequest(input, signal, clock)
    : NO_BODY;
}

function bodyOf(body: unknown): RequestBody {
  if (body instanceof URLSearchParams) return fixed({ body: new URLSearchParams(body) });
  if (body instanceof FormData) return fixed(multipartBlob(body));
  if (body instanceof ArrayBuffer) return fixed({ body: body.slice(0) });
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body;
    return fixed({ body: new Uint8Array(buffer, byteOffset, byteLength).slice() });
  }
  // A string, a Blob, or something that another package accepts: sent unchanged.
  return isReadOnce(body) ? once(body) : fixed({ body: body as BodyInit });
}

function isReadOnce(body: unknown): body is StreamLike {
  const { pipe, getReader, [Symbol.asyncIterator]: iterator } = Object(body) as StreamLike;
  return [pipe, getReader, iterator].some((method) => typeof method === 'function');
}

interface StreamLike {
  readonly pipe?: unknown;
  readonly getReader?: unknown;
  readonly [Symbol.asyncIterator]?: unknown;
  on?(event: 'error', listener: () => void): unknown;
  destroy?(): unknown;
  cancel?(reason: unknown): Promise<void>;
}

function once(body: StreamLike): RequestBody {
  // Without a listener, a Node stream that fails while its request waits for a token would end the process. Fetch reports it.
  body.on?.('error', () => undefined);
  return {
    first: () => ({}),
    again: () => Promise.resolve(undefined),
    abandon(reason) {
      body.destroy?.();
      body.cancel?.(reason).catch(() => undefined);
    },
  };
}

/**
 * Keeps the bytes of a request while it is sent. Its stream then has two readers, and what the slower one has not read stays in
 * memory, so this one stops at a limit.
 */
function bodyOfRequest(
  request: Request,
  signal: AbortSignal | undefined,
  clock: Clock,
): RequestBody {
  let kept: Promise<Uint8Array<ArrayBuffer> | undefined>;
  return {
    first() {
      kept = startOf(request.clone(), LONGEST_KEPT_BYTES).catch(() => undefined); // The first send fails too.
      return {};
    },
    async again() {
      const timer = { clock, ms: LONGEST_WAIT_MS, keepAlive: true };
      const waited = await within(kept, { signal, timer });
      return waited.kind === 'done' && waited.value ? { body: waited.value } : undefined;
    },
    abandon: (reason) => discard(request.body, reason),
  };
}
