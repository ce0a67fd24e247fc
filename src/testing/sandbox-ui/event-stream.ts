import type { ServerResponse } from 'node:http';

import type { Message } from './message.js';

/**
 * All pages that listen to the story.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export interface EventStream {
  readonly listeners: number;
  /** Greets a new listener, who stays until one side closes the connection. */
  join(response: ServerResponse, hello: Message): void;
  send(message: Message): void;
  close(): void;
}

/** A page that lags this far behind is disconnected: it reconnects automatically and gets everything again. */
const MOST_UNREAD_BYTES = 4_000_000;

/** How soon a page whose connection broke tries again. */
const RETRY_MS = 1_000;

export function createEventStream(): EventStream {
  const responses = new Set<ServerResponse>();
  const write = (response: ServerResponse, text: string) => {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(text);
  };
  return {
    get listeners() {
      return responses.size;
    },
    join(response, hello) {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
      });
      responses.add(response);
      response.on('close', () => responses.delete(response));
      write(response, `retry: ${RETRY_MS}\n${data(hello)}`);
    },
    send(message) {
      const text = data(message);
      for (const response of responses) write(response, text);
    },
    close() {
      for (const response of responses) response.end();
    },
  };
}

/** JSON has no line break outside of its strings, and none inside them either: one line, one message. */
function data(message: Message): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}
