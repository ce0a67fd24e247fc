import axios, {
  AxiosHeaders,
  type AxiosRequestTransformer,
  type GenericFormData,
  type InternalAxiosRequestConfig,
} from 'axios';

import { randomHex } from '../token/random-hex.js';

/**
 * Whether the bytes that were sent can be sent again.
 *
 * Not where they came out of something that can be read once only: a Node stream, a web stream, the form-data package,
 * an async iterable. The exception is the form-data object that axios itself makes out of plain fields (`postForm` in
 * Node): axios can make the same again. A transform of the caller's has no such promise, since it may have
 * changed the fields, or give something else each time.
 *
 * @param raw - the body before axios transformed it
 */
export function isReplayable(config: InternalAxiosRequestConfig, raw: unknown): boolean {
  if (!isReadOnce(config.data)) return true;
  return isFormDataPackage(config.data) && !isReadOnce(raw) && transforms(config).every(isOfAxios);
}

/** Whether a body, or anything inside a plain object or list, can be read once only. */
function isReadOnce(body: unknown, seen = new Set<unknown>()): boolean {
  if (typeof body !== 'object' || body === null || seen.has(body)) return false;
  if ('pipe' in body || 'getReader' in body || Symbol.asyncIterator in body) return true;
  if (!isPlain(body)) return false;
  seen.add(body);
  return Object.values(body).some((part) => isReadOnce(part, seen));
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Makes a config that was sent once send the same bytes again: what axios made of the body is sent as it is, with no
 * transform run a second time; a form that axios made is made again with the same boundary.
 *
 * @param raw - the body before axios transformed it
 */
export function restoreBody(config: InternalAxiosRequestConfig, raw: unknown): void {
  config.headers.delete('Content-Length'); // The adapter writes it anew, and would never overwrite one.
  config.transformRequest = [];
  const { data: sent, formSerializer } = config as InternalAxiosRequestConfig<unknown>;
  if (isFormDataPackage(sent))
    config.data = axios.toFormData(raw as object, emptyFormLike(sent), formSerializer);
}

/**
 * Names the boundary of a web `FormData` before it is sent for the first time, where the caller has not. Otherwise the
 * adapter makes one up for each send, and the bytes of the replay differ.
 */
export function fixBoundary(config: InternalAxiosRequestConfig): void {
  // Of either build of axios: its own headers would be made anew by the other, which leaves our state behind.
  const isReady = typeof config.headers.setContentType === 'function';
  const headers = isReady ? config.headers : AxiosHeaders.from(config.headers);
  const contentType = headers.getContentType() ?? 'multipart/form-data';
  if (!/^multipart\/form-data\s*$/i.test(String(contentType))) return;
  headers.setContentType(`multipart/form-data; boundary=axios-bearer-${randomHex()}`);
  config.headers = headers;
}

/** Whether a body is a web `FormData`, as axios tells one: it may come from another realm, and the package's has the same tag. */
export function isWebForm(body: unknown): boolean {
  const form = (body ?? {}) as { [Symbol.toStringTag]?: unknown; [Symbol.iterator]?: unknown };
  return form[Symbol.toStringTag] === 'FormData' && form[Symbol.iterator] !== undefined;
}

function transforms({
  transformRequest,
}: Pick<InternalAxiosRequestConfig, 'transformRequest'>): AxiosRequestTransformer[] {
  if (transformRequest === undefined) return [];
  return Array.isArray(transformRequest) ? transformRequest : [transformRequest];
}

function isOfAxios(transform: AxiosRequestTransformer): boolean {
  return transforms(axios.defaults).includes(transform);
}

/** What axios uses of the form-data package. */
interface FormDataPackage extends GenericFormData {
  getBoundary(): string;
  setBoundary(boundary: string): void;
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

/** Lets go of a body that nobody will read: an unread stream would hold its socket, and the replay may need it. */
export function discard(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  if ('pipe' in body) (body as { destroy?(): void }).destroy?.();
  else if ('getReader' in body) (body as ReadableStream).cancel().catch(() => undefined);
}
