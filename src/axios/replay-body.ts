import axios, {
  AxiosHeaders,
  type AxiosRequestTransformer,
  type GenericFormData,
  type InternalAxiosRequestConfig,
} from 'axios';

import { isObject, quietly } from '../concealment/any-object.js';
import { randomHex } from '../platform/random-hex.js';

/** The bytes of a request that can be sent again. */
export interface ReplayBody {
  readonly data: unknown;
  /** The content type of a form with its boundary, which an adapter may have written only to its own headers. */
  readonly contentType?: string;
}

/**
 * The body for sending a request again, byte for byte; `undefined` if its bytes can be read only once. Never throws.
 *
 * What counts is what was sent, after all transforms. A Node stream, a web stream, a form-data object or an async iterable has
 * been read by now, even if it is nested. The exception is the form-data object that axios itself makes from plain fields
 * (`postForm` in Node), which axios can rebuild. This does not hold with the caller's own transform or visitor, which may
 * have changed the fields or return something else each time.
 *
 * @param raw - the body before axios transformed it
 */
export function replayBody(
  config: InternalAxiosRequestConfig,
  raw: unknown,
): ReplayBody | undefined {
  try {
    const sent = config.data as unknown;
    if (!isReadOnce(sent)) return { data: sent };
    const isMadeByAxios =
      isFormDataPackage(sent) && sent !== raw && [config.transformRequest].flat().every(isOfAxios);
    if (!isMadeByAxios || config.formSerializer?.visitor !== undefined) return undefined;
    const contentType = `multipart/form-data; boundary=${sent.getBoundary()}`;
    return { data: bytesOfFormLike(sent, raw, config), contentType };
  } catch {
    return undefined; // A part of the form is a stream, or a getter in the body throws.
  }
}

/** Whether a body, or anything inside it, can be read only once. */
function isReadOnce(body: unknown, seen = new Set<unknown>()): boolean {
  if (!isObject(body) || seen.has(body)) return false;
  const {
    pipe,
    getReader,
    [Symbol.asyncIterator]: iterator,
  } = body as Record<symbol, unknown> & {
    pipe?: unknown;
    getReader?: unknown;
  };
  if ([pipe, getReader, iterator].some((method) => typeof method === 'function')) return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return false;
  seen.add(body);
  const parts = body instanceof Map || body instanceof Set ? [...body] : Object.values(body);
  return parts.some((part) => isReadOnce(part, seen));
}

/** Makes the headers of the first send fit the body of the next one. */
export function fitHeaders(headers: AxiosHeaders, { data, contentType }: ReplayBody): void {
  if (!isLengthOf(data, headers.getContentLength())) headers.delete('Content-Length');
  if (contentType !== undefined) headers.setContentType(contentType);
}

/** A wrong length has to be removed, because the adapter writes one only if there is none. */
function isLengthOf(data: unknown, length: unknown): boolean {
  return !ArrayBuffer.isView(data) || Number(length) === data.byteLength;
}

/** Rebuilds axios's form and returns its bytes. Throws if a part can be read only once. */
function bytesOfFormLike(
  sent: FormDataPackage,
  raw: unknown,
  config: InternalAxiosRequestConfig,
): Uint8Array {
  const form = axios.toFormData(raw as object, emptyFormLike(sent), config.formSerializer);
  return (form as FormDataPackage).getBuffer();
}

/**
 * Sets the boundary of a web `FormData` before the first send, unless the caller did. Otherwise the adapter would choose a new
 * one for each send, and the replay's bytes would differ.
 */
export function fixBoundary(config: InternalAxiosRequestConfig): void {
  // Not `instanceof`: the headers may come from the other build of axios.
  const isReady = typeof config.headers.setContentType === 'function';
  const headers = isReady ? config.headers : AxiosHeaders.from(config.headers);
  const contentType = headers.getContentType() ?? 'multipart/form-data';
  if (!/^multipart\/form-data\s*$/i.test(String(contentType))) return;
  headers.setContentType(`multipart/form-data; boundary=axios-bearer-${randomHex()}`);
  config.headers = headers;
}

/** Whether a body is a web `FormData`, checked as axios does: it may come from another realm, and form-data has the same tag. */
export function isWebForm(body: unknown): boolean {
  if (!isObject(body)) return false;
  const form = body as Partial<Iterable<unknown>> & {
    append?: unknown;
    [Symbol.toStringTag]?: unknown;
  };
  return (
    typeof form.append === 'function' &&
    form[Symbol.toStringTag] === 'FormData' &&
    Boolean(form[Symbol.iterator])
  );
}

function isOfAxios(transform: AxiosRequestTransformer | undefined): boolean {
  return [axios.defaults.transformRequest].flat().includes(transform);
}

/** The parts of a form-data object that axios and we use. */
interface FormDataPackage extends GenericFormData {
  getBoundary(): string;
  setBoundary(boundary: string): void;
  getBuffer(): Uint8Array;
}

function isFormDataPackage(body: unknown): body is FormDataPackage {
  return isObject(body) && 'setBoundary' in body;
}

/** The boundary is written with each field, so it must be set before the first. */
function emptyFormLike(form: FormDataPackage): FormDataPackage {
  const empty = new (form.constructor as new () => FormDataPackage)();
  empty.setBoundary(form.getBoundary());
  return empty;
}

/** Discards a body that will not be read: an unread stream would hold its socket, which the replay may need. */
export function discard(body: unknown, reason?: unknown): void {
  if (!isObject(body)) return;
  // It may only look like a stream.
  quietly(() => {
    if ('pipe' in body) (body as { destroy?(): void }).destroy?.();
    else if ('getReader' in body) (body as ReadableStream).cancel(reason).catch(() => undefined);
  });
}
