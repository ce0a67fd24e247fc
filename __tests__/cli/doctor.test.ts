import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { readFileSync } from 'node:fs';
import { createServer as createHTTP } from 'node:http';
import { createServer as createHTTPS } from 'node:https';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../src/testing/index.js';
import { freePort } from '../processes/free-port.js';
import { listening } from '../setup/loopback-server.js';
import { buildCli, environmentOf, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
let sandbox: Sandbox;
beforeAll(async () => {
  [cli, sandbox] = await Promise.all([buildCli(), startSandbox()]);
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  cli.remove();
  await sandbox.close();
});

interface Diagnosis {
  readonly code: number | null;
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, { outcome: string; seen: string }>>;
  readonly advice: readonly string[];
  readonly diagnosis?: object;
}

async function diagnose(provider: string, env: Record<string, string>): Promise<Diagnosis> {
  const { code, stdout, stderr } = await cli.run(['doctor', provider, '--json'], { env });
  expect(stderr).toBe('');
  const { checks, ...told } = JSON.parse(stdout) as {
    ok: boolean;
    checks: { what: string; outcome: string; seen: string }[];
    advice: string[];
    diagnosis?: object;
  };
  return { code, ...told, checks: Object.fromEntries(checks.map((check) => [check.what, check])) };
}

/** Another machine, which a proxy would lead to. */
const ELSEWHERE = { EXOTEL_BASE_URL: 'https://exotel.invalid' };

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

describe('axios-bearer doctor', () => {
  test('has no advice when all is well, and makes one token call', async () => {
    const { code, ok, checks, advice } = await diagnose('exotel', environmentOf(sandbox.exotel));
    expect({ code, ok, advice }).toEqual({ code: 0, ok: true, advice: [] });
    expect(Object.values(checks).map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'));
    expect(checks['read as']?.seen).toMatch(/^a token of 183 characters, valid for (24 h|23 h 59)/);
    expect(sandbox.exotel.tokenCalls).toBe(1);
  });

  test.each(['exotel', 'singleview'] as const)(
    'reports a wrong key of %s and names its fields',
    async (name) => {
      const env = environmentOf(sandbox[name]);
      sandbox[name].rotateCredentials();
      const { code, checks, advice } = await diagnose(name, env);
      expect([code, checks['read as']?.seen]).toEqual([4, 'ERR_CREDENTIALS_REJECTED']);
      const fields = Object.keys(sandbox[name].credentials).join(', ');
      expect(advice.at(-1)).toContain(`The key may be wrong or revoked: compare ${fields}`);
    },
  );

  test('reports a possible wrong region, which answers a valid key like a wrong one', async () => {
    const { wrongRegionUrl } = sandbox.exotel;
    const env = { ...environmentOf(sandbox.exotel), EXOTEL_BASE_URL: wrongRegionUrl };
    const { code, checks, advice } = await diagnose('exotel', env);
    expect(code).toBe(4);
    expect(checks['token call']?.seen).toContain(`status 401 from ${wrongRegionUrl}`);
    expect(advice[0]).toMatch(/^EXOTEL_BASE_URL overrides the address of region/);
    expect(advice[1]).toContain('Exotel gives the same answer to a valid key in the wrong region');
  });

  test('reports a clock that is ten minutes off, although a token came', async () => {
    const ahead = await startSandbox({ only: ['udara360'], now: () => Date.now() + 600_000 });
    const { code, checks, advice } = await diagnose('udara360', environmentOf(ahead.udara360));
    await ahead.close();
    expect([code, checks['clock']?.outcome]).toEqual([0, 'note']);
    expect(advice).toHaveLength(1);
    expect(advice[0]).toMatch(/clock is (10 min|9 min 59 s)( 1 s)? behind the provider's/);
  });

  test('reports a rate limit that has been reached, and its size', async () => {
    const { tokenUrl, credentials } = sandbox.truecaller;
    const body = { api_key: credentials.apiKey, key_id: credentials.keyId };
    const headers = { 'x-public-access': 'allow' };
    for (let spent = 0; spent < 10; spent += 1) await axios.post(tokenUrl, body, { headers });

    const { code, advice } = await diagnose('truecaller', environmentOf(sandbox.truecaller));
    expect(code).toBe(5);
    expect(advice[0]).toContain(
      'The rate limit has been reached: 10 tokens per 30 min. Wait 30 min',
    );
    expect(advice[1]).toContain('Share one token source');
    expect(sandbox.truecaller.tokenCalls).toBe(11);
  });

  test('reports how long the provider asks to wait', async () => {
    const headers = { 'retry-after': '120' };
    sandbox.learning360.tokenEndpoint.fail({ status: 429, headers });
    const { advice } = await diagnose('learning360', environmentOf(sandbox.learning360));
    expect(advice[0]).toContain('Wait 2 min');
  });

  test.each([200, 403])('reports a web page with status %i', async (status) => {
    const html = '<!DOCTYPE html><html><body>Please log in</body></html>';
    sandbox.exotel.tokenEndpoint.answerRaw(html, {
      status,
      headers: { 'content-type': 'text/html' },
    });
    const { code, checks, advice } = await diagnose('exotel', environmentOf(sandbox.exotel));
    expect([code, checks['read as']?.seen]).toEqual([5, 'a web page']);
    expect(advice[0]).toContain(
      'a proxy or login page on this network may have intercepted the request',
    );
    expect(advice.join()).not.toContain('The key may be');
  });

  test('names the proxy that answered instead of the provider', async () => {
    const page = '<html>Who are you?</html>';
    const proxy = createHTTP().on('connect', (_request, socket) => {
      socket.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
      );
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
    const env = { ...environmentOf(sandbox.exotel), ...ELSEWHERE, HTTPS_PROXY };
    const { checks, advice } = await diagnose('exotel', env);
    expect(checks['proxy']?.seen).toContain('HTTPS_PROXY applies');
    expect(advice[0]).toContain('the proxy set in HTTPS_PROXY may have answered instead');
  });

  test('reports a proxy that is down', async () => {
    const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
    const env = { ...environmentOf(sandbox.exotel), ...ELSEWHERE, HTTPS_PROXY };
    const { code, advice } = await diagnose('exotel', env);
    expect(code).toBe(5);
    expect(advice[0]).toContain(
      'No response came through the proxy set in HTTPS_PROXY (ECONNREFUSED)',
    );
  });

  test('knows that the token call to loopback bypasses a proxy from the environment', async () => {
    const HTTP_PROXY = `http://127.0.0.1:${await freePort()}`;
    const env = { ...environmentOf(sandbox.exotel), HTTP_PROXY };
    const { code, checks } = await diagnose('exotel', env);
    expect([code, checks['proxy']]).toEqual([0, undefined]);
  });

  test('reports that nothing is listening', async () => {
    const UDARA360_BASE_URL = `http://127.0.0.1:${await freePort()}`;
    const env = { ...environmentOf(sandbox.udara360), UDARA360_BASE_URL };
    const { code, checks, advice } = await diagnose('udara360', env);
    expect([code, checks['connection']?.seen]).toEqual([5, 'ECONNREFUSED']);
    expect(advice).toEqual([
      `Nothing is listening at ${UDARA360_BASE_URL}. If this should be the sandbox, start it: npx axios-bearer sandbox.`,
    ]);
  });

  test('reports a host that accepts the connection and does not respond', async () => {
    sandbox.exotel.tokenEndpoint.hang();
    const args = ['doctor', 'exotel', '--timeout', '0.5', '--json'];
    const { code, stdout } = await cli.run(args, { env: environmentOf(sandbox.exotel) });
    const { advice } = JSON.parse(stdout) as { advice: string[] };
    expect(code).toBe(5);
    expect(advice).toHaveLength(1);
    expect(advice[0]).toMatch(/^Connected to http:\S+, but got no response within 500 ms\./);
  });

  test('reports the words of the provider without the key, and its fields as JSON', async () => {
    const message = `Unknown key ${sandbox.truecaller.credentials.apiKey}`;
    sandbox.truecaller.tokenEndpoint.answerRaw(
      JSON.stringify({ slug: 'authorization-error', message }),
      { status: 401, headers: { 'content-type': 'application/json' } },
    );
    const env = environmentOf(sandbox.truecaller);
    const { checks, diagnosis } = await diagnose('truecaller', env);
    expect(diagnosis).toEqual({ code: 'authorization-error', message: 'Unknown key [redacted]' });
    expect(checks['provider says']?.seen).toBe('authorization-error, Unknown key [redacted]');
  });

  test('does not blame the key when Exotel says that the account is not enabled', async () => {
    const error_data = { code: 1003, message: 'Not authorised' };
    sandbox.exotel.tokenEndpoint.answerRaw(
      JSON.stringify({
        request_id: 'rq-1',
        response: { code: 403, status: 'failure', error_data },
      }),
      { status: 403, headers: { 'content-type': 'application/json' } },
    );
    const { code, advice, diagnosis } = await diagnose('exotel', environmentOf(sandbox.exotel));
    expect(code).toBe(4);
    expect(advice).toEqual([expect.stringContaining('this account is not authorized for CCM')]);
    expect(diagnosis).toEqual({ code: '1003', message: 'Not authorised', requestId: 'rq-1' });
  });

  test('reports a secret that ends with the line break of its file', async () => {
    const env = { ...environmentOf(sandbox.exotel), EXOTEL_API_TOKEN: 'fake-token\n' };
    const { code, advice } = await diagnose('exotel', env);
    expect([code, sandbox.exotel.tokenCalls]).toEqual([3, 0]);
    expect(advice).toEqual([expect.stringContaining('apiToken ends with a line break')]);
  });
});

describe('over TLS, axios-bearer doctor', () => {
  let EXOTEL_BASE_URL: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    const server = createHTTPS(
      {
        key: readFileSync(fixture('self-signed-key.pem')),
        cert: readFileSync(fixture('self-signed-cert.pem')),
      },
      (_, response) => {
        const data = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600 };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ response: { code: 200, status: 'success', data } }));
      },
    );
    EXOTEL_BASE_URL = `https://127.0.0.1:${await listening(server)}`;
    env = { ...environmentOf(sandbox.exotel), EXOTEL_BASE_URL };
  });

  test('reports an untrusted certificate, and its issuer', async () => {
    const { code, checks, advice } = await diagnose('exotel', env);
    expect([code, checks['TLS']?.seen]).toEqual([5, 'DEPTH_ZERO_SELF_SIGNED_CERT']);
    expect(advice[0]).toContain('It was issued by axios-bearer tests only.');
    expect(advice[1]).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('passes once the machine trusts the certificate', async () => {
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: fixture('self-signed-cert.pem') };
    const { code, checks } = await diagnose('exotel', trusting);
    expect(code).toBe(0);
    expect(checks['TLS']?.seen).toMatch(
      /^TLSv1\.3, certificate from axios-bearer tests only, valid/,
    );
  });

  test('reports a port that does not speak TLS', async () => {
    const plain = sandbox.exotel.url.replace('http:', 'https:');
    const { code, advice } = await diagnose('exotel', { ...env, EXOTEL_BASE_URL: plain });
    expect(code).toBe(5);
    expect(advice[0]).toContain('does not speak TLS');
  });
});
