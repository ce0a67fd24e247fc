import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { describeWithChromium, launchChromium } from './chromium.js';
import { bundlePage } from './page-server.js';
import type { App, PageOptions } from './page.js';

declare const app: App; // In the page.

const APP = 'https://app.example.com';
const API = 'https://api.example.com';

describeWithChromium('with the routes of Playwright in place of every server', () => {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    [browser, script] = await Promise.all([launchChromium(), bundlePage()]);
  });
  afterAll(() => browser.close());

  let page: Page;
  beforeEach(async () => {
    page = await browser.newPage();
    await page.route('**', (route) => route.abort());
    await page.route(`${APP}/**`, (route) =>
      new URL(route.request().url()).pathname === '/page.js'
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: '<script src="/page.js"></script>' }),
    );
  });
  afterEach(() => page.close());

  test.each(['xhr', 'fetch'] as const)(
    'a 401 is healed by a second request to the route, with another token: the %s adapter',
    async (adapter) => {
      let tokens = 0;
      await page.route(`${API}/oauth2/token`, (route) =>
        route.fulfill({ json: { access_token: `token-${++tokens}`, expires_in: 3600 } }),
      );
      const bodies: unknown[] = [];
      await page.route(`${API}/things`, async (route) => {
        bodies.push(route.request().postDataJSON());
        const { authorization } = await route.request().allHeaders();
        return authorization === 'Bearer token-2'
          ? route.fulfill({ status: 201, json: { ok: true } })
          : route.fulfill({ status: 401 });
      });

      const options: PageOptions = {
        adapter,
        baseURL: API,
        clientId: 'id',
        clientSecret: 'secret',
      };
      await page.goto(`${APP}/?${new URLSearchParams({ ...options }).toString()}`);
      const outcome = await page.evaluate(() =>
        app.send({ method: 'post', url: '/things', data: { name: 'one' } }),
      );
      expect(outcome).toEqual({ status: 201, data: { ok: true } });
      expect([tokens, bodies]).toEqual([2, [{ name: 'one' }, { name: 'one' }]]);
    },
  );
});
