import { afterEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';

import { isProxiedInTheClear } from '../../src/axios/env-proxy.js';
import { serve } from '../setup/loopback-server.js';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** The environment with these proxies and no others. */
function setProxies(proxies: Readonly<Record<string, string>>): void {
  const others = Object.entries(before).filter(([name]) => !/_proxy$/i.test(name));
  process.env = { ...Object.fromEntries(others), ...proxies };
}

const PROXY = { HTTP_PROXY: 'http://127.0.0.1:3128' };

describe('a proxy of the environment carries a request', () => {
  it.each([
    ['http://localhost:8080/things', PROXY],
    ['http://127.0.0.1/things', { http_proxy: 'proxy.corp:3128' }],
    ['http://[::1]:8080/things', { ALL_PROXY: 'socks://proxy.corp' }],
    ['http://localhost:8080', { ...PROXY, NO_PROXY: 'localhost:9090, .corp,,api.example.com' }],
  ])('to %s with %j', (url, proxies) => {
    setProxies(proxies);
    expect(isProxiedInTheClear(url, {})).toBe(true);
    expect(isProxiedInTheClear(url, { adapter: ['xhr', 'http', 'fetch'] })).toBe(true);
    expect(isProxiedInTheClear(url, { adapter: axios.getAdapter('http') })).toBe(true);
  });

  it.each([
    ['to this machine, where none is set', 'http://localhost', {}],
    ['to this machine, where the one that is set is empty', 'http://localhost', { HTTP_PROXY: '' }],
    ['for https alone', 'http://localhost', { HTTPS_PROXY: 'http://proxy.corp' }],
    ['in a tunnel, which it cannot look into', 'https://localhost', PROXY],
    ['to another machine, in clear text that the user allowed', 'http://api.example.com', PROXY],
    ['to a host that NO_PROXY names', 'http://localhost', { ...PROXY, NO_PROXY: 'a,LOCALHOST b' }],
    ['to a port that it names', 'http://127.0.0.1:81', { ...PROXY, no_proxy: '127.0.0.1:81' }],
    ['to an address with brackets', 'http://[::1]:81', { ...PROXY, no_proxy: '[::1]:81' }],
    ['to a suffix that it names', 'http://127.0.0.1', { ...PROXY, NO_PROXY: '*.0.0.1' }],
    ['to anywhere', 'http://localhost', { ...PROXY, NO_PROXY: '*' }],
    ['to what is no absolute URL', '/things', PROXY],
  ])('never %s', (_, url, proxies) => {
    setProxies(proxies);
    expect(isProxiedInTheClear(url, {})).toBe(false);
  });

  it.each([
    ['a proxy of its own', { proxy: { host: 'proxy.corp', port: 3128 } }],
    ['no proxy', { proxy: false as const }],
    ['a Unix socket', { socketPath: '/var/run/api.sock' }],
    ['an adapter that asks no environment', { adapter: 'fetch' as const }],
  ])('never where the request names %s', (_, config) => {
    setProxies(PROXY);
    expect(isProxiedInTheClear('http://localhost', config)).toBe(false);
  });

  it('never where there is no environment, as in a browser', () => {
    const { env } = process;
    Reflect.deleteProperty(process, 'env');
    try {
      expect(isProxiedInTheClear('http://localhost', {})).toBe(false);
    } finally {
      process.env = env;
    }
  });
});

describe('axios itself', () => {
  const answering = (text: string) => serve((_, response) => response.end(text));

  it.each([
    [undefined, {}],
    ['127.0.0.1', {}],
    ['127.0.0.1:1', {}],
    ['*', {}],
    ['.0.0.1', {}],
    ['other.example.com', {}],
    [undefined, { proxy: false as const }],
    [undefined, { adapter: 'fetch' as const }],
  ])('uses the proxy as predicted, with NO_PROXY %s and %j', async (exceptions, config) => {
    const [target, proxy] = [await answering('target'), await answering('proxy')];
    setProxies({
      HTTP_PROXY: proxy,
      ...(exceptions === undefined ? {} : { NO_PROXY: exceptions }),
    });

    const { data } = await axios.get<string>(`${target}/things`, config);

    expect(isProxiedInTheClear(target, config)).toBe(data === 'proxy');
  });
});
