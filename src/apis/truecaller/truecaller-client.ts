import type { AxiosInstance } from 'axios';
import { headerOf } from '../../concealment/any-object.js';
import { retryAfterMs } from '../../platform/retry-after.js';
import type { HostOf } from '../api-hosts.js';
import { cleanText } from '../clean-text.js';
import { toErrorResponse } from '../error-response.js';
import { plainHeaders, withoutUndefined, type ApiRequestConfig } from '../request-options.js';
import { sendRequest, type HttpAnswer } from '../send-request.js';
import { asRecord, textOf } from '../wire-values.js';
import { readStatusInfo } from './status-info.js';
import { TruecallerApiError } from './truecaller-error.js';
import type { TruecallerHost } from './truecaller-hosts.js';
import type { TruecallerRequestOptions } from './truecaller-options.js';

/** One request, as the operations describe it. @internal */
export interface TruecallerRequest {
  operation: string;
  /** @defaultValue 'POST' */
  method?: 'GET' | 'POST';
  host: TruecallerHost;
  /** With the query, encoded. */
  path: string;
  body?: unknown;
  /** Whether an answer that looks like a failure is a result of this operation. @defaultValue never */
  isResult?: (body: unknown) => boolean;
}

/** Every documented success says at most that the payload was received. */
export interface TruecallerReceipt {
  /** The HTTP status: the one for success is not documented. */
  status: number;
  /** `Payload received successfully for processing`, if a body came. */
  message: string | undefined;
  raw: unknown;
}

/** What the operations work with. @internal */
export interface TruecallerClient {
  send(
    request: TruecallerRequest,
    options: TruecallerRequestOptions | undefined,
  ): Promise<TruecallerReceipt>;
}

/**
 * @param orgHeaders the headers of the webhook host, which takes no bearer
 * @internal
 */
export function createTruecallerClient(
  instance: AxiosInstance,
  hostOf: HostOf<TruecallerHost>,
  orgHeaders?: (operation: string) => Promise<Record<string, string>>,
): TruecallerClient {
  return {
    async send(request, callOptions) {
      const { operation, host } = request;
      const own = host === 'webhooks' ? await orgHeaders?.(operation) : undefined;
      const config = toConfig(request, hostOf(host, operation), callOptions ?? {}, own);
      const secrets = [own?.['X-Org-Token']].filter((secret) => secret !== undefined);
      return judge(request, await sendRequest(instance, config), secrets);
    },
  };
}

function toConfig(
  { method = 'POST', path, body }: TruecallerRequest,
  baseURL: string,
  callOptions: TruecallerRequestOptions,
  own: Record<string, string> | undefined,
): ApiRequestConfig {
  const extra = withoutUndefined(callOptions);
  return {
    // A redirected upload would be sent twice, and the org headers to wherever the redirect points.
    maxRedirects: 0,
    sensitiveHeaders: Object.keys(own ?? {}),
    ...extra,
    method,
    baseURL,
    url: path,
    headers: { ...plainHeaders(extra.headers), 'Content-Type': 'application/json', ...own },
    ...(body === undefined ? {} : { data: body }),
    ...(own === undefined ? {} : { bearer: false }),
  };
}

function judge(
  { operation, isResult }: TruecallerRequest,
  { status, headers, body, secrets: sent }: HttpAnswer,
  own: readonly string[],
): TruecallerReceipt {
  const secrets = [...own, ...sent];
  const fields = asRecord(body);
  const info = readStatusInfo(body);
  const slug = textOf(fields?.slug);
  const message = textOf(fields?.message) ?? info?.message;
  const isPage = typeof body === 'string' && /^\s*</.test(body);
  const failed =
    status < 200 || status >= 300 || slug !== undefined || info?.status === 'error' || isPage;
  if (!failed || isResult?.(body) === true) return { status, message, raw: body };
  const clean = (text: string | undefined) => cleanText(text, secrets);
  throw new TruecallerApiError({
    operation,
    response: toErrorResponse({ status, body }, secrets),
    slug: clean(slug),
    said: clean(message),
    ...(isPage ? { note: 'The response is a web page, not an API response.' } : {}),
    field: clean(info?.field),
    retryAfterMs: retryAfterMs(headerOf(headers, 'retry-after'), Date.now()),
  });
}
