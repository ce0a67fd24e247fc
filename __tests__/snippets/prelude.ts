/*
 * Loaded before each snippet: sends what it would send to a real provider to the sandbox instead, at the wire, so that the
 * snippet itself is run as it stands.
 */
import axios, { type InternalAxiosRequestConfig } from 'axios';

const routes = JSON.parse(process.env['SNIPPET_ROUTES'] ?? '{}') as Record<string, string>;
const send = axios.getAdapter('http');

axios.defaults.adapter = (config: InternalAxiosRequestConfig) => {
  const target = axios.getUri(config);
  const { origin } = new URL(target);
  const route = routes[origin];
  if (route === undefined && !origin.startsWith('http://127.0.0.1:')) {
    throw new Error(`A snippet would have reached ${origin}`);
  }
  if (route === undefined) return send(config);
  const { baseURL, url } = config;
  return send({
    ...config,
    baseURL: baseURL?.replace(origin, route) ?? '',
    url: (url ?? '').replace(origin, route),
  });
};
