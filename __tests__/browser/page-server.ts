import { build, type Plugin } from 'esbuild';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

import { coverageBuild, coverageFolder } from '../setup/coverage.js';

const repository = resolve(import.meta.dirname, '../..');

/** The test's own servers: one for the page and the API on its origin, one of another origin. */
export interface PageServer {
  readonly origin: string;
  /** Answers every request, from every origin. */
  readonly foreignOrigin: string;
  /** The `Authorization` headers that arrived at the other origin; `undefined` for a request without. */
  readonly foreignArrivals: (string | undefined)[];
  close(): void;
}

/** Serves the bundled page, and passes everything else on to the sandbox at `target`. */
export async function startPageServer(target: string): Promise<PageServer> {
  const script = await bundlePage();
  const page = await listen((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://page');
    if (pathname === '/')
      send(response, 'text/html', '<script type="module" src="/page.js"></script>');
    else if (pathname === '/page.js') send(response, 'text/javascript', script);
    else if (pathname === '/favicon.ico') response.writeHead(204).end();
    else passOn(incoming, response, target);
  });
  const foreignArrivals: (string | undefined)[] = [];
  const foreign = await listen((incoming, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*, authorization');
    if (incoming.method !== 'OPTIONS') foreignArrivals.push(incoming.headers.authorization);
    send(response, 'application/json', '{"from":"elsewhere"}');
  });
  return {
    origin: originOf(page),
    foreignOrigin: originOf(foreign),
    foreignArrivals,
    close() {
      for (const server of [page, foreign]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/**
 * The page names the sources, for its types; what is bundled is the built package, as a user's bundler finds it. Where the
 * lines that run are counted, the sources are.
 */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    logLevel: 'error',
    plugins: coverageFolder === undefined ? [builtPackage] : [],
    ...coverageBuild,
  });
  return outputFiles[0]!.text;
}

const builtPackage: Plugin = {
  name: 'built package',
  setup(bundler) {
    bundler.onResolve({ filter: /\/src\/(providers\/)?index\.js$/ }, ({ path }) => ({
      path: join(repository, 'dist', path.includes('providers') ? 'providers.js' : 'index.js'),
    }));
  },
};

async function listen(
  serve: (incoming: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

function passOn(incoming: IncomingMessage, response: ServerResponse, target: string): void {
  const { method, headers } = incoming;
  const outgoing = request(`${target}${incoming.url ?? ''}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  // A page that goes away takes its requests with it.
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
