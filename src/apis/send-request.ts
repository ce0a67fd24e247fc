import { isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios';

import { headerOf } from '../concealment/any-object.js';
import { concealError } from '../concealment/conceal.js';
import type { ApiRequestConfig } from './request-options.js';
import { asRecord } from './wire-values.js';

/** Headers with the account's own secrets: Basic of Exotel, the webhook token of Truecaller. */
const WITH_SECRETS = ['authorization', 'x-org-token'];

/** An HTTP response, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: unknown;
  body: unknown;
  /** The token or key that went out: some servers quote it, and no error may contain it. */
  secrets: readonly string[];
}

/**
 * Sends one request and returns the response, good or bad, for the caller to judge.
 *
 * If there was no response (network, time-out, cancel, no token), the error is rethrown as is.
 */
export async function sendRequest(
  instance: AxiosInstance,
  config: ApiRequestConfig,
): Promise<HttpAnswer> {
  // axios leaves these keys out of the JSON form of its errors; the instance's own list stays in force.
  const redact = [...(config.redact ?? instance.defaults.redact ?? []), ...WITH_SECRETS];
  try {
    return toAnswer(await instance.request<unknown, unknown>({ ...config, redact }));
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    if (error.response !== undefined && !isBrokenOff(error.response))
      return toAnswer(error.response);
    throw concealSecrets(error);
  }
}

/** Hides the account's own secrets in an axios error, and returns it. */
export function concealSecrets<E>(error: E): E {
  return concealError(error, (_value, name) => WITH_SECRETS.includes(name.toLowerCase()));
}

/** A success whose body broke off: axios throws an error with the response that it had begun. */
function isBrokenOff({ status, data }: AxiosResponse<unknown>): boolean {
  return status >= 200 && status < 300 && data === undefined;
}

/** No such address, or no server at it. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;

/** Whether a request was never sent: there was no connection, or it was cancelled before. */
export function wasNeverSent(error: unknown): boolean {
  if (!isAxiosError(error)) return false;
  if (error.code === 'ERR_CANCELED') return error.request === undefined;
  return NOT_CONNECTED.test(error.code ?? '');
}

/** Apps often unwrap `response.data` in an interceptor of their own; then the result is the body itself. */
function toAnswer(result: unknown): HttpAnswer {
  const response = asRecord(result);
  if (response === undefined || !('config' in response) || typeof response.status !== 'number') {
    return { status: 200, headers: undefined, body: result, secrets: [] };
  }
  const { status, headers, data: body, config } = response;
  return { status, headers, body, secrets: credentialsIn(config) };
}

/** The part after the scheme. The header may be concealed; only this conversion then reveals it. */
function credentialsIn(config: unknown): readonly string[] {
  const header = headerOf(asRecord(config)?.headers, 'authorization');
  const [, credentials] = /^\S+ +(\S+)$/.exec(String(header)) ?? [];
  return credentials === undefined ? [] : [credentials];
}
