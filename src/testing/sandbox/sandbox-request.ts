import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as the sandbox received it. */
export interface SandboxRequest {
  /** Position among all requests that this provider received, from 1. */
  readonly serial: number;
  /** When it had arrived in full, by the sandbox's clock, in epoch milliseconds. */
  readonly at: number;
  /** Origin of the server that received it, such as `http://127.0.0.1:41001`. */
  readonly origin: string;
  /** Method in capitals. */
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  /** Query parameters, decoded. */
  readonly query: URLSearchParams;
  /** Headers with names in lower case, as Node joins them. */
  readonly headers: IncomingHttpHeaders;
  /** Headers as they came over the wire: name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  /** Body, byte for byte. */
  readonly body: Buffer;
  /** Body parsed as JSON, or `undefined` if it is not JSON. */
  readonly json: unknown;
  /** The bearer token that it carried, valid or not. */
  readonly token: string | undefined;
  /** The status of the answer; `undefined` until then, and for good if the connection was cut. */
  readonly status: number | undefined;
}

/**
 * The log's own form of a request. Rarely used fields are computed on demand, because a storm of requests pays for
 * every field.
 */
export class RecordedRequest implements SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly token: string | undefined;
  status: number | undefined;
  readonly #search: string;

  constructor(
    message: IncomingMessage,
    readonly body: Buffer,
    readonly origin: string,
    readonly serial: number,
    readonly at: number,
  ) {
    const target = message.url ?? '/';
    const question = target.indexOf('?');
    this.method = message.method ?? 'GET';
    this.path = question < 0 ? target : target.slice(0, question);
    this.#search = question < 0 ? '' : target.slice(question + 1);
    this.headers = message.headers;
    this.rawHeaders = message.rawHeaders;
    this.token = bearerToken(message.headers.authorization);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  get json(): unknown {
    try {
      return JSON.parse(this.body.toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** The scheme is case-insensitive (RFC 9110, section 11.1); Udara360's own samples write `bearer`. */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
