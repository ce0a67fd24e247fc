import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from 'axios';

import { REDACTED } from '../token/redaction.js';

/** The name under which Node's `util.inspect` and `console` ask an object how it wants to be shown. */
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * Keeps the token out of everything that prints an axios error: `util.inspect`, `console`, `JSON.stringify` and the
 * serialisers of loggers. The values themselves stay: whoever sends `error.config` again sends a working request.
 *
 * axios's own `redact` cleans `toJSON()` only.
 */
export function concealToken(error: AxiosError): void {
  if (error.config !== undefined) concealHeaders(error.config);
  // A ClientRequest holds the header in plain text, and its sockets lead to further ones.
  hide(error, 'request');
  if (error.response !== undefined) {
    hide(error.response, 'request');
    if (error.response.config !== error.config) concealHeaders(error.response.config);
  }
  define(error, inspectSymbol, (_depth: number, options: object, inspect: Inspect) =>
    inspect(printable(error), options),
  );
}

type Inspect = (value: unknown, options: object) => string;

function concealHeaders({ headers }: InternalAxiosRequestConfig): void {
  const toJSON = headers.toJSON.bind(headers);
  const masked = (asStrings?: boolean) =>
    Object.fromEntries(
      Object.entries(toJSON(asStrings)).map(([name, value]) => [
        name,
        name.toLowerCase() === 'authorization' ? REDACTED : value,
      ]),
    );
  define(headers, 'toJSON', masked);
  define(headers, inspectSymbol, () => masked());
}

/** An error as it is shown: what helps to understand it, by allow-list. */
function printable(error: AxiosError): Error {
  const shown = new Error(error.message);
  shown.name = error.name;
  if (error.stack !== undefined) shown.stack = error.stack;
  const { config, response } = error;
  return Object.assign(shown, {
    code: error.code,
    status: error.status,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...(config === undefined ? {} : { config: printableConfig(config) }),
    ...(response === undefined ? {} : { response: printableResponse(response) }),
  });
}

function printableConfig(config: InternalAxiosRequestConfig<unknown, unknown>): object {
  const { method, baseURL, url, params, timeout, headers, data } = config;
  return {
    method,
    baseURL,
    url,
    params,
    timeout,
    headers: headers.toJSON(),
    data: printableBody(data),
  };
}

function printableResponse({ status, statusText, headers, data }: AxiosResponse<unknown>): object {
  return { status, statusText, headers, data: printableBody(data) };
}

function printableBody(body: unknown): unknown {
  return typeof body === 'object' && body !== null && ('pipe' in body || 'getReader' in body)
    ? '[stream]'
    : body;
}

function hide(holder: object, name: string): void {
  if (Object.hasOwn(holder, name)) Object.defineProperty(holder, name, { enumerable: false });
}

function define(holder: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(holder, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
