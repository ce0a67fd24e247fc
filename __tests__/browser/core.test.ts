import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { SandboxEcho } from '../../src/testing/index.js';
import { ECHO, useOAuth2 } from '../axios/support.js';
import { describeWithChromium, launchChromium } from './chromium.js';
import { startCoverage, writeCoverage } from './page-coverage.js';
import { startPageServer, type PageServer } from './page-server.js';
import type { App, PageOptions } from './page.js';

declare const app: App; // In the page.

const server = useOAuth2();

describeWithChromium('in a real browser', () => {
  let browser: Browser;
  let pages: PageServer;
  beforeAll(async () => {
    browser = await launchChromium();
    pages = await startPageServer(server.url);
  });
  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  describe.each(['xhr', 'fetch'] as const)('with the %s adapter', (adapter) => {
    let page: Page;
    const complaints: string[] = [];

    beforeEach(async () => {
      pages.foreignArrivals.length = 0;
      page = await browser.newPage();
      await startCoverage(page);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // Chromium itself reports every 401, the healed ones too.
        if (message.type() === 'error' && !message.text().includes('status of 401'))
          complaints.push(message.text());
      });
      await page.clock.install();
      const options: PageOptions = { adapter, baseURL: pages.origin, ...server.credentials };
      await page.goto(`${pages.origin}/?${new URLSearchParams({ ...options }).toString()}`);
    });
    afterEach(async () => {
      await writeCoverage(page);
      await page.close();
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    });

    const statuses = () => server.requests.map(({ status }) => status);

    test('fifty requests at once without a token cost one token call', async () => {
      const outcomes = await page.evaluate((url) => app.sendMany(50, { url }), ECHO);
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
      expect(server.tokenCalls).toBe(1);
    });

    test('a revoked token is replaced, and the same bytes are sent again', async () => {
      await page.evaluate((url) => app.send({ url }), ECHO);
      server.revokeTokens();
      const { status, data } = await page.evaluate(
        (url) => app.send({ method: 'post', url, data: { name: 'ä' } }),
        ECHO,
      );
      expect([status, statuses(), server.tokenCalls]).toEqual([200, [200, 401, 200], 2]);
      expect(Buffer.from((data as SandboxEcho).body, 'base64').toString()).toBe('{"name":"ä"}');
    });

    test('an expired token is never sent', async () => {
      await page.evaluate((url) => app.send({ url }), ECHO);
      server.expireTokens();
      await page.clock.fastForward('01:00:01');
      await page.evaluate((url) => app.sendMany(5, { url }), ECHO);
      expect([statuses(), server.tokenCalls]).toEqual([[200, 200, 200, 200, 200, 200], 2]);
    });

    test('an abort ends the wait of that caller alone', async () => {
      const hold = server.tokenEndpoint.holdNext();
      await page.evaluate((url) => app.sendTwo({ url }), ECHO);
      await hold.arrived;
      const { isCancelled } = await page.evaluate(() => app.abortFirst());
      expect(isCancelled).toBe(true);
      hold.release();
      const { status } = await page.evaluate(() => app.second());
      expect(status).toBe(200);
      expect([server.requests.length, server.tokenCalls]).toEqual([1, 1]);
    });

    test('no token goes to another origin', async () => {
      await page.evaluate((url) => app.send({ url }), ECHO);
      const { status } = await page.evaluate(
        (url) => app.send({ url }),
        `${pages.foreignOrigin}/elsewhere`,
      );
      expect(status).toBe(200);
      expect(pages.foreignArrivals).toEqual([undefined]);
    });

    test('nor does one follow a redirect there', async () => {
      await page.evaluate((url) => app.send({ url }), ECHO);
      await page.evaluate(
        (url) => app.send({ url }),
        `/__sandbox/redirect?to=${encodeURIComponent(`${pages.foreignOrigin}/elsewhere`)}`,
      );
      expect(pages.foreignArrivals).toEqual([undefined]);
    });
  });
});
