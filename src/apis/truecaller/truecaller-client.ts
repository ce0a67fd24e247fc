import type { AxiosInstance } from 'axios';
import { ApiInputError } from '../api-input-error.js';
import { headerOf } from '../../concealment/any-object.js';
import { cleanText } from '../clean-text.js';
import { plainHeaders, withoutUndefined, type ApiRequestConfig } from '../request-options.js';
import { retryAfterMs } from '../../platform/retry-after.js';
import { sendRequest, type HttpAnswer } from '../send-request.js';
import { asRecord, textOf } from '../wire-values.js';
import { TruecallerApiError } from './truecaller-error.js';
import type {
  ResolvedTruecallerApiOptions,
  TruecallerRequestOptions,
} from './truecaller-options.js';

/** One POST, as the operations describe it: Truecaller documents no other method. */
export interface TruecallerRequest {
  operation: string;
  host: 'portal' | 'webhooks';
  path: string;
  body: unknown;
}

/** Every documented success says at most that the payload was received. */
export interface TruecallerReceipt {
  /** The HTTP status: which one means success is not documented. */
  status: number;
  /** `Payload received successfully for processing`, where a body came. */
  message: string | undefined;
  raw: unknown;
}

/** What the operations work with. @internal */
export interface TruecallerClient {
  readonly options: ResolvedTruecallerApiOptions;
  send(
    request: TruecallerRequest,
    options: TruecallerRequestOptions | undefined,
  ): Promise<TruecallerReceipt>;
}

/** The credential families: the portal takes the instance's bearer, the webhook host two headers of its own. @internal */
export function createTruecallerClient(
  instance: AxiosInstance,
  options: ResolvedTruecallerApiOptions,
): TruecallerClient {
  return {
    options,
    async send(request, callOptions) {
      const own = request.host === 'webhooks' ? await orgHeaders(request.operation, options) : {};
      const config = toConfig(request, callOptions ?? {}, own, options);
      config.redact = [...(config.redact ?? instance.defaults.redact ?? []), ...SECRET_HEADERS];
      const secrets = [own['X-Org-Token']].filter((secret) => secret !== undefined);
      return judge(request.operation, await sendRequest(instance, config), secrets);
    },
  };
}

const SECRET_HEADERS = ['authorization', 'x-org-token'];

function toConfig(
  request: TruecallerRequest,
  callOptions: TruecallerRequestOptions,
  own: Record<string, string>,
  { hostOf }: ResolvedTruecallerApiOptions,
): ApiRequestConfig {
  const extra = withoutUndefined(callOptions);
  return {
    // An upload that was redirected would be sent twice, and the org headers to wherever the redirect points.
    maxRedirects: 0,
    sensitiveHeaders: Object.keys(own),
    ...extra,
    method: 'POST',
    baseURL: hostOf(request.host, request.operation),
    url: request.path,
    headers: { ...plainHeaders(extra.headers), 'Content-Type': 'application/json', ...own },
    data: request.body,
    ...(request.host === 'webhooks' ? { bearer: false } : {}),
  };
}

async function orgHeaders(
  operation: string,
  options: ResolvedTruecallerApiOptions,
): Promise<Record<string, string>> {
  const webhook = await options.webhook();
  if (webhook === undefined || typeof webhook.token !== 'string' || webhook.token === '') {
    throw new ApiInputError({
      api: 'truecaller',
      operation,
      field: 'options.webhook.token',
      problem:
        'is required, because the webhook host takes no bearer token: make a webhook token in the console',
    });
  }
  return { 'X-Org-ID': webhook.orgId ?? options.organisationId, 'X-Org-Token': webhook.token };
}

function judge(
  operation: string,
  answer: HttpAnswer,
  secrets: readonly string[],
): TruecallerReceipt {
  const body = asRecord(answer.body);
  const info = asRecord(body?.status_info);
  const slug = textOf(body?.slug);
  const failed =
    answer.status < 200 || answer.status >= 300 || slug !== undefined || info?.status === 'error';
  const message = textOf(body?.message) ?? textOf(info?.message);
  if (!failed) return { status: answer.status, message, raw: answer.body };
  const said = message === undefined ? undefined : cleanText(message, secrets);
  throw new TruecallerApiError({
    operation,
    status: answer.status,
    slug: slug === undefined ? undefined : cleanText(slug, secrets),
    said,
    retryAfterMs: retryAfterMs(headerOf(answer.headers, 'retry-after'), Date.now()),
  });
}
