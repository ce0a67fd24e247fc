import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request that arrived, as far as the tests look at it. */
export interface Arrival {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A token endpoint and an API that knows only the newest token, open to pages of every origin. */
export interface ApiServer {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  tokenCalls: number;
  close(): void;
}

/** @param pages - what it serves besides, by path */
export async function startApiServer(
  pages: Readonly<Record<string, readonly [type: string, text: string]>> = {},
): Promise<ApiServer> {
  const arrivals: Arrival[] = [];
  let live = '';
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://server');
    const send = (status: number, headers: object, text = '') =>
      response
        .writeHead(status, {
          'access-control-allow-origin': '*',
          'access-control-allow-headers': '*, authorization',
          'access-control-allow-methods': '*',
          ...headers,
        })
        .end(text);
    const page = pages[pathname];
    if (request.method === 'OPTIONS') return void send(204, {});
    if (page !== undefined) return void send(200, { 'content-type': page[0] }, page[1]);
    void buffer(request).then((body) => {
      if (pathname === '/revoke') {
        live = '';
        return send(200, {});
      }
      if (pathname === '/token') {
        ours.tokenCalls += 1;
        live = `token-${ours.tokenCalls}`;
        return send(
          200,
          { 'content-type': 'application/json' },
          JSON.stringify({ token: live, access_token: live }),
        );
      }
      arrivals.push({ path: pathname, headers: request.headers, body: body.toString('latin1') });
      const isOpen = live === '' && ours.tokenCalls === 0; // The foreign one.
      const isAuthorized = isOpen || request.headers.authorization === `Bearer ${live}`;
      if (!isAuthorized || pathname === '/always-401') return send(401, {}, 'refused');
      const location = searchParams.get('to');
      return location === null ? send(200, {}, 'ok') : send(302, { location });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ours: ApiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    tokenCalls: 0,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return ours;
}
