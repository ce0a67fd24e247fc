import { buffer } from 'node:stream/consumers';
import { serve } from '../setup/loopback-server.js';

/** A listener that keeps what is posted to it, and answers with the given statuses in turn, then with 200. */
export async function webhookListener(...statuses: number[]) {
  const posts: { type: string; body: Buffer }[] = [];
  const url = await serve((request, response) => {
    void buffer(request).then((body) => {
      posts.push({ type: request.headers['content-type'] ?? '', body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  return { url, posts };
}
