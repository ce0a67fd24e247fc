import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';

import { describeWithChromium, launchChromium } from './chromium.js';
import { contrastsIn } from './contrast.js';

/*
 * The site as `npm run docs:build` makes it, served on loopback and looked at in a real browser. Its script builds it anew;
 * where it is not there at all, it is built here.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const SITE = join(ROOT, 'docs/.vitepress/dist');

const PAGES = [
  ['/', 'axios-bearer'],
  ['/getting-started.html', 'How do I get started?'],
  ['/on-a-401.html', 'What happens on a 401?'],
  ['/shared-store.html', 'One token for a whole fleet'],
  ['/migrating/axios-auth-refresh.html', 'How do I move from axios-auth-refresh?'],
  ['/api/axios-bearer.html', 'axios-bearer'],
] as const;

let server: Server;
let origin: string;

beforeAll(async () => {
  if (!existsSync(SITE)) await promisify(execFile)('npm', ['run', 'docs:build'], { cwd: ROOT });
  server = express().use(express.static(SITE)).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 300_000);

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('every link of the built site leads to a page, and to a heading where it names one', () => {
  const files = readdirSync(SITE, { recursive: true, encoding: 'utf8' });
  const pages = new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => [`/${file}`, readFileSync(join(SITE, file), 'utf8')]),
  );
  const dead = [...pages].flatMap(([from, html]) =>
    [...html.matchAll(/<a\b[^>]* href="([^"]+)"/g)]
      .map(([, href]) => href!)
      .filter((href) => !/^[a-z]+:/.test(href))
      .filter((href) => {
        const [path = '', anchor] = href.split('#');
        const page = path === '' ? from : posix.resolve(posix.dirname(from), path);
        const target = pages.get(path.endsWith('/') ? posix.join(page, 'index.html') : page);
        if (target === undefined) return true;
        return anchor !== undefined && !target.includes(` id="${decodeURIComponent(anchor)}"`);
      })
      .map((href) => `${from} -> ${href}`),
  );
  expect(pages.size).toBeGreaterThan(40);
  expect(dead).toEqual([]);
});

describeWithChromium('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** Opens a page, and notes whatever goes wrong and whatever is asked of anybody else. */
  async function open(path: string, colorScheme: 'light' | 'dark' = 'light') {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (protocol !== 'data:' && asked !== origin) complaints.push(`asked ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
    return { page, complaints, close: () => context.close() };
  }

  describe.each(PAGES)('%s', (path, heading) => {
    test.each(['light', 'dark'] as const)(
      'shows its heading and complains of nothing (%s), and its text can be read',
      async (scheme) => {
        const { page, complaints, close } = await open(path, scheme);
        expect(await page.locator('h1').first().innerText()).toContain(heading);
        expect(complaints).toEqual([]);
        expect(await isDark(page)).toBe(scheme === 'dark');
        const contrasts = await contrastsIn(page, TEXTS);
        expect(contrasts.length).toBeGreaterThan(5);
        expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
        await close();
      },
    );
  });

  const TEXTS =
    'h1, h2, .vp-doc p, .vp-doc li, .vp-doc td, .vp-doc a, svg.diagram text, .VPFeature p';

  test('the diagrams have a title and a description, and follow the theme that the reader chooses', async () => {
    const { page, close } = await open('/on-a-401.html');
    const diagram = page.locator('svg.diagram');
    const [title, description] = await Promise.all([
      diagram.locator('title').textContent(),
      diagram.locator('desc').textContent(),
    ]);
    expect(title).toBe('One 401, from the first send to the answer');
    expect(description?.length).toBeGreaterThan(100);

    const ink = () =>
      diagram
        .locator('text')
        .first()
        .evaluate((text) => getComputedStyle(text).fill);
    const inLight = await ink();
    await page.locator('.VPNavBar button.VPSwitch').first().click();
    expect(await isDark(page)).toBe(true);
    expect(await ink()).not.toBe(inLight);
    await close();
  });

  test('the search finds a page by what it says, without asking anybody', async () => {
    const { page, complaints, close } = await open('/');
    await page.locator('#local-search button').click();
    await page.locator('#localsearch-input').fill('forced mints');
    const results = page.locator('#localsearch-list a');
    await results.first().waitFor();
    expect(await results.allInnerTexts()).toContainEqual(
      expect.stringContaining('When a 401 forces a new token'),
    );

    await page.locator('#localsearch-list a[href*="0006-forced-mints"]').first().click();
    await page.locator('h1', { hasText: 'When a 401 forces a new token' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.classList.contains('dark'));
}
