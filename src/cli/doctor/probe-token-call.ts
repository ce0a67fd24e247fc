import axios, { type AxiosAdapter, type AxiosResponse } from 'axios';

import { retryAfterMs } from '../../platform/retry-after.js';
import {
  createTokenSource,
  isBearerError,
  TokenAcquisitionError,
  type Provider,
} from '../../index.js';
import type { Answer, FailedOutcome, TokenCall } from './findings.js';

/** Makes one token call through the library and records what happened. */
export async function probeTokenCall(provider: Provider, timeoutMs: number): Promise<TokenCall> {
  let answer: Answer | undefined;
  let tookMs = 0;
  let isDirect = false;
  const http = axios.getAdapter('http');
  const watching: AxiosAdapter = async (config) => {
    const sentAt = Date.now();
    isDirect = config.proxy === false;
    try {
      const response = await http(config);
      answer = lookAt(response, (sentAt + Date.now()) / 2);
      return response;
    } finally {
      tookMs = Date.now() - sentAt;
    }
  };
  const source = createTokenSource(provider, {
    // A second attempt would show nothing new and might count against a limit.
    maxAttempts: 1,
    attemptTimeoutMs: timeoutMs,
    flightTimeoutMs: timeoutMs,
    transport: { adapter: watching },
  });
  try {
    const { value, expiresAt, scope } = await source.getToken();
    const livesMs = expiresAt === undefined ? undefined : expiresAt - Date.now();
    const outcome = { kind: 'token', length: value.length, livesMs, scope } as const;
    return { answer, tookMs, timeoutMs, isDirect, outcome };
  } catch (error) {
    return { answer, tookMs, timeoutMs, isDirect, outcome: failed(error) };
  } finally {
    source.close();
  }
}

/** A `Date` header is cut to the second, so half a second is missing on average. */
const DATE_CUT_MS = 500;

function lookAt({ status, headers, data }: AxiosResponse<unknown>, localTime: number): Answer {
  const header = (name: string) => String(headers[name] ?? '');
  const date = Date.parse(header('date'));
  const serverTime = Number.isNaN(date) ? undefined : date + DATE_CUT_MS;
  const isHTML = /^text\/html\b/i.test(header('content-type'));
  return {
    status,
    isWebPage: isHTML || /^\s*<(!doctype|html)\b/i.test(String(data)),
    retryAfterMs: retryAfterMs(header('retry-after'), serverTime ?? localTime),
    clockOffsetMs: serverTime === undefined ? undefined : Math.round(serverTime - localTime),
  };
}

function failed(error: unknown): FailedOutcome {
  if (!isBearerError(error)) throw error;
  const { code, message, cause } = error;
  const networkCode = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const { oauthError, diagnosis } = error instanceof TokenAcquisitionError ? error : {};
  return { kind: 'failed', code, message, oauthCode: oauthError?.error, diagnosis, networkCode };
}
