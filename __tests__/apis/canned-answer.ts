import { inspect } from 'node:util';

import type { Body } from 'nock';

import { nock } from '../setup/nock.js';

/** A request as it went out. */
export interface SentRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: any;
}

/** An answer of a server that exists for the test only. */
export interface CannedAnswer {
  status?: number;
  body?: string | Record<string, unknown> | readonly unknown[];
  headers?: Record<string, string>;
}

/**
 * Answers the next requests of this method to the host, whatever their path, and notes what was sent.
 * One answer, one request: a second one meets nobody.
 */
export function answerNext(
  host: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  ...answers: CannedAnswer[]
): SentRequest[] {
  const sent: SentRequest[] = [];
  for (const { status = 200, body = {}, headers = {} } of answers) {
    nock(host)
      .intercept(/.*/, method)
      .reply(function (path, sentBody) {
        sent.push({ method, path, headers: { ...this.req.headers }, body: sentBody });
        return [status, body as Body, headers];
      });
  }
  return sent;
}

/** Waits for a promise to fail, and hands over what it failed with. */
export async function failureOf(promise: Promise<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** What a request fails with when no answer comes. */
export const noAnswer = (code = 'ECONNRESET') => Object.assign(new Error('no answer'), { code });

/** Everything that logging and serialising an error can show. */
export function everyFormOf(error: any): string {
  return [
    String(error),
    error.stack,
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    inspect(error, { depth: 20 }),
  ].join('\n');
}

/** Everything that an iterator yields. */
export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
