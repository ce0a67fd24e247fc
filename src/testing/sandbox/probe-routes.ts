import { createHash } from 'node:crypto';
import { empty, json, type Answer } from './answers.js';
import { route, type Access, type Route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';

/*
 * Routes that no provider has, for tests of the client itself. The prefix keeps them clear of every documented path.
 *
 *   /__sandbox/echo                   what arrived, as JSON
 *   /__sandbox/public-echo            the same, open to all
 *   /__sandbox/always-401?bytes=      the provider's 401, even for a valid token; with a padded body on request
 *   /__sandbox/status/{code}          that status with a small body
 *   /__sandbox/slow?ms=               an echo after that many real milliseconds
 *   /__sandbox/redirect?to=&status=   a redirect, 302 unless told otherwise
 *   /__sandbox/stream?chunks=&bytes=  a body in chunked encoding, one chunk per turn of the event loop
 */

const PUBLIC: Access = () => undefined;

/** Lists the routes under `/__sandbox/`; `refuse` writes the provider's 401. */
export function createProbeRoutes(refuse: (request: SandboxRequest) => Answer): readonly Route[] {
  return [
    route('*', '/__sandbox/echo', echo),
    route('*', '/__sandbox/public-echo', echo, PUBLIC),
    route('*', '/__sandbox/always-401', (request) => padded(refuse(request), request), PUBLIC),
    route('*', '/__sandbox/status/:code', (_request, { code }) => statusOnly(Number(code))),
    route('*', '/__sandbox/slow', (request) => ({
      ...echo(request),
      afterMs: numberParam(request, 'ms', 100),
    })),
    route('*', '/__sandbox/redirect', redirect),
    route('*', '/__sandbox/stream', stream),
  ];
}

/** The body of the echo routes. */
export interface SandboxEcho {
  method: string;
  path: string;
  /** Query parameters; the last value of a repeated one. */
  query: Record<string, string>;
  headers: Record<string, string | string[]>;
  /** The request body in base64. */
  body: string;
  /** Lower-case hex SHA-256 of the request body. */
  sha256: string;
  /** The bearer token, or `null`. */
  token: string | null;
}

function echo({ method, path, query, headers, body, token }: SandboxRequest): Answer {
  return json(200, {
    method,
    path,
    query: Object.fromEntries(query),
    headers,
    body: body.toString('base64'),
    sha256: createHash('sha256').update(body).digest('hex'),
    token: token ?? null,
  });
}

/** A client that requested a stream must not leave a large 401 unread. */
function padded(answer: Answer, request: SandboxRequest): Answer {
  const bytes = numberParam(request, 'bytes', 0);
  if (bytes === 0 || typeof answer.body !== 'string') return answer;
  return { ...answer, body: answer.body + ' '.repeat(bytes) };
}

function statusOnly(code: number): Answer {
  if (!Number.isInteger(code) || code < 200 || code > 599) {
    return json(400, { message: 'The sandbox answers with statuses from 200 to 599.' });
  }
  return code === 204 || code === 304 ? empty(code) : json(code, { status: code });
}

function redirect(request: SandboxRequest): Answer {
  const location = request.query.get('to') ?? '/__sandbox/echo';
  return empty(numberParam(request, 'status', 302), { location });
}

function stream(request: SandboxRequest): Answer {
  const chunk = Buffer.alloc(numberParam(request, 'bytes', 1024), 'a');
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: Array.from({ length: numberParam(request, 'chunks', 4) }, () => chunk),
  };
}

function numberParam(request: SandboxRequest, name: string, fallback: number): number {
  const value = Number(request.query.get(name) ?? fallback);
  return Number.isFinite(value) && value >= 0 ? value : fallback;
}
