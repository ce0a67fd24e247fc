import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openPageServer, type PageServer } from '../../../src/testing/sandbox-ui/page-server.js';
import { builtPage } from '../../../src/testing/sandbox-ui/built-page.js';
import { ask, post } from './visitor.js';

const page = { html: '<p>the page</p>', script: 'the script', style: 'the style' };
const obeyed: string[] = [];
let server: PageServer;
let host: string;

beforeAll(async () => {
  server = await openPageServer({
    port: 0,
    page,
    listen: (response) => response.end('the stream'),
    obey(body) {
      if (body !== 'a command') return false;
      obeyed.push(body);
      return true;
    },
  });
  ({ host } = new URL(server.url));
});
afterAll(() => server.close());

describe('the server of the page', () => {
  test('listens on loopback only', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  test.each([
    { path: '', type: 'text/html; charset=utf-8', body: page.html },
    { path: 'page.js', type: 'text/javascript; charset=utf-8', body: page.script },
    { path: 'page.css', type: 'text/css; charset=utf-8', body: page.style },
  ])('serves /$path, for itself and not in a frame', async ({ path, type, body }) => {
    const answer = await ask(server.url + path);
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
  });

  test('answers by the name localhost too', async () => {
    const headers = { host: host.replace('127.0.0.1', 'localhost') };
    expect((await ask(server.url, { headers })).status).toBe(200);
  });

  test.each(['', 'page.js', 'events', 'commands'])(
    'refuses a foreign Host at /%s, as after DNS rebinding',
    async (path) => {
      const port = host.split(':')[1]!;
      for (const foreign of ['evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1']) {
        const answer = await ask(server.url + path, { headers: { host: foreign } });
        expect(answer.status).toBe(403);
        expect(answer.body).toBe('Not the address of this page.\n');
      }
    },
  );

  test.each([
    { what: 'another port of this machine', headers: { origin: 'http://127.0.0.1:1' } },
    { what: 'a sandboxed frame', headers: { origin: 'null' } },
    { what: 'nobody known', headers: { origin: undefined } },
    { what: 'a plain form, without our header', headers: { 'x-sandbox-ui': undefined } },
  ])('refuses a command from $what', async ({ headers }) => {
    obeyed.length = 0;
    expect((await post(server.url, 'a command', headers)).status).toBe(403);
    expect(obeyed).toEqual([]);
  });

  test('hands on a command of the page itself', async () => {
    obeyed.length = 0;
    expect((await post(server.url, 'a command')).status).toBe(204);
    expect(obeyed).toEqual(['a command']);
  });

  test('refuses what is no command, or too long for one', async () => {
    expect((await post(server.url, 'nonsense')).status).toBe(400);
    expect((await post(server.url, 'x'.repeat(1_001))).status).toBe(413);
  });

  test('refuses the wrong method and an unknown path', async () => {
    expect((await ask(`${server.url}commands`)).status).toBe(405);
    expect((await ask(server.url, { method: 'POST' })).status).toBe(405);
    expect((await ask(`${server.url}nothing`)).status).toBe(404);
  });
});

describe('the finished page', () => {
  test('asks nobody else for anything', async () => {
    const { html, script, style } = await builtPage();
    const elsewhere = [...`${html}${script}${style}`.matchAll(/(?:https?:)?\/\/[a-z][\w.-]+/g)]
      .map(([url]) => url)
      .filter((url) => url !== 'http://www.w3.org'); // The names of XML's languages, which nobody fetches.
    expect(elsewhere).toEqual([]);
    expect(html).toContain('src="/page.js"');
    expect(style).toContain('prefers-reduced-motion');
  });
});
