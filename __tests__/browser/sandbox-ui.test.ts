import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import {
  startSandbox,
  startSandboxUi,
  type Sandbox,
  type SandboxUi,
  type SandboxUiOptions,
} from '../../src/testing/index.js';
import { contrastsIn } from './contrast.js';
import { describeWithChromium, launchChromium } from './chromium.js';

interface Opened {
  readonly page: Page;
  readonly sandbox: Sandbox;
  readonly ui: SandboxUi;
  /** What the browser complained about, and whom else it asked. */
  readonly complaints: readonly string[];
}

const LANES = [
  'exotel',
  'truecaller',
  'truecallerCalls',
  'learning360',
  'singleview',
  'udara360',
  'oauth2',
];

describeWithChromium('the page of the sandbox', () => {
  let browser: Browser;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  async function open(
    options: Partial<SandboxUiOptions> = {},
    context: BrowserContextOptions = {},
  ): Promise<Opened> {
    const sandbox = await startSandbox();
    opened.push(sandbox);
    const ui = await startSandboxUi({ sandbox, requestsPerSecond: 0, tokenCallMs: 50, ...options });
    opened.push(ui);
    const window = await browser.newContext(context);
    opened.push(window);
    const page = await window.newPage();
    page.setDefaultTimeout(20_000); // Below the runner's own, so that a failure names what it waited for.
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(ui.url) && !request.url().startsWith('data:'))
        complaints.push(request.url());
    });
    await page.goto(ui.url);
    await page.locator('[data-lane]').first().waitFor();
    return { page, sandbox, ui, complaints };
  }

  const lane = (page: Page, name = 'exotel') => page.locator(`[data-lane="${name}"]`);
  const figure = async (page: Page, name: string) =>
    Number((await lane(page).locator(`[data-figure="${name}"]`).innerText()).replace(/\D/g, ''));
  const inPhase = (page: Page, phase: string, name?: string) =>
    lane(page, name).locator(`.chip[data-phase="${phase}"]`).waitFor();
  const allFailures = (page: Page) => page.locator('[data-figure="all-failures"]').innerText();

  test('shows every provider without a token before anything is sent', async () => {
    const { page, complaints } = await open();
    expect(await page.locator('[data-lane] h2').allInnerTexts()).toEqual([
      'Exotel',
      'Truecaller',
      'Truecaller calls',
      '360Learning',
      'SingleView',
      'Udara360',
      'OAuth 2.0',
    ]);
    expect(await page.locator('.chip[data-phase="none"]').count()).toBe(7);
    expect(complaints).toEqual([]);
  });

  test('under load a revocation shows 401s and replays, and no failure', async () => {
    const { page, complaints } = await open();
    await page.getByRole('slider').fill('40');
    await inPhase(page, 'fresh');
    await page.getByRole('group', { name: 'Faults at all providers' }).getByText('Revoke').click();
    for (const name of LANES) {
      await lane(page, name).locator('.mark.rejected').first().waitFor();
      await lane(page, name).locator('.mark.replayed').first().waitFor();
      await lane(page, name).locator('.span.phase-suspect').first().waitFor({ state: 'attached' });
    }
    await page.locator('.log li', { hasText: 'No caller noticed' }).first().waitFor();
    // The sums come a moment after what they count.
    await lane(page).locator('[data-figure="healed"]', { hasText: /[1-9]/ }).waitFor();
    expect(await figure(page, 'tokenCalls')).toBe(2);
    expect(await allFailures(page)).toBe('0');
    expect(complaints).toEqual([]);
  });

  test('a token endpoint that fails while the token lives shows a cool-down, and no failure', async () => {
    const { page } = await open({ tokenLifeSeconds: 8 });
    await lane(page).locator('[data-fault="burst"]').click();
    await inPhase(page, 'fresh');
    const fail = lane(page).locator('[data-fault="fail"]');
    await fail.click();
    await lane(page).locator('[data-fault="fail"][aria-pressed="true"]').waitFor();
    await inPhase(page, 'early');
    await lane(page).locator('[data-fault="burst"]').click();
    await lane(page).locator('[data-cooling]').waitFor();
    expect(await lane(page).locator('.call.bad').count()).toBeGreaterThan(0);
    expect(await allFailures(page)).toBe('0');

    await fail.click();
    await lane(page).locator('[data-fault="fail"][aria-pressed="false"]').waitFor();
  });

  test('can be worked with the keyboard alone', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.locator('input[type="range"]:focus').waitFor();
    await inPhase(page, 'fresh');

    await page.keyboard.press('r');
    await lane(page).locator('.mark.replayed').waitFor();

    await page.keyboard.press('1');
    await page.locator('.frame:focus').waitFor();
    await page.keyboard.press('End');
    const sign = page.locator('[data-at]:focus');
    await sign.waitFor();
    expect(await page.locator('.tip').innerText()).toContain(await sign.getAttribute('aria-label'));
    const newest = await sign.getAttribute('data-at');
    await page.keyboard.press('ArrowLeft');
    const older = await page.locator('[data-at]:focus').getAttribute('data-at');
    expect(Number(older)).toBeLessThanOrEqual(Number(newest));
    await page.keyboard.press('Escape');
    await page.locator('.frame:focus').waitFor();
    expect(await page.locator('.tip').count()).toBe(0);

    await page.keyboard.press('h');
    await lane(page).locator('[data-fault="hang"][aria-pressed="true"]').waitFor();
    await page.keyboard.press('w');
    await lane(page).locator('[data-fault="hang"][aria-pressed="false"]').waitFor();

    await page.keyboard.press('p');
    await page.locator('[role="log"][aria-live="off"]').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await allFailures(page)).toBe('0');
  });

  test('gives every control a place that the tab key reaches, and shows where the focus is', async () => {
    const { page } = await open({}, { viewport: { width: 1280, height: 900 } });
    const controls = await page
      .locator('.sheet button:not(:disabled):not([tabindex]):visible, .sheet input')
      .count();
    const reached = new Set<string>();
    for (let step = 0; step < controls + 8; step += 1) {
      await page.keyboard.press('Tab');
      const { key, outline } = await page.evaluate(() => {
        const focused = document.activeElement!;
        const all = [...document.querySelectorAll('button, input')];
        return {
          key: String(all.indexOf(focused)),
          outline: getComputedStyle(focused).outlineStyle,
        };
      });
      if (key === '-1') continue; // A time line or the log, which are stops of their own; or the browser's bar.
      reached.add(key);
      expect(outline).not.toBe('none');
    }
    expect(reached.size).toBe(controls);
  });

  test.each(['light', 'dark'] as const)('is legible in the %s theme', async (colorScheme) => {
    const { page } = await open({}, { colorScheme, viewport: { width: 1600, height: 1000 } });
    await page.keyboard.press('b');
    await inPhase(page, 'fresh');
    await page.keyboard.press('r');
    await page.keyboard.press('b');
    await lane(page).locator('.mark.replayed').waitFor();
    await page.keyboard.press('f');
    await lane(page).locator('[data-fault="fail"][aria-pressed="true"]').waitFor();

    const contrasts = await contrastsIn(
      page,
      '.sheet :is(h1, h2, h3, p, code, b, em, span, dt, dd, li, time, kbd, output, button:not(:disabled))',
    );
    expect(contrasts.length).toBeGreaterThan(100);
    // WCAG 2.2, 1.4.3: 4.5 to 1 for text. A control that is switched off is exempt.
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('changes its theme by a button, and remembers it', async () => {
    const { page } = await open({}, { colorScheme: 'light' });
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement!).backgroundColor);
    const light = await ground();
    const button = page.getByRole('button', { name: /^Theme/ });
    await button.click();
    await button.click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await button.innerText()).toBe('Theme: dark');
    expect(await ground()).toBe(dark);
  });

  test('stands still but for a step a second for who prefers reduced motion', async () => {
    const positions = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page } = await open({}, { reducedMotion });
      return page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const film = document.querySelector<HTMLElement>('.film')!;
            const seen = new Set<string>();
            let frames = 0;
            const look = () => {
              seen.add(film.style.transform);
              frames += 1;
              if (frames < 30) requestAnimationFrame(look);
              else resolve(seen.size);
            };
            requestAnimationFrame(look);
          }),
      );
    };
    expect(await positions('reduce')).toBeLessThanOrEqual(3);
    expect(await positions('no-preference')).toBeGreaterThan(5);
  });

  test('fits a phone: nothing to scroll sideways, and a line for each lane but the first, which opens at a tap', async () => {
    const { page } = await open({}, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.keyboard.press('b');
    await inPhase(page, 'fresh');
    const [width, height] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth, scrollHeight] as const;
    });
    expect(width).toBeLessThanOrEqual(390);
    expect(height).toBeLessThanOrEqual(2_000);
    expect(await page.locator('[data-lane] .frame:visible').count()).toBe(1);

    await lane(page, 'oauth2').locator('h2').tap({ force: true }); // Its button lies over it.
    await lane(page, 'oauth2').locator('.frame').waitFor();
    await lane(page).getByRole('button', { name: 'Exotel: details' }).tap();
    await lane(page).locator('.frame').waitFor({ state: 'hidden' });
    await page.keyboard.press('2');
    await lane(page, 'truecaller').locator('.frame:focus').waitFor();
  });

  test('on a tablet shows every time line, and the buttons of a lane when it is opened', async () => {
    const { page } = await open({}, { viewport: { width: 820, height: 1180 }, hasTouch: true });
    await page.keyboard.press('b');
    await inPhase(page, 'fresh');
    const [width, height] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth, scrollHeight] as const;
    });
    expect(width).toBeLessThanOrEqual(820);
    expect(height).toBeLessThanOrEqual(2_200);
    expect(await page.locator('[data-lane] .frame:visible').count()).toBe(LANES.length);
    expect(await page.locator('[data-lane] .faults:visible').count()).toBe(1);
    await lane(page, 'oauth2').getByRole('button', { name: 'OAuth 2.0: details' }).tap();
    await lane(page, 'oauth2').locator('.faults').waitFor();
    // WCAG 2.2, 2.5.8: 24 by 24 pixels for a finger. What stands on a time line is told in the log, too.
    const small = await page
      .locator('.sheet button:not([tabindex]):visible, .sheet input')
      .evaluateAll(
        (all) =>
          all.filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width < 24 || height < 24;
          }).length,
      );
    expect(small).toBe(0);
  });

  test('says when the sandbox is gone, and comes back with it', async () => {
    const { page, sandbox, ui } = await open();
    await page.keyboard.press('b');
    await inPhase(page, 'fresh');
    await ui.close();
    await page.getByRole('alert').waitFor();
    expect(await lane(page).locator('[data-fault="revoke"]').isDisabled()).toBe(true);

    const port = Number(new URL(ui.url).port);
    opened.push(await startSandboxUi({ sandbox, port, requestsPerSecond: 0 }));
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await inPhase(page, 'none');
  });

  test('cannot be worked from a page of another origin', async () => {
    const { page, sandbox, ui } = await open();
    const stranger = await page.context().newPage();
    await stranger.goto(`${sandbox.udara360.url}/__sandbox/public-echo`);
    const press = (init: { mode?: 'no-cors'; headers?: Record<string, string> }) =>
      stranger.evaluate(
        async ([url, options]) => {
          const body = JSON.stringify({ do: 'switch', fault: 'hang', on: true });
          return fetch(url, { method: 'POST', body, ...options }).then(
            ({ type }) => type,
            () => 'failed',
          );
        },
        [`${ui.url}commands`, init] as const,
      );
    expect(await press({ headers: { 'x-sandbox-ui': '1' } })).toBe('failed');
    expect(await press({ mode: 'no-cors' })).toBe('failed');

    await page.bringToFront();
    await page.keyboard.press('s'); // Whatever the stranger did was done before this shows.
    await lane(page).locator('[data-fault="slow"][aria-pressed="true"]').waitFor();
    expect(await page.locator('[data-fault="hang"][aria-pressed="true"]').count()).toBe(0);
  });

  test('has no token and no secret in its document', async () => {
    const { page, sandbox } = await open();
    await page.keyboard.press('b');
    await inPhase(page, 'fresh', 'udara360');
    await page.keyboard.press('r');
    await page.keyboard.press('b');
    await lane(page, 'udara360').locator('.mark.replayed').waitFor();
    const document = await page.content();
    const secrets = sandbox.providers.flatMap(({ issuedTokens, credentials }) => [
      ...issuedTokens,
      ...(Object.values(credentials) as string[]),
    ]);
    expect(secrets.length).toBeGreaterThan(20);
    for (const secret of secrets) expect(document).not.toContain(secret);
  });
});
