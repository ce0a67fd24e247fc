import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import axios from 'axios';

import { proxyVariable } from '../../src/cli/doctor/proxy-variable.js';
import { serve } from '../setup/loopback-server.js';

const environment = { ...process.env };
const withoutProxies = () =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/proxy/i.test(name)));

const answering = (text: string) => serve((_, response) => response.end(text));

let proxy: string;
let api: string;
beforeAll(async () => {
  [proxy, api] = await Promise.all([answering('the proxy'), answering('the API')]);
});
afterEach(() => {
  process.env = { ...environment };
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
    process.env = {
      ...withoutProxies(),
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value.replace('PROXY', proxy)]),
      ),
    };
    const origin = api.replace('127.0.0.1', 'api.acme.example');

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
