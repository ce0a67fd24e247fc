import axios, {
  AxiosHeaders,
  type AxiosRequestTransformer,
  type GenericFormData,
  type InternalAxiosRequestConfig,
} from 'axios';

import { isObject } from '../concealment/any-object.js';
import { randomHex } from '../token/random-hex.js';

/** The bytes of a request that can be sent again. */
export interface ReplayBody {
  readonly data: unknown;
  /** That of a form, with the boundary in it: an adapter may have written it to headers of its own. */
  readonly contentType?: string;
}

/**
 * The body with which a request can be sent again, byte for byte; `undefined` if its bytes can be read once only.
 *
 * What counts is what was sent, after every transform: a Node stream, a web stream, the form-data package or an async
 * iterable has been read by now, wherever it hides. The exception is the form-data object that axios itself makes out of
 * plain fields (`postForm` in Node): axios can make the same again. A transform or a visitor of the caller's has no such
 * promise, since it may have changed the fields, or give something else each time.
 *
 * @param raw - the body before axios transformed it
 */
export function replayBody(
  config: InternalAxiosRequestConfig,
  raw: unknown,
): ReplayBody | undefined {
  const sent = config.data as unknown;
  if (!isReadOnce(sent)) return { data: sent };
  const isMadeByAxios =
    isFormDataPackage(sent) && sent !== raw && transforms(config).every(isOfAxios);
  if (!isMadeByAxios || config.formSerializer?.visitor !== undefined) return undefined;
  const data = bytesOfFormLike(sent, raw, config);
  const contentType = `multipart/form-data; boundary=${sent.getBoundary()}`;
  return data === undefined ? undefined : { data, contentType };
}

/** Whether a body, or anything inside it, can be read once only. */
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

/** The bytes of the form that axios made, made again; `undefined` if a part of it can be read once only. */
function bytesOfFormLike(
  sent: FormDataPackage,
  raw: unknown,
  config: InternalAxiosRequestConfig,
): Uint8Array | undefined {
  try {
    const form = axios.toFormData(raw as object, emptyFormLike(sent), config.formSerializer);
    return (form as FormDataPackage).getBuffer(); // Throws at a part that is a stream.
  } catch {
    return undefined;
  }
}

/**
 * Names the boundary of a web `FormData` before it is sent for the first time, where the caller has not. Otherwise the
 * adapter makes one up for each send, and the bytes of the replay differ.
 */
export function fixBoundary(config: InternalAxiosRequestConfig): void {
  // Of either build of axios: its own headers would be made anew by the other.
  const isReady = typeof config.headers.setContentType === 'function';
  const headers = isReady ? config.headers : AxiosHeaders.from(config.headers);
  const contentType = headers.getContentType() ?? 'multipart/form-data';
  if (!/^multipart\/form-data\s*$/i.test(String(contentType))) return;
  headers.setContentType(`multipart/form-data; boundary=axios-bearer-${randomHex()}`);
  config.headers = headers;
}

/** Whether a body is a web `FormData`, as axios tells one: it may come from another realm, and the package's has the same tag. */
export function isWebForm(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
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

function transforms({
  transformRequest,
}: Pick<InternalAxiosRequestConfig, 'transformRequest'>): AxiosRequestTransformer[] {
  if (transformRequest == null) return [];
  return Array.isArray(transformRequest) ? transformRequest : [transformRequest];
}

function isOfAxios(transform: AxiosRequestTransformer): boolean {
  return transforms(axios.defaults).includes(transform);
}

/** What axios uses of the form-data package, and what we use. */
interface FormDataPackage extends GenericFormData {
  getBoundary(): string;
  setBoundary(boundary: string): void;
  getBuffer(): Uint8Array;
}

function isFormDataPackage(body: unknown): body is FormDataPackage {
  return (
    typeof body === 'object' && body !== null && 'getBoundary' in body && 'setBoundary' in body
  );
}

/** The boundary is written with each field, so it has to be there before the first. */
function emptyFormLike(form: FormDataPackage): FormDataPackage {
  const empty = new (form.constructor as new () => FormDataPackage)();
  empty.setBoundary(form.getBoundary());
  return empty;
}

/** Lets go of a body that will not be read: an unread stream would hold its socket, and the replay may need it. */
export function discard(body: unknown, reason?: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  try {
    if ('pipe' in body) (body as { destroy?(): void }).destroy?.();
    else if ('getReader' in body) (body as ReadableStream).cancel(reason).catch(() => undefined);
  } catch {
    // Then it was not what it looked like.
  }
}
