import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';

import { fetchCall, type BearerRequestInit } from '../../src/fetch/fetch-call.js';
import { sendFollowing } from '../../src/fetch/follow-redirects.js';
import { serve } from '../setup/loopback-server.js';

/*
 * Where the fetch of a runtime may forward the token, we follow redirects ourselves. Node's does it by the standard: what arrives has to be
 * the same, request by request.
 */

let [here, there] = ['', ''];
let arrivals: string[] = [];

const answer: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { method, url, headers } = request;
    const own = ['authorization', 'cookie', 'content-type', 'content-length', 'x-own'];
    const shown = own.flatMap((name) =>
      headers[name] === undefined ? [] : [`${name}: ${headers[name].toString()}`],
    );
    arrivals.push([headers.host, method, url, ...shown, body].join(' | '));
    const { pathname, searchParams } = new URL(url!, here);
    const [next, ...rest] = searchParams.getAll('to');
    const status = Number(pathname.slice(1));
    if (status < 300) return response.end('done');
    const query = rest.map((to) => `&to=${encodeURIComponent(to)}`).join('');
    response.writeHead(status, next === undefined ? {} : { location: next + query }).end('moved');
  });
};

beforeAll(async () => {
  [here, there] = [await serve(answer), await serve(answer)];
});
beforeEach(() => {
  arrivals = [];
});

const headers = { Authorization: 'Bearer a', Cookie: 'b=1', 'X-Own': 'c' };

interface Trip {
  readonly arrived: readonly string[];
  readonly outcome: unknown;
}

async function trip(send: () => Promise<Response>): Promise<Trip> {
  arrivals = [];
  const outcome = await send().then(
    async (response) => [response.status, response.url, response.redirected, await response.text()],
    (error: unknown) => (error as Error).message,
  );
  return { arrived: arrivals, outcome };
}

async function bothWays(path: string, init: BearerRequestInit): Promise<[Trip, Trip]> {
  const given = { ...init, headers: { ...headers, ...(init.headers as object) } };
  const native = await trip(() => fetch(here + path, given));
  const own = await trip(() => {
    const call = fetchCall(here + path, given);
    const fields = call.init.body == null ? {} : { body: call.init.body };
    return sendFollowing(fetch, call, given, () => Promise.resolve(fields), 'authorization');
  });
  return [own, native];
}

const query = (...hops: string[]) =>
  `?${hops.map((to) => `to=${encodeURIComponent(to)}`).join('&')}`;

describe.each([300, 301, 302, 303, 307, 308, 304])('a redirect with status %i', (status) => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])(
    'of a %s is followed as by Node',
    async (method) => {
      const body = method === 'POST' || method === 'PUT' ? 'hello' : null;
      for (const target of ['/200', `${there}/200`]) {
        const [own, native] = await bothWays(`/${status}${query(target)}`, { method, body });
        expect(own).toEqual(native);
        expect(own.arrived.length).toBeGreaterThan(0);
      }
    },
  );
});

test('the token is gone for good once a redirect has left its origin', async () => {
  const [own, native] = await bothWays(
    `/302${query('/307?', `${there}/302?`, `${here}/200?`)}`,
    {},
  );

  expect(own).toEqual(native);
  expect(own.arrived.map((line) => line.includes('Bearer a'))).toEqual([true, true, false, false]);
});

test.each(['', 'http://', 'mailto:a@example.com', '#part'])(
  'as by Node, with the location %j',
  async (to) => {
    const [own, native] = await bothWays(`/302${query(to)}`, {});
    expect(own).toEqual(native);
  },
);

test('ends after twenty redirects, as by Node', async () => {
  const [own, native] = await bothWays(
    `/302${query(...Array.from({ length: 30 }, () => '/302?'))}`,
    {},
  );

  expect(own).toEqual(native);
  expect(own.arrived).toHaveLength(21);
});

test('a body that can be read only once is not sent again', async () => {
  const call = fetchCall(`${here}/307${query('/200')}`, { method: 'POST' });
  const cannotRepeat = () => Promise.resolve(undefined);
  const init = { method: 'POST', body: 'x' };
  const sending = sendFollowing(fetch, call, init, cannotRepeat, 'authorization');

  await expect(sending).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { message: 'The API redirects with a body that can be read only once.' },
  });
});
