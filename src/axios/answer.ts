import { isCancel, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { headerOf, isObject } from '../concealment/any-object.js';
import type { Sent } from './exchange.js';
import { followedTo } from './fetch-answers.js';

/**
 * What is known about the answer to a request: usually axios's response, or only status and headers if the body could not be
 * read.
 */
export interface Answer {
  readonly status: number;
  readonly headers: object;
  readonly data: unknown;
  /** The adapter's request object: Node's ClientRequest, an XMLHttpRequest or a fetch Request. */
  readonly request: unknown;
  readonly response: AxiosResponse | undefined;
}

type Config = InternalAxiosRequestConfig;
type Unknown<T> = { readonly [K in keyof T]?: unknown };

/** Reads the answer from a response of any shape; `undefined` if it has no status. */
export function answerIn(response: unknown): Answer | undefined {
  const { status, headers, data, request } = (response ?? {}) as Unknown<AxiosResponse>;
  const code = typeof status === 'string' ? Number(status) : status;
  if (typeof code !== 'number' || Number.isNaN(code)) return undefined;
  return {
    status: code,
    headers: isObject(headers) ? headers : {},
    data,
    request,
    response: response as AxiosResponse,
  };
}

/**
 * Reads the answer from an error of any shape; `undefined` if none came or the request was cancelled.
 *
 * @param seen - status and headers seen before a transform threw
 */
export function answerOf(error: unknown, seen: unknown): Answer | undefined {
  if (isCancel(error)) return undefined;
  const { response, request } = (error ?? {}) as { response?: unknown; request?: unknown };
  return answerIn(response) ?? answerBehind(request) ?? answerIn(seen);
}

/** An answer whose body was not read, because it is too long or broke off. */
function answerBehind(request: unknown): Answer | undefined {
  const { res } = (request ?? {}) as { res?: { statusCode?: unknown; headers?: unknown } | null };
  if (res != null) {
    return answerIn({ status: res.statusCode, headers: res.headers, request });
  }
  const followed = followedTo(request);
  return followed && answerIn({ ...followed, request });
}

/** The parts of Node's ClientRequest and of an XMLHttpRequest that we use. */
interface SentRequest {
  readonly getHeader?: (name: string) => unknown;
  readonly res?: { readonly responseUrl?: unknown } | null;
  readonly responseURL?: unknown;
}

/**
 * Whether our token arrived and one of the provider's own hosts answered, as far as the adapter reports. A redirect to another
 * origin removes the header for good, even if a later one leads back; so do credentials in the URL.
 */
export function isAboutOurToken(sent: Sent, { request, response }: Answer): boolean {
  const { place, guard } = sent.attachment;
  const { authorization } = sent.token;
  const { getHeader } = (request ?? {}) as SentRequest;
  /** A header as it was sent, or our value if the adapter does not report it. */
  const header = (name: string) =>
    typeof getHeader === 'function' ? getHeader.call(request, name) : authorization;
  const url = answeringURL(request, sent.config);
  if (url !== undefined && !guard.allowsURL(url)) return false;
  if (place.arrivedIn !== undefined) return place.arrivedIn({ url, header }, authorization);
  if (header(place.id) !== authorization) return false;
  const carried = (config: Config | undefined) => headerOf(config?.headers, place.id);
  if (carried(sent.config) !== authorization) return false; // A transform removed or replaced it.
  return (carried(response?.config) ?? authorization) === authorization;
}

/** The URL that answered after redirects, if the adapter reports it. */
function answeringURL(request: unknown, { socketPath }: InternalAxiosRequestConfig) {
  if (socketPath != null) return undefined; // Every request goes to the same socket, and the URL names no host.
  const { res, responseURL } = (request ?? {}) as SentRequest;
  const url = res?.responseUrl ?? responseURL ?? followedTo(request)?.url;
  // A relative one is not from axios's own adapters: axios-mock-adapter puts the requested path here.
  return typeof url === 'string' && URL.canParse(url) ? url : undefined;
}
