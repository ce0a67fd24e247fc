import type { AxiosRequestTransformer, InternalAxiosRequestConfig } from 'axios';

/**
 * Whether a body can be read once only: a Node stream, a web stream, the form-data package, an async iterable, or an
 * object or list that holds one of these.
 */
export function isReadOnce(body: unknown, depth = 0): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if ('pipe' in body || 'getReader' in body || Symbol.asyncIterator in body) return true;
  if (depth > 8 || !isPlain(body)) return false;
  return Object.values(body).some((part) => isReadOnce(part, depth + 1));
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Makes a config that was sent once send the same bytes again.
 *
 * What axios made of the body is sent as it is, with no transform run a second time. Only where axios built a
 * multipart stream out of plain fields (`postForm` in Node) is that done again, with the same boundary.
 *
 * @param raw - the body before axios transformed it
 */
export function restoreBody(config: InternalAxiosRequestConfig, raw: unknown): void {
  config.headers.delete('Content-Length'); // The adapter writes it anew, and would never overwrite one.
  if (isReadOnce(config.data)) {
    const { boundary } = multipartOf(config.data);
    config.data = raw;
    config.headers.setContentType('multipart/form-data');
    config.transformRequest = [...transforms(config), keepBoundary(boundary)];
  } else {
    config.transformRequest = [];
  }
}

function transforms({ transformRequest }: InternalAxiosRequestConfig): AxiosRequestTransformer[] {
  if (transformRequest === undefined) return [];
  return Array.isArray(transformRequest) ? transformRequest : [transformRequest];
}

interface FormDataPackage {
  getBoundary(): string;
  setBoundary(boundary: string): void;
}

function isFormDataPackage(body: unknown): body is FormDataPackage {
  return (
    typeof body === 'object' && body !== null && 'getBoundary' in body && 'setBoundary' in body
  );
}

function multipartOf(body: unknown): { boundary: string | undefined } {
  return { boundary: isFormDataPackage(body) ? body.getBoundary() : undefined };
}

function keepBoundary(boundary: string | undefined): AxiosRequestTransformer {
  return (body: unknown) => {
    if (boundary !== undefined && isFormDataPackage(body)) body.setBoundary(boundary);
    return body;
  };
}

function isDestroyable(body: object): body is { destroy(): void } {
  return 'destroy' in body && typeof body.destroy === 'function';
}

/** Lets go of a body that nobody will read: an unread stream would hold its socket, and the replay may need it. */
export function discard(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  if (isDestroyable(body)) body.destroy();
  else if (body instanceof ReadableStream) body.cancel().catch(() => undefined);
}
