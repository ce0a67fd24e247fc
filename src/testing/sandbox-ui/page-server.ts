import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { close, listen } from '../sandbox/http-listener.js';
import type { PageFiles } from './built-page.js';
import { COMMAND_HEADER } from './message.js';

/** What the server passes on. */
export interface PageServerOptions {
  /** 0 lets the system choose a free port. */
  readonly port: number;
  readonly page: PageFiles;
  /** A page wants to listen. */
  readonly listen: (response: ServerResponse) => void;
  /** A button was pressed; returns whether the body was a command. */
  readonly obey: (body: string) => boolean;
}

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** A command is a few dozen characters. */
const LONGEST_COMMAND_BYTES = 1_000;

/** Loads nothing from elsewhere, and no site may frame the page to trick a user into pressing its buttons. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Serves the page on loopback.
 *
 * A foreign page in a browser on this machine must neither read this one nor press its buttons: a foreign `Host` (DNS
 * rebinding) is refused, and a command needs our own origin and our header.
 */
export async function openPageServer(options: PageServerOptions): Promise<PageServer> {
  const { page, obey } = options;
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', page.html],
    '/page.js': ['text/javascript', page.script],
    '/page.css': ['text/css', page.style],
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files[pathname];
    if (!isOurHost(request, origin)) refuse(response, 403, 'Not the address of this page.');
    else if (pathname === '/commands') await receiveCommand(request, response, obey);
    else if (request.method !== 'GET') refuse(response, 405, 'Only GET.', { allow: 'GET' });
    else if (pathname === '/events') options.listen(response);
    else if (file === undefined) refuse(response, 404, 'There is no such page.');
    else sendFile(response, ...file);
  }

  const server = createServer((request, response) => {
    // What breaks here is one connection, such as a client that goes away while it sends.
    answer(request, response).catch(() => response.destroy());
  });
  const origin = await listen(server, LOOPBACK, options.port);
  return { url: `${origin}/`, close: () => close(server) };
}

async function receiveCommand(
  request: IncomingMessage,
  response: ServerResponse,
  obey: (body: string) => boolean,
): Promise<void> {
  const { method, headers } = request;
  if (method !== 'POST') refuse(response, 405, 'Only POST.', { allow: 'POST' });
  else if (!isFromOurPage(request)) refuse(response, 403, 'Commands come from the page itself.');
  else if (!(Number(headers['content-length']) <= LONGEST_COMMAND_BYTES))
    refuse(response, 413, 'Too long for a command.');
  else if (!obey(await text(request))) refuse(response, 400, 'Not a command.');
  else response.writeHead(204, SECURITY_HEADERS).end();
}

function sendFile(response: ServerResponse, type: string, content: string): void {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
  });
  response.end(content);
}

function isOurHost({ headers }: IncomingMessage, origin: string): boolean {
  const asked = `http://${headers.host ?? ''}`;
  return asked === origin || asked === origin.replace(LOOPBACK, 'localhost');
}

/** The `Host` has been checked, so an `Origin` that repeats it is ours. */
function isFromOurPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}` && headers[COMMAND_HEADER] !== undefined;
}

function refuse(
  response: ServerResponse,
  status: number,
  because: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'text/plain', ...headers });
  response.end(`${because}\n`);
}
