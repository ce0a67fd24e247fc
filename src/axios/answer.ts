import { isCancel, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { headerOf } from '../concealment/any-object.js';
import type { Sent } from './exchange.js';
import { followedTo } from './fetch-answers.js';

/**
 * What is known of the answer to a request. Usually axios's response itself; where the body could not be read, only what
 * came before the body.
 */
export interface Answer {
  readonly status: number;
  readonly headers: object;
  readonly data: unknown;
  /** What adapters leave of the request that was answered: Node's ClientRequest, an XMLHttpRequest, fetch's Request. */
  readonly request: unknown;
  readonly response: AxiosResponse | undefined;
}

type Unknown<T> = { readonly [K in keyof T]?: unknown };

/** The answer in a response of any shape; `undefined` if it has no status. */
export function answerIn(response: unknown): Answer | undefined {
  const { status, headers, data, request } = (response ?? {}) as Unknown<AxiosResponse>;
  const code = typeof status === 'string' ? Number(status) : status;
  if (typeof code !== 'number' || Number.isNaN(code)) return undefined;
  return {
    status: code,
    headers: typeof headers === 'object' && headers !== null ? headers : {},
    data,
    request,
    response: response as AxiosResponse,
  };
}

/**
 * The answer that an error of any shape tells of; `undefined` if none came, or the caller gave up.
 *
 * @param seen - what was seen of it before a transform threw
 */
export function answerOf(error: unknown, seen: unknown): Answer | undefined {
  if (isCancel(error)) return undefined;
  const { response, request } = (error ?? {}) as { response?: unknown; request?: unknown };
  return answerIn(response) ?? answerBehind(request) ?? answerIn(seen);
}

/** The answer whose body was not read: one that is too long, or that broke off. */
function answerBehind(request: unknown): Answer | undefined {
  const { res } = (request ?? {}) as { res?: { statusCode?: unknown; headers?: unknown } | null };
  if (res != null) {
    return answerIn({ status: res.statusCode, headers: res.headers, request });
  }
  const followed = followedTo(request);
  return followed && answerIn({ ...followed, request });
}

/** What is used of Node's ClientRequest, and of an XMLHttpRequest. */
interface SentRequest {
  readonly getHeader?: (name: string) => unknown;
  readonly res?: { readonly responseUrl?: unknown } | null;
  readonly responseURL?: unknown;
}

/**
 * Whether it was our token that arrived, and one of the provider's own hosts that judged it, as far as the adapter
 * tells. A redirect to another origin takes the header off for good, even if a further one leads back; so do
 * credentials in the URL.
 */
export function isAboutOurToken(sent: Sent, { request, response }: Answer): boolean {
  const { authorization } = sent.token;
  const { getHeader } = (request ?? {}) as SentRequest;
  if (typeof getHeader === 'function') {
    if (getHeader.call(request, 'authorization') !== authorization) return false;
  }
  for (const config of [sent.config, response?.config]) {
    const carried = authorizationOf(config);
    if (carried !== undefined && carried !== authorization) return false;
  }
  if (authorizationOf(sent.config) === undefined) return false; // A transform took it off.
  const url = answeringURL(request, sent.config);
  return url === undefined || sent.attachment.guard.allowsURL(url);
}

function authorizationOf(config: InternalAxiosRequestConfig | undefined): unknown {
  return headerOf(config?.headers, 'authorization');
}

/** The URL that answered after redirects, where the adapter tells it. */
function answeringURL(request: unknown, { socketPath }: InternalAxiosRequestConfig) {
  if (socketPath != null) return undefined; // All of them go to the same socket, and the URL names no host.
  const { res, responseURL } = (request ?? {}) as SentRequest;
  const url = res?.responseUrl ?? responseURL ?? followedTo(request)?.url;
  // One without an origin comes from no adapter of axios: axios-mock-adapter puts the path there that was asked for.
  return typeof url === 'string' && URL.canParse(url) ? url : undefined;
}
