import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers';
import { sandboxFailure, type Answer } from './answers.js';

/** How to reply to a client. */
export interface Reply {
  /** Writes the answer; a client that has gone away gets nothing, and nothing fails. */
  send(answer: Answer, sending?: (status: number) => void): void;
  /** Cuts the connection with a TCP reset, which the client sees as ECONNRESET. */
  reset(): void;
}

/** Answers one request, whose body has arrived in full. `origin` is that of the server. */
export type Serve = (message: IncomingMessage, body: Buffer, reply: Reply, origin: string) => void;

/** An open HTTP server. */
export interface HttpListener {
  /** Origin without a trailing slash. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Where to listen, and the clock to use. */
export interface HttpListenerOptions {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Wall clock for the `Date` header, in epoch milliseconds. */
  readonly now: () => number;
}

/** A pooled connection that the server closes just as the client reuses it would fail a test for no reason. */
const KEEP_ALIVE_MS = 10 * 60_000;

const EMPTY = Buffer.alloc(0);

/** Opens one HTTP server. */
export async function openHttpListener(
  { host, port, now }: HttpListenerOptions,
  serve: Serve,
): Promise<HttpListener> {
  const timers = new Set<NodeJS.Timeout>();
  const later = (callback: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, ms);
    timers.add(timer);
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    const reply = createReply(response, now, later);
    readBody(message, (body) => serve(message, body, reply, origin));
  });
  // A request may hang as long as the test wants.
  server.requestTimeout = 0;
  server.timeout = 0;
  const origin = await listen(server, host, port);
  return {
    origin,
    close() {
      timers.forEach(clearTimeout);
      return close(server);
    },
  };
}

/** Resolves with the origin, without a trailing slash. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening'); // Rejects with an error that comes first.
  const address = server.address() as AddressInfo; // A server that listens on TCP has one.
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Closes a server and its connections. Safe to call twice. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function readBody(message: IncomingMessage, done: (body: Buffer) => void): void {
  const { headers } = message;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    message.resume();
    done(EMPTY);
    return;
  }
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.on('end', () => done(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks)));
  // A client that aborts while sending does not matter, but an unhandled error would end the process.
  message.on('error', () => undefined);
}

function createReply(
  response: ServerResponse,
  now: () => number,
  later: (callback: () => void, ms: number) => void,
): Reply {
  const write = (answer: Answer, sending?: (status: number) => void) => {
    if (response.destroyed || response.headersSent) return;
    sending?.(answer.status);
    writeAnswer(response, answer, now());
  };
  /** A status or a header that cannot be sent came from a test; it must not end the process that runs it. */
  const tryWrite: typeof write = (answer, sending) => {
    try {
      write(answer, sending);
    } catch (error) {
      write(sandboxFailure(error), sending);
    }
  };
  return {
    send(answer, sending) {
      const { afterMs = 0 } = answer;
      if (afterMs > 0) later(() => tryWrite(answer, sending), afterMs);
      else tryWrite(answer, sending);
    },
    reset() {
      response.socket?.resetAndDestroy();
    },
  };
}

function writeAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
  at: number,
): void {
  const date = new Date(at).toUTCString();
  if (body === undefined) {
    // RFC 9110, section 8.6: no Content-Length in a 204, and a 304 would need that of the 200.
    const length = status === 204 || status === 304 ? {} : { 'content-length': '0' };
    response.writeHead(status, { date, ...length, ...headers });
    response.end();
  } else if (typeof body === 'string' || Buffer.isBuffer(body)) {
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, { date, 'content-length': length, ...headers });
    response.end(body);
  } else {
    response.writeHead(status, { date, ...headers });
    writeChunks(response, [...body]);
  }
}

/** Writes one buffer per turn of the event loop, so that the client really reads it in pieces. */
function writeChunks(response: ServerResponse, rest: Buffer[]): void {
  const chunk = rest.shift();
  if (chunk === undefined || response.destroyed) {
    response.end();
    return;
  }
  const goOn = () => setImmediate(() => writeChunks(response, rest));
  if (response.write(chunk)) goOn();
  else response.once('drain', goOn);
}
