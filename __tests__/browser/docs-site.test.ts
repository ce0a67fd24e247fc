import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type axe from 'axe-core';
import express from 'express';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';

import { describeWithChromium, launchChromium } from './chromium.js';
import { pages } from '../docs/pages.js';
import { eventually } from '../setup/patience.js';

/*
 * The site as `npm run docs:build` makes it, served on loopback and looked at in a real browser. Its script builds it anew;
 * where it is not there at all, it is built here.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const SITE = join(ROOT, 'docs/.vitepress/dist');

const PAGES = [
  ['/', 'A valid bearer token on every request'],
  ['/getting-started.html', 'How do I get started?'],
  ['/on-a-401.html', 'What happens on a 401?'],
  ['/comparison.html', 'Comparison'],
  ['/benchmarks.html', 'Benchmarks'],
  ['/api/axios-bearer/functions/attachBearer.html', 'attachBearer()'],
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

/** The built pages by their paths. */
function builtPages(): Map<string, string> {
  return new Map(
    readdirSync(SITE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .map((file) => [`/${file}`, readFileSync(join(SITE, file), 'utf8')]),
  );
}

test('every link of the built site leads to a page, and to a heading where it names one', () => {
  const built = builtPages();
  const dead = [...built].flatMap(([from, html]) =>
    [...html.matchAll(/<a\b[^>]* href="([^"]+)"/g)]
      .map(([, href]) => href!)
      .filter((href) => !/^[a-z]+:/.test(href))
      .filter((href) => {
        const [path = '', anchor] = href.split('#');
        const page = path === '' ? from : posix.resolve(posix.dirname(from), path);
        const target = built.get(path.endsWith('/') ? posix.join(page, 'index.html') : page);
        if (target === undefined) return !existsSync(join(SITE, page));
        return anchor !== undefined && !target.includes(` id="${decodeURIComponent(anchor)}"`);
      })
      .map((href) => `${from} -> ${href}`),
  );
  expect(built.size).toBeGreaterThan(40);
  expect(dead).toEqual([]);
});

test('one page leads to the next, from the first to the last', () => {
  const built = builtPages();
  const read: string[] = [];
  let next: string | undefined = '/getting-started.html';
  while (next !== undefined && !read.includes(next)) {
    read.push(next);
    next = /class="VPLink link pager-link next" href="([^"]+)"/.exec(built.get(next) ?? '')?.[1];
  }
  const written = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/index.md');
  // Made from CHANGELOG.md.
  const all = [...written, 'docs/changelog.md'];
  expect(read.toSorted()).toEqual(
    all.map((page) => page.replace(/^docs(.*)\.md$/, '$1.html')).sort(),
  );
});

test('a page of the API reference holds one thing, and can be read on a phone', () => {
  const folder = join(ROOT, 'docs/api');
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => readFileSync(join(folder, file)).length);
  expect(sizes.length).toBeGreaterThan(500);
  expect(Math.max(...sizes)).toBeLessThan(30_000);
});

test('llms.txt is at the root, and leads to the text of the pages', () => {
  const text = readFileSync(join(SITE, 'llms.txt'), 'utf8');
  expect(text).toBe(readFileSync(join(ROOT, 'docs/llms.txt'), 'utf8'));
  const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
  expect(targets).toContain('oauth/client-authentication.md');
  expect(targets.filter((target) => !existsSync(join(SITE, target)))).toEqual([]);
});

describeWithChromium('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** Opens a page, and notes whatever goes wrong and whatever is asked of anybody else. */
  async function open(path: string, { width = 1280, colorScheme = 'light' }: Window = {}) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
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
    await page.goto(`${origin}${path}`);
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!);
    return { page, complaints, close: () => context.close() };
  }

  describe.each(PAGES)('%s', (path, heading) => {
    test.each([
      ['light', 1280],
      ['dark', 390],
    ] as const)(
      'shows its heading, complains of nothing (%s, %i pixels wide), and breaks no rule of WCAG AA',
      async (colorScheme, width) => {
        const { page, complaints, close } = await open(path, { colorScheme, width });
        expect(await page.locator('h1').first().innerText()).toContain(heading);
        expect(complaints).toEqual([]);
        expect(await isDark(page)).toBe(colorScheme === 'dark');
        expect(await violationsIn(page)).toEqual([]);
        await close();
      },
    );
  });

  test('the home page shows how to install it, the code and the picture without scrolling', async () => {
    const { page, close } = await open('/', { width: 1440 });
    const bottomOf = async (selector: string) => {
      const box = await page.locator(selector).boundingBox();
      return box!.y + box!.height;
    };
    expect(await bottomOf('.language-sh')).toBeLessThan(900);
    expect(await bottomOf('.language-ts')).toBeLessThan(900);
    expect((await page.locator('.picture img.for-light').boundingBox())!.y).toBeLessThan(600);
    await close();
  });

  test('no page is wider than a phone of 390 pixels; of the API reference, every eighth is looked at', async () => {
    const { page, close } = await open('/', { width: 390 });
    // One template makes the reference, so some of its pages speak for all.
    const paths = [...builtPages().keys()]
      .filter((path) => path !== '/404.html')
      .filter((path, at) => !path.startsWith('/api/') || at % 8 === 0);
    expect(paths.length).toBeGreaterThan(130);
    // All share one style sheet, so the content of each is put into the same window.
    const wide = await page.evaluate(async (paths) => {
      const found: string[] = [];
      for (const path of paths) {
        const html = await (await fetch(path)).text();
        const content = new DOMParser()
          .parseFromString(html, 'text/html')
          .querySelector('#VPContent:has(h1)');
        if (content === null) found.push(`${path} is empty`);
        else document.querySelector('#VPContent')!.replaceWith(content);
        const { scrollWidth } = document.documentElement;
        if (scrollWidth > 390) found.push(`${path} is ${scrollWidth} pixels wide`);
      }
      return found;
    }, paths);
    expect(wide).toEqual([]);
    await close();
  }, 60_000);

  test('every page names the version that it describes, which leads to the changelog', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const { page, close } = await open('/options.html');
    await page.locator('.VPNavBarMenu').getByText(`v${version}`).click();
    await page.waitForURL('**/changelog.html');
    // The address changes before the page does.
    const title = page.locator('h1', { hasText: 'Changelog' });
    expect(await title.innerText()).toContain('Changelog');
    await close();
  });

  test('the first thing that the Tab key reaches leads past the navigation, and shows that it has the focus', async () => {
    const { page, close } = await open('/options.html');
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    expect(await focused.innerText()).toBe('Skip to content');
    expect(await focused.evaluate((link) => getComputedStyle(link).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await focused.getAttribute('id')).toBe('VPContent');
    await close();
  });

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

  test('on paper the dark theme is dark on white too, without the navigation, and every line of code is whole', async () => {
    const { page, close } = await open('/wrapped-apis.html', { width: 700, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await isDark(page)).toBe(true);
    expect(await page.locator(':is(.VPNav, .VPLocalNav):visible').count()).toBe(0);
    const wide = await page
      .locator('.vp-doc pre')
      .evaluateAll((all) => all.filter((code) => code.scrollWidth > code.clientWidth).length);
    expect(wide).toBe(0);
    const inks = () =>
      page
        .locator('.vp-doc :is(h1, p, .shiki span:not(:has(*)))')
        .evaluateAll((all) => [...new Set(all.map((one) => getComputedStyle(one).color))]);
    expect((await inks()).length).toBeGreaterThan(3);
    const leastOf = (ink: string) => Math.min(...ink.match(/\d+/g)!.slice(0, 3).map(Number));
    // The colours of the screen fade into those of paper.
    await eventually(async () => Math.max(...(await inks()).map(leastOf)) < 128);
    await close();
  });

  describe('the search', () => {
    let site: Awaited<ReturnType<typeof open>>;

    beforeAll(async () => {
      site = await open('/getting-started.html');
      await site.page.locator('#local-search button').click();
    });
    afterAll(() => site.close());

    test.each([
      ['401', 'on-a-401'],
      ['Redis', 'shared-store'],
      ['private_key_jwt', 'oauth/client-authentication'],
      ['Retry-After', 'expiry'],
      ['serverless', 'serverless-and-edge'],
      ['TypeScript', 'typescript'],
      ['Kubernetes', 'kubernetes'],
      ['Exotel', 'providers/exotel'],
      ['AttachOptions', 'api/axios-bearer/interfaces/AttachOptions'],
      ['forced mints', 'decisions/0006-forced-mints'],
    ])('finds for %s the right page among the first three', async (words, path) => {
      const input = site.page.locator('#localsearch-input');
      const results = site.page.locator('#localsearch-list a');
      await input.fill('');
      await results.first().waitFor({ state: 'detached' });
      await input.fill(words);
      await results.first().waitFor();
      const links = await results.evaluateAll((found) =>
        found.map((link) => link.getAttribute('href')!.replace(/\.html.*/, '')),
      );
      expect([...new Set(links)].slice(0, 3)).toContain(`/${path}`);
    });

    test('leads to what it found, and asks nobody', async () => {
      const { page, complaints } = site;
      await page.locator('#localsearch-list a').first().click();
      await page.waitForURL(/0006-forced-mints/);
      await page.locator('h1', { hasText: 'When a 401 forces a new token' }).waitFor();
      expect(complaints).toEqual([]);
    });
  });
});

interface Window {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Which rules of WCAG 2.2, levels A and AA, a page breaks, and where. */
async function violationsIn(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: join(ROOT, 'node_modules/axe-core/axe.min.js') });
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await checker.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      // An experiment of axe, which takes the keys shown in the search button for its name.
      rules: { 'label-content-name-mismatch': { enabled: false } },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.classList.contains('dark'));
}
