import { isAxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { REDACTED } from '../token/redaction.js';

type Config = InternalAxiosRequestConfig<unknown, unknown>;
type Response = AxiosResponse<unknown, unknown>;

/** An axios error, and whatever else has the like of its fields. */
interface Failure extends Error {
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly config?: Config | undefined;
  readonly response?: Response | undefined;
}

/**
 * Keeps the token out of everything that prints an axios error: `util.inspect`, `console`, `JSON.stringify` and the
 * serialisers of loggers. The values themselves stay: whoever sends `error.config` again sends a working request.
 *
 * axios's own `redact` cleans `toJSON()` only.
 */
export function concealToken(error: unknown): void {
  if (!isAxiosError<unknown, unknown>(error) || Object.hasOwn(error, inspectSymbol)) return;
  const { config, response } = error;
  if (config !== undefined) concealConfig(config);
  if (response !== undefined) concealResponse(response);
  hideRequest(error);
  concealJSON(error);
  showAs(error, () => printable(error));
  concealToken(error.cause);
}

function concealResponse(response: Response): void {
  concealConfig(response.config);
  hideRequest(response);
  showAs(response, () => printableResponse(response));
  if (isStream(response.data)) showAs(response.data, () => '[stream]'); // It, too, leads to the ClientRequest.
}

/** A ClientRequest holds the header in plain text, and its sockets lead to further ones. */
function hideRequest(holder: object): void {
  if (Object.hasOwn(holder, 'request'))
    Object.defineProperty(holder, 'request', { enumerable: false });
}

/** An agent leads to its sockets, and they to the headers of every request that is under way on them. */
function concealConfig(config: Config): void {
  concealHeaders(config);
  showAs(config, () => printableConfig(config));
  define(config, 'toJSON', () => jsonConfig(config));
}

/** A request that failed before it was sent may still have its headers in a plain object, as an interceptor left them. */
function concealHeaders({ headers }: Config): void {
  if (Object.hasOwn(headers, inspectSymbol)) return;
  const values = typeof headers.toJSON === 'function' ? headers.toJSON.bind(headers) : undefined;
  showAs(headers, () => masked(headers));
  define(headers, 'toString', () =>
    Object.entries(masked(headers))
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join('\n'),
  );
  // JSON.stringify passes a key. Adapters pass none, and send what they are given.
  define(headers, 'toJSON', (key?: unknown) =>
    values === undefined || typeof key === 'string' ? masked(headers) : values(key === true),
  );
}

function concealJSON(error: Failure & { toJSON(): object }): void {
  const toJSON = error.toJSON.bind(error);
  define(error, 'toJSON', () => {
    const { config: shown, ...json } = toJSON() as { config?: Config };
    return { ...json, config: error.config && jsonConfig(error.config, shown) };
  });
}

/**
 * What axios itself makes of a config, less what is no data: agents, signals, sockets.
 *
 * @param shown - the config as axios shows it, where its `redact` has taken away more
 */
function jsonConfig(config: Config, shown: Config = config): object {
  const given: Record<string, unknown> = { ...config };
  const data = Object.entries(shown).filter(([name]) => isData(given[name]));
  return {
    ...Object.fromEntries(data),
    headers: masked(shown.headers),
    data: printableBody(shown.data),
  };
}

/** Whether it is made of plain values through and through; a structure that holds itself is not. */
function isData(value: unknown, within: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (within.includes(value) || !(isPlain || Array.isArray(value))) return false;
  return Object.values(value).every((part) => isData(part, [...within, value]));
}

function masked(headers: object): Record<string, unknown> {
  const shown = Object.entries(headers).filter(([, value]) => value != null && value !== false);
  return Object.fromEntries(
    shown.map(([name, value]: [string, unknown]) => [
      name,
      name.toLowerCase() === 'authorization' ? REDACTED : value,
    ]),
  );
}

// ---- what is shown, by allow-list ------------------------------------------------------------------------------

function printable(error: Failure): Error {
  const { name, stack, code, status, cause, config, response } = error;
  const fields = {
    code,
    status,
    cause,
    config: config && printableConfig(config),
    response: response && printableResponse(response),
  };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.assign(new Error(error.message), { name, stack }, Object.fromEntries(present));
}

function printableConfig({ method, baseURL, url, params, timeout, headers, data }: Config): object {
  return {
    method,
    baseURL,
    url,
    params,
    timeout,
    headers: masked(headers),
    data: printableBody(data),
  };
}

function printableResponse({ status, statusText, headers, config, data }: Response): object {
  const { method, baseURL, url } = config;
  return {
    status,
    statusText,
    headers,
    request: { method, baseURL, url },
    data: printableBody(data),
  };
}

function printableBody(body: unknown): unknown {
  return isStream(body) ? '[stream]' : body;
}

function isStream(body: unknown): body is object {
  return typeof body === 'object' && body !== null && ('pipe' in body || 'getReader' in body);
}

// ---- how it is done --------------------------------------------------------------------------------------------

/** The name under which Node's `util.inspect` and `console` ask an object how it wants to be shown. */
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

function showAs(holder: object, view: () => unknown): void {
  define(
    holder,
    inspectSymbol,
    (_depth: number, options: object, inspect: (value: unknown, options: object) => string) =>
      inspect(view(), options),
  );
}

function define(holder: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(holder, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
