import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { createTokenSource } from '../../src/axios/create-token-source.js';
import { isBearerError } from '../../src/errors/index.js';
import { defineProvider } from '../../src/index.js';
import { oauth2, tokenFromFile } from '../../src/oauth/index.js';
import { createFakeTokenEndpoint } from '../../src/testing/index.js';
import { createRunningClock } from './running-clock.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-'));
  file = join(folder, 'token');
  writeFileSync(file, 'first\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As kubelet does: the new file takes the place of the old one. */
function renew(token: string) {
  writeFileSync(`${file}.new`, token);
  renameSync(`${file}.new`, file);
}

describe('the file is read for each token call', () => {
  it.each<[string, string, (token: () => Promise<string>) => object]>([
    ['the assertion', 'assertion', (assertion) => ({ grant: { type: 'jwt-bearer', assertion } })],
    [
      'the subject token',
      'subject_token',
      (subjectToken) => ({
        grant: { type: 'token-exchange', subjectToken, subjectTokenType: 'jwt' },
      }),
    ],
    [
      'the client assertion',
      'client_assertion',
      (assertion) => ({
        clientId: 'crm',
        clientAuthentication: { method: 'private_key_jwt', assertion },
      }),
    ],
  ])('as %s', async (_, field, options) => {
    const clock = createRunningClock();
    const endpoint = createFakeTokenEndpoint({ clock });
    const provider = oauth2({
      ...{ baseURL: 'https://api.example', tokenUrl: 'https://idp.example/token' },
      ...options(tokenFromFile(file)),
    });
    const source = createTokenSource(provider, { clock, transport: { adapter: endpoint.adapter } });
    await source.getToken();
    renew('second');
    clock.skip(3_600_000);
    await source.getToken();

    const sent = endpoint.calls.map(({ body }) => new URLSearchParams(body).get(field));
    expect(sent).toEqual(['first', 'second']);
  });

  test('as the access token itself, and once more after a 401', async () => {
    const clock = createRunningClock();
    const provider = defineProvider({
      ...{ name: 'workload', baseURL: 'https://api.example', defaultLifetimeSeconds: 60 },
      acquireToken: tokenFromFile(pathToFileURL(file)),
    });
    const source = createTokenSource(provider, { clock });
    expect((await source.getToken()).value).toBe('first');
    renew('second');
    expect((await source.getToken()).value).toBe('first');
    clock.skip(60_000);
    expect((await source.getToken()).value).toBe('second');

    renew('third');
    source.reject('second');
    expect((await source.getToken()).value).toBe('third');
  });
});

describe('trouble with the file is a typed error that names it', () => {
  it.each<[string, () => void, RegExp]>([
    ['a file that is missing', () => rmSync(file), /cannot be read \(ENOENT\)/],
    [
      'a folder',
      () => {
        rmSync(file);
        file = folder;
      },
      /cannot be read \(EISDIR\)/,
    ],
    ['an empty file', () => writeFileSync(file, ' \n'), /is empty/],
    [
      'a file that holds something else',
      () => writeFileSync(file, 'x'.repeat(70_000)),
      /longer than 64 kB/,
    ],
  ])('%s', async (_, spoil, message) => {
    spoil();
    const error: unknown = await tokenFromFile(file)().catch((thrown: unknown) => thrown);

    expect(isBearerError(error, 'ERR_CREDENTIALS_UNAVAILABLE')).toBe(true);
    expect(error).toMatchObject({ retryable: true, message: expect.stringMatching(message) });
    expect(String(error)).toContain(file);
  });

  it('something that is not a path is refused at creation', () => {
    expect(() => tokenFromFile('')).toThrow(/path is not a path/);
  });
});
