import type { TokenParams } from '../token/token-params.js';

/** Bearer options of one request, as `init.bearer`. */
export interface BearerRequestOptions {
  /** With `false` a token is attached, but the request is never sent again after a 401. @defaultValue true */
  readonly replay?: boolean | undefined;
  /** Parameters of the token request, if the provider has any, such as `scope`, `audience` or a tenant. @defaultValue none */
  readonly params?: TokenParams | undefined;
}

/** What `fetch` takes, and the bearer options of this request. */
export interface BearerRequestInit extends RequestInit {
  /**
   * `false` sends the request without a token and without replay.
   *
   * @defaultValue a token is attached, and the request is sent once more after a 401
   */
  readonly bearer?: false | BearerRequestOptions | undefined;
}

export type FetchInput = RequestInfo | URL;

/** A call of fetch, with its `Request` and `init` combined. */
export interface FetchCall {
  readonly input: FetchInput;
  readonly init: BearerRequestInit;
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  readonly redirect: RequestRedirect;
}

/** @throws what fetch would throw for these headers */
export function fetchCall(input: FetchInput, given: BearerRequestInit = {}): FetchCall {
  const init = membersOf(given);
  const request = isRequest(input) ? input : undefined;
  return {
    input,
    init,
    url: isRequest(input) ? input.url : String(input),
    method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
    headers: new Headers(init.headers ?? request?.headers),
    redirect: init.redirect ?? request?.redirect ?? 'follow',
    // `null` removes the signal of the Request.
    signal: (init.signal === undefined ? request?.signal : init.signal) ?? undefined,
  };
}

/** A `Request` of any implementation. */
export function isRequest(input: unknown): input is Request {
  return typeof (input as Partial<Request> | undefined)?.clone === 'function';
}

/** A copy that fetch reads like the original, which may be a `Request`, whose members are inherited. */
export function membersOf(init: BearerRequestInit): BearerRequestInit {
  const members: Record<string, unknown> = {};
  for (const name in init) members[name] = init[name as keyof BearerRequestInit];
  return members;
}
