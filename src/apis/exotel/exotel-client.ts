import { isAxiosError, type AxiosBasicCredentials, type AxiosInstance } from 'axios';
import { ApiInputError } from '../api-input-error.js';
import { headerOf } from '../../concealment/any-object.js';
import { cleanText } from '../clean-text.js';
import { toErrorResponse } from '../error-response.js';
import {
  plainHeaders,
  withoutUndefined,
  type ApiRequestConfig,
  type ApiRequestOptions,
} from '../request-options.js';
import { basicAuthorization } from '../../platform/basic-authorization.js';
import { retryAfterMs } from '../../platform/retry-after.js';
import { sendRequest, wasNeverSent, type HttpAnswer } from '../send-request.js';
import { takeTurn } from '../turns.js';
import { asRecord, numberOf, textOf } from '../wire-values.js';
import { exotelAuthSchemes, type ExotelChoosableOperation } from './auth-schemes.js';
import { toReason, type ExotelErrorReason } from './error-reasons.js';
import { ExotelApiError, type ExotelRateLimitState } from './exotel-error.js';
import {
  requireCredential,
  resolveWire,
  type ExotelRequestOptions,
  type ExotelWire,
  type ResolvedExotelApiOptions,
} from './exotel-options.js';
import { findFailure, NOTHING_TOLD } from './failure.js';
import type { ExotelBudget } from './rate-limiter.js';
import { readVoiceXml } from './voice-xml.js';

interface RequestLine {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  host: 'ccm' | 'voice' | 'tenant';
  /** Already encoded: see {@link ExotelClient.path}. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON; a `URLSearchParams` as an urlencoded form, a `FormData` as a multipart one. */
  body?: unknown;
  budget?: ExotelBudget;
  /** Whether the request makes telephones ring: it must not be sent twice, so redirects are not followed either. */
  ringsPhones?: boolean;
  /** Whether some items may fail while others succeed: the answer is then returned, with the failures in it. */
  partial?: boolean;
  /** Parts of the body that no error may contain. */
  secrets?: readonly string[];
}

/** A call whose scheme can be chosen, or whose docs allow only one. */
type Authorised =
  | { operation: ExotelChoosableOperation }
  | { operation: string; fixedAuth: 'basic' | 'bearer' | 'tenant-basic' };

/** One request, as the operations describe it. */
export type ExotelRequest = RequestLine & Authorised;

/** A file to fetch. @internal */
export interface ExotelDownload {
  operation: string;
  url: URL;
  withApiKey: boolean;
  responseType: 'arraybuffer' | 'stream';
  /** What to say about a failure, if more is known about this file than the status says. */
  explain(status: number): { reason?: ExotelErrorReason; note?: string };
}

/** A successful answer. */
export interface ExotelAnswer {
  /** The body; Voice v1 XML is already in the shape of the JSON. */
  body: unknown;
  requestId: string | undefined;
  /** An error for a body that makes no sense, with the details of the answer. */
  unexpected(note: string): ExotelApiError;
}

/** What every group of operations works with. @internal */
export interface ExotelClient {
  readonly options: ResolvedExotelApiOptions;
  send(request: ExotelRequest, options?: ExotelRequestOptions): Promise<ExotelAnswer>;
  /** Fetches a file from wherever it is kept, as bytes or as a stream. Follows no redirect. */
  download(
    request: ExotelDownload,
    options?: ApiRequestOptions,
  ): Promise<Omit<HttpAnswer, 'status'>>;
  wire(options: ExotelRequestOptions | undefined): ExotelWire;
  /** The time-out of a request, in milliseconds; 0 means none. */
  timeoutOf(options: ApiRequestOptions | undefined): number;
  /** `/{version}/accounts/{account sid}/...`, each segment encoded. Voice v1 and v2_beta write a capital A. */
  path(version: 'v1' | 'v2' | 'v2_beta' | 'v3' | 'v4', ...segments: string[]): string;
}

/** Turns requests into answers or errors. @internal */
export function createExotelClient(
  instance: AxiosInstance,
  options: ResolvedExotelApiOptions,
): ExotelClient {
  return {
    options,
    async send(request, callOptions = {}) {
      const { config, secrets, remedy } = await toConfig(request, callOptions, options);
      await takeTurn(options.rateLimiter, request.budget, config.signal);
      const answer = await sendRequest(instance, config).catch((error: unknown) => {
        throw request.ringsPhones === true ? withDoubt(error) : error;
      });
      return judge(answer, { ...request, secrets, remedy });
    },
    async download(request, callOptions = {}) {
      const { operation, url } = request;
      const extra = withoutUndefined(callOptions);
      const own = request.withApiKey ? await withApiKey(operation, options) : WITHOUT_CREDENTIALS;
      const answer = await sendRequest(instance, {
        ...extra,
        method: 'GET',
        // In full: in a page with its own address, a path that begins with // would lead to another host.
        baseURL: url.origin,
        url: url.href,
        allowAbsoluteUrls: true,
        responseType: request.responseType,
        transformResponse: (data: unknown) => data,
        headers: { ...plainHeaders(extra.headers), ...own.headers },
        maxRedirects: 0,
        ...NO_DEFAULT_LOGIN,
        ...own.config,
      });
      if (answer.status >= 200 && answer.status < 300) return answer;
      const told = { ...answer, body: readErrorBody(answer.body) };
      throw toError(told, { operation, secrets: own.secrets }, request.explain(answer.status));
    },
    wire: (callOptions) => resolveWire(options.wire, callOptions?.wire),
    timeoutOf: (callOptions) => callOptions?.timeout ?? instance.defaults.timeout ?? 0,
    path(version, ...segments) {
      const accounts = version === 'v1' || version === 'v2_beta' ? 'Accounts' : 'accounts';
      return ['', version, accounts, options.accountSid, ...segments]
        .map(encodeURIComponent)
        .join('/');
    },
  };
}

async function toConfig(
  request: ExotelRequest,
  callOptions: ExotelRequestOptions,
  options: ResolvedExotelApiOptions,
): Promise<{ config: ApiRequestConfig; secrets: readonly string[]; remedy: string | undefined }> {
  const { body } = request;
  const { authScheme, ...rest } = callOptions;
  const extra = withoutUndefined({ ...rest, wire: undefined });
  const own = await authorise(request, authScheme ?? options.authScheme, options);
  const otherScheme = own === LEFT_TO_THE_INSTANCE ? 'basic' : 'bearer';
  const config: ApiRequestConfig = {
    // A redirect would ring telephones twice, or send the account's key to an unknown host.
    ...(request.ringsPhones === true || own !== LEFT_TO_THE_INSTANCE ? { maxRedirects: 0 } : {}),
    ...extra,
    method: request.method,
    baseURL: options.hostOf(request.host, request.operation),
    url: request.path + toQuery(request.query),
    headers: { ...plainHeaders(extra.headers), ...contentTypeOf(body), ...own.headers },
    // A string, so that a replay of the request sends the very same bytes.
    ...(body === undefined ? {} : { data: body instanceof URLSearchParams ? `${body}` : body }),
    ...own.config,
  };
  return {
    config,
    secrets: [...own.secrets, ...(request.secrets ?? [])],
    remedy: 'fixedAuth' in request ? undefined : SCHEME_REMEDIES[otherScheme],
  };
}

/** The docs contradict each other about the scheme, so a 401 may mean that the other one is needed. */
const SCHEME_REMEDIES = Object.freeze({
  basic:
    "It was sent with what the instance attaches; { authScheme: 'basic' } sends the API key and token of the option basic.",
  bearer:
    "It was sent with Basic; { authScheme: 'bearer' } sends what the instance attaches, such as a token.",
});

/** Explicit: with an instance whose default is JSON, axios would turn a form into JSON. */
function contentTypeOf(body: unknown): { 'Content-Type'?: string } {
  if (body === undefined) return {};
  if (body instanceof FormData) return { 'Content-Type': 'multipart/form-data' };
  const isForm = body instanceof URLSearchParams;
  return { 'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' };
}

/** Not left to axios, which sends `+` for a space and does not encode `,` and `:`. */
function toQuery(query: RequestLine['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** `auth` in the instance's defaults would replace our header. axios accepts null, though its types do not say so. */
const NO_DEFAULT_LOGIN = Object.freeze({ auth: null as unknown as AxiosBasicCredentials });

interface OwnAuthorisation {
  headers: { Authorization?: string | null };
  config: { bearer?: false; auth?: AxiosBasicCredentials };
  secrets: readonly string[];
}

const LEFT_TO_THE_INSTANCE: OwnAuthorisation = Object.freeze({
  headers: {},
  config: {},
  secrets: [],
});

/** Removes a header of the instance's defaults, too. */
const WITHOUT_CREDENTIALS: OwnAuthorisation = Object.freeze({
  headers: { Authorization: null },
  config: { bearer: false } as const,
  secrets: [],
});

async function authorise(
  request: ExotelRequest,
  chosen: 'bearer' | 'basic' | undefined,
  options: ResolvedExotelApiOptions,
): Promise<OwnAuthorisation> {
  const { operation } = request;
  if (!('fixedAuth' in request)) {
    const scheme = chosen ?? exotelAuthSchemes[request.operation];
    const hasKey = chosen === 'basic' || options.hasBasic;
    return scheme === 'basic' && hasKey ? withApiKey(operation, options) : LEFT_TO_THE_INSTANCE;
  }
  if (request.fixedAuth === 'bearer') return LEFT_TO_THE_INSTANCE;
  return request.fixedAuth === 'basic'
    ? withApiKey(operation, options)
    : withTenantLogin(operation, options);
}

async function withApiKey(
  operation: string,
  options: ResolvedExotelApiOptions,
): Promise<OwnAuthorisation> {
  const credentials = await options.basic();
  if (credentials === undefined) {
    throw new ApiInputError({
      api: 'exotel',
      operation,
      field: 'options.basic',
      problem:
        'is required, because this call is sent with Basic: give createExotelApi apiKey and apiToken',
    });
  }
  return withBasic(
    requireCredential(credentials.apiKey, operation, 'options.basic.apiKey'),
    requireCredential(credentials.apiToken, operation, 'options.basic.apiToken'),
  );
}

async function withTenantLogin(
  operation: string,
  options: ResolvedExotelApiOptions,
): Promise<OwnAuthorisation> {
  const credentials = await options.tenantBasic();
  if (credentials === undefined) {
    throw new ApiInputError({
      api: 'exotel',
      operation,
      field: 'options.tenantBasic',
      problem: 'is required, because this call takes a username and password of the tenant host',
    });
  }
  return withBasic(
    requireCredential(credentials.username, operation, 'options.tenantBasic.username'),
    requireCredential(credentials.password, operation, 'options.tenantBasic.password'),
  );
}

function withBasic(user: string, password: string): OwnAuthorisation {
  return {
    headers: { Authorization: basicAuthorization(user, password) },
    config: { bearer: false, ...NO_DEFAULT_LOGIN },
    secrets: [password],
  };
}

/** No idempotency key is documented, so looking is the only way to tell. */
const MAY_RING = 'The telephones may ring anyway: look for the call before you place it again.';

/** The same error; if the call may have been placed, its message says so. */
function withDoubt(error: unknown): unknown {
  if (!isAxiosError(error) || wasNeverSent(error)) return error;
  // A frozen error stays as it is.
  Reflect.set(error, 'message', `${error.message}. No answer came. ${MAY_RING}`);
  return error;
}

/** What an error has to know about its request. */
interface Sent extends Pick<RequestLine, 'ringsPhones' | 'partial'> {
  operation: string;
  secrets: readonly string[];
  /** What to try after a 401. */
  remedy?: string | undefined;
}

function judge(answer: HttpAnswer, sent: Sent): ExotelAnswer {
  const body = readVoiceXml(answer.body) ?? answer.body;
  const told = findFailure(body);
  const failed = told !== undefined && !(sent.partial === true && told.failures.length > 0);
  if (failed || answer.status < 200 || answer.status >= 300) {
    throw toError({ ...answer, body }, sent);
  }
  const requestId = requestIdOf(body);
  return {
    body,
    requestId,
    unexpected: (note) =>
      new ExotelApiError({
        operation: sent.operation,
        status: answer.status,
        response: toErrorResponse(answer, [...sent.secrets, ...answer.secrets]),
        reason: 'unexpected-body',
        requestId,
        note,
      }),
  };
}

function toError(
  answer: HttpAnswer,
  { operation, ringsPhones, secrets: own, remedy }: Sent,
  explained: ReturnType<ExotelDownload['explain']> = {},
): ExotelApiError {
  const secrets = [...own, ...answer.secrets];
  const told = findFailure(answer.body) ?? NOTHING_TOLD;
  // A body that only repeats success while HTTP says otherwise does not overrule HTTP.
  const { status: toldStatus = 0 } = told;
  const status = answer.status < 400 && toldStatus >= 400 ? toldStatus : answer.status;
  const clean = (text: string | undefined) => cleanText(text, secrets);
  const reason = explained.reason ?? toReason(status, told.code);
  return new ExotelApiError({
    operation,
    status,
    response: toErrorResponse(answer, secrets),
    reason,
    remedy:
      reason === 'authentication-failed'
        ? remedy
        : status >= 500 && ringsPhones === true
          ? MAY_RING
          : undefined,
    exotelCode: typeof told.code === 'string' ? clean(told.code) : told.code,
    said: clean(told.message),
    note: explained.note,
    description: clean(told.description),
    requestId: requestIdOf(answer.body),
    retryAfterMs: retryAfterMs(headerOf(answer.headers, 'retry-after'), Date.now()),
    rateLimit: rateLimitOf(answer.headers),
    failures: told.failures.map((failure) => ({ ...failure, message: clean(failure.message) })),
  });
}

/** The body of a refused download: an error page as text or JSON. A stream is closed unread. */
function readErrorBody(body: unknown): unknown {
  const bytes = bytesOf(body);
  if (bytes === undefined) {
    const stream = asRecord(body);
    const close = stream?.destroy ?? stream?.cancel;
    if (typeof close === 'function') close.call(body);
    return undefined;
  }
  const text = new TextDecoder().decode(bytes.subarray(0, LONGEST_ERROR_BODY));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const LONGEST_ERROR_BODY = 16_384;

/** A Buffer in Node, an ArrayBuffer elsewhere. @internal */
export function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : undefined;
}

function requestIdOf(body: unknown): string | undefined {
  return textOf(asRecord(body)?.request_id);
}

function rateLimitOf(headers: unknown): ExotelRateLimitState | undefined {
  const limit = numberOf(headerOf(headers, 'x-ratelimit-limit'));
  const remaining = numberOf(headerOf(headers, 'x-ratelimit-remaining'));
  const resetSeconds = numberOf(headerOf(headers, 'x-ratelimit-reset'));
  if (limit === undefined && remaining === undefined && resetSeconds === undefined)
    return undefined;
  const resetTime = resetSeconds === undefined ? undefined : new Date(resetSeconds * 1000);
  return { limit, remaining, resetTime };
}
