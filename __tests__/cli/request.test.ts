import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox, type SandboxEcho } from '../../src/testing/index.js';
import { buildCli, environmentOf, type BuiltCli } from './cli-process.js';

let cli: BuiltCli;
let sandbox: Sandbox<'exotel' | 'truecaller'>;
let env: Record<string, string>;
beforeAll(async () => {
  [cli, sandbox] = await Promise.all([
    buildCli(),
    startSandbox({ only: ['exotel', 'truecaller'] }),
  ]);
  env = environmentOf(sandbox.exotel);
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  cli.remove();
  await sandbox.close();
});

const run = (args: readonly string[], input?: string) =>
  cli.run(['request', 'exotel', ...args], { env, ...(input === undefined ? {} : { input }) });

describe('axios-bearer request', () => {
  test('sends an authorised request, and writes only the response to standard output', async () => {
    const { code, stdout, stderr } = await run(['GET', '/__sandbox/echo?page=2']);
    expect([code, stderr]).toEqual([0, '']);
    const echo = JSON.parse(stdout) as SandboxEcho;
    expect(echo).toMatchObject({ method: 'GET', query: { page: '2' } });
    expect(echo.token).toBe(sandbox.exotel.issuedTokens[0]);
  });

  test('sends headers, and the body from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'axios-bearer-cli-'));
    const body = join(folder, 'body.json');
    writeFileSync(body, '{"to":"someone"}');
    const { stdout } = await run(['post', '/__sandbox/echo', '-d', body, '-H', 'X-One: a: b']);
    rmSync(folder, { recursive: true });
    const echo = JSON.parse(stdout) as SandboxEcho;
    expect(Buffer.from(echo.body, 'base64').toString()).toBe('{"to":"someone"}');
    expect(echo.headers).toMatchObject({ 'x-one': 'a: b', 'content-type': 'application/json' });
  });

  test('sends the body from standard input, with a content type of its own', async () => {
    const args = ['PUT', '/__sandbox/echo', '-d', '-', '-H', 'Content-Type: text/csv'];
    const echo = JSON.parse((await run(args, 'a,b\n')).stdout) as SandboxEcho;
    expect(Buffer.from(echo.body, 'base64').toString()).toBe('a,b\n');
    expect(echo.headers['content-type']).toBe('text/csv');
  });

  test('streams a large response whole', async () => {
    const { code, stdout } = await run(['GET', '/__sandbox/stream?chunks=64&bytes=65536']);
    expect(code).toBe(0);
    expect(stdout).toHaveLength(64 * 65_536);
  });

  test('stops quietly when the reader of a large response goes away', async () => {
    const args = ['request', 'exotel', 'GET', '/__sandbox/stream?chunks=512&bytes=65536'];
    const child = cli.start(args, { env });
    const exit = new Promise((done) => child.once('exit', done));
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await exit).toBe(0);
  });

  test('reports with --verbose the token call, the 401 and the replay, without secrets', async () => {
    sandbox.exotel.api.failNext(1, { status: 401 });
    const { code, stdout, stderr } = await run(['GET', '/__sandbox/echo', '--verbose']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ token: sandbox.exotel.issuedTokens[1] });
    const told = stderr.split('\n').map((line) => line.replace(/ in \d+ ms$/, ''));
    const { host } = new URL(sandbox.exotel.url);
    expect(told.slice(0, 6)).toEqual([
      `* token call: POST ${host} 200`,
      expect.stringMatching(/^\* new token, valid for (24 h|23 h 59 min)$/),
      '* the API rejected the token: replay',
      `* token call: POST ${host} 200`,
      expect.stringMatching(/^\* new token, valid for (24 h|23 h 59 min)$/),
      '* sent again with a new token: accepted',
    ]);
    expect(stderr).toContain('200 OK');
    const { apiKey, apiToken } = sandbox.exotel.credentials;
    for (const secret of [...sandbox.exotel.issuedTokens, apiKey, apiToken])
      expect(stderr).not.toContain(secret);
  });

  test('ends with 6 after an error status, and still writes the response', async () => {
    const { code, stdout, stderr } = await run(['GET', '/__sandbox/status/418']);
    expect([code, JSON.parse(stdout)]).toEqual([6, { status: 418 }]);
    expect(stderr).toMatch(/^418 /);
  });

  test('ends with 7 when the API closes the connection', async () => {
    sandbox.exotel.api.resetConnections();
    const { code, stdout, stderr } = await run(['GET', '/__sandbox/echo']);
    expect([code, stdout]).toEqual([7, '']);
    expect(stderr).toContain('The API did not respond');
  });

  test('ends with 7 after --timeout', async () => {
    sandbox.exotel.api.hang();
    const { code } = await run(['GET', '/__sandbox/echo', '--timeout', '1']);
    expect(code).toBe(7);
  });

  test('ends with 4 when there is no token, and sends nothing', async () => {
    sandbox.exotel.rotateCredentials();
    const { code } = await run(['GET', '/__sandbox/echo']);
    expect([code, sandbox.exotel.requests]).toEqual([4, []]);
  });

  test('sends nothing to an address outside the provider’s origins', async () => {
    const { code, stderr } = await run(['GET', `${sandbox.truecaller.url}/__sandbox/public-echo`]);
    expect([code, sandbox.truecaller.requests]).toEqual([3, []]);
    expect(stderr).toContain(`, not to ${sandbox.truecaller.url}. Give a path, or set --base-url.`);
  });

  test('accepts standard input for one thing only', async () => {
    const { code, stderr } = await run(['POST', '/', '-d', '-', '--credentials', '-']);
    expect(code).toBe(2);
    expect(stderr).toContain('Standard input cannot hold both');
  });
});
