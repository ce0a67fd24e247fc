/*
 * Loaded before each snippet: sends what it would send to a real provider to the sandbox instead, at the wire, so that the
 * snippet itself is run as it stands.
 */
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';

const routes = JSON.parse(process.env['SNIPPET_ROUTES'] ?? '{}') as Record<string, string>;

https.request = ((
  options: RequestOptions,
  onResponse: Parameters<typeof http.request>[2],
): ClientRequest => {
  const host = options.hostname ?? options.host ?? '';
  const route = routes[`https://${host}`];
  if (route === undefined) throw new Error(`A snippet would have reached ${host}`);
  const { hostname, port } = new URL(route);
  return http.request(
    { ...options, protocol: 'http:', hostname, host: hostname, port, agent: undefined },
    onResponse,
  );
}) as typeof https.request;
