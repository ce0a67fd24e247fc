import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { proxyVariable } from '../../src/cli/doctor/proxy-variable.js';

const environment = { ...process.env };
const withoutProxies = () =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/proxy/i.test(name)));

async function answering(text: string): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

let proxy: Awaited<ReturnType<typeof answering>>;
let api: Awaited<ReturnType<typeof answering>>;
beforeAll(async () => {
  [proxy, api] = await Promise.all([answering('the proxy'), answering('the API')]);
});
afterEach(() => {
  process.env = { ...environment };
});
afterAll(() => {
  proxy.server.close();
  api.server.close();
});

describe('the variable that names a proxy for an address', () => {
  test.each<{ given: Record<string, string>; variable: string | undefined }>([
    { given: {}, variable: undefined },
    { given: { HTTP_PROXY: 'PROXY' }, variable: 'HTTP_PROXY' },
    { given: { http_proxy: 'PROXY', HTTP_PROXY: 'http://other.example' }, variable: 'http_proxy' },
    { given: { HTTPS_PROXY: 'PROXY' }, variable: undefined },
    { given: { ALL_PROXY: 'PROXY' }, variable: 'ALL_PROXY' },
    { given: { HTTP_PROXY: '' }, variable: undefined },
    { given: { HTTP_PROXY: 'PROXY', NO_PROXY: '*' }, variable: undefined },
    { given: { HTTP_PROXY: 'PROXY', no_proxy: 'api.acme.example' }, variable: undefined },
    { given: { HTTP_PROXY: 'PROXY', NO_PROXY: 'a.example,.acme.example' }, variable: undefined },
    // What another reading of NO_PROXY would take for an exception.
    { given: { HTTP_PROXY: 'PROXY', NO_PROXY: 'acme.example' }, variable: 'HTTP_PROXY' },
    { given: { HTTP_PROXY: 'PROXY', NO_PROXY: 'api.acme.example:1' }, variable: 'HTTP_PROXY' },
  ])('is $variable in $given, and axios goes that way', async ({ given, variable }) => {
    const proxyURL = `http://127.0.0.1:${proxy.port}`;
    process.env = {
      ...withoutProxies(),
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value.replace('PROXY', proxyURL)]),
      ),
    };
    const origin = `http://api.acme.example:${api.port}`;

    expect(proxyVariable(origin)).toBe(variable);
    const { data } = await axios.get<string>(origin, {
      lookup: (_hostname, _options, found) => found(null, '127.0.0.1', 4),
    });
    expect(data).toBe(variable === undefined ? 'the API' : 'the proxy');
  });

  test('is shown without the address, which may hold a password', () => {
    process.env = { ...withoutProxies(), HTTPS_PROXY: 'me:fake-password@proxy.example:3128' };

    expect(proxyVariable('https://api.acme.example')).toBe('HTTPS_PROXY');
  });
});
