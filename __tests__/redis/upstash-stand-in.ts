import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

import { json as answerJSON, serve } from '../setup/loopback-server.js';

type Command = readonly string[];

/**
 * The HTTP interface of Upstash, as far as its client uses it here, in front of a Redis of our own; returns its URL.
 *
 * @see https://upstash.com/docs/redis/features/restapi
 */
export function startUpstashStandIn(run: (...args: string[]) => Promise<unknown>): Promise<string> {
  return serve((request, response) => {
    void answer(request).then(({ status, body }) => answerJSON(response, status, body));
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
}

function encoded(result: unknown): unknown {
  if (typeof result === 'string') return Buffer.from(result).toString('base64');
  return Array.isArray(result) ? result.map(encoded) : result;
}
