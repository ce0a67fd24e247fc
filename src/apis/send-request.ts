import { isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios';

import { headerOf } from '../concealment/any-object.js';
import { concealError } from '../concealment/conceal.js';
import type { ApiRequestConfig } from './request-options.js';
import { asRecord } from './wire-values.js';

/** Headers with the account's own secrets: Basic of Exotel, the webhook token of Truecaller. */
const WITH_SECRETS = /^(authorization|x-org-token)$/i;

/** An HTTP answer, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: unknown;
  body: unknown;
  /** The token or key that went out: some servers quote it, and no error may repeat it. */
  secrets: readonly string[];
}

/**
 * Sends one request and returns the answer, good or bad, for the caller to judge.
 *
 * What never became an answer (network, time-out, cancel, a token that could not be had) is thrown on as it came.
 */
export async function sendRequest(
  instance: AxiosInstance,
  config: ApiRequestConfig,
): Promise<HttpAnswer> {
  try {
    return toAnswer(await instance.request<unknown, unknown>(config));
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    if (error.response !== undefined && !isBrokenOff(error.response))
      return toAnswer(error.response);
    throw concealSecrets(error);
  }
}

/** Hides the account's own secrets in an error of axios, and returns it. */
export function concealSecrets<E>(error: E): E {
  return concealError(error, (_value, name) => WITH_SECRETS.test(name));
}

/** A success whose body never came to its end: axios hands over an error with the response that it had begun. */
function isBrokenOff({ status, data }: AxiosResponse<unknown>): boolean {
  return status >= 200 && status < 300 && data === undefined;
}

/** No such address, or no server at it. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;

/** Tells that a request never left: there was no connection, or it was cancelled before. */
export function wasNeverSent(error: unknown): boolean {
  if (!isAxiosError(error)) return false;
  if (error.code === 'ERR_CANCELED') return error.request === undefined;
  return NOT_CONNECTED.test(error.code ?? '');
}

/** Apps often unwrap `response.data` in an interceptor of their own; then what comes back is the body already. */
function toAnswer(result: unknown): HttpAnswer {
  const response = asRecord(result);
  if (response === undefined || !('config' in response) || typeof response.status !== 'number') {
    return { status: 200, headers: undefined, body: result, secrets: [] };
  }
  const { status, headers, data: body, config } = response;
  return { status, headers, body, secrets: credentialsIn(config) };
}

/** What stands behind the scheme. The header may be concealed, and is then told by this conversion only. */
function credentialsIn(config: unknown): readonly string[] {
  const header = headerOf(asRecord(config)?.headers, 'authorization');
  const [, credentials] = /^\S+ +(\S+)$/.exec(String(header)) ?? [];
  return credentials === undefined ? [] : [credentials];
}
