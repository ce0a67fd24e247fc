import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The HTTP interface of Upstash, as far as its client uses it here, in front of a Redis of our own. */
export interface UpstashStandIn {
  readonly url: string;
  close(): void;
}

type Command = readonly string[];

/** @see https://upstash.com/docs/redis/features/restapi */
export async function startUpstashStandIn(
  run: (...args: string[]) => Promise<unknown>,
): Promise<UpstashStandIn> {
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const isEncoded = request.headers['upstash-encoding'] === 'base64';
    const one = async (command: Command) => {
      try {
        const result = await run(...command.map(String));
        return { result: isEncoded ? encoded(result) : result };
      } catch (error) {
        return { error: (error as Error).message };
      }
    };
    const body = await json(request);
    if (request.url?.startsWith('/pipeline') === true)
      return { status: 200, body: await Promise.all((body as Command[]).map(one)) };
    const reply = await one(body as Command);
    return { status: 'error' in reply ? 400 : 200, body: reply };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function encoded(result: unknown): unknown {
  if (typeof result === 'string') return Buffer.from(result).toString('base64');
  return Array.isArray(result) ? result.map(encoded) : result;
}
