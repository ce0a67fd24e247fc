/*
 * Takes the pictures of the sandbox's page for the documentation, after a minute under load with faults: `npm run sandbox:picture`.
 * Reduce them to 256 colours before you commit them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';

import { startSandbox, startSandboxUi } from '../src/testing/index.js';
import type { Command } from '../src/testing/sandbox-ui/commands.js';
import { COMMAND_HEADER } from '../src/testing/sandbox-ui/message.js';

const WIDTH = 1480;
const HEIGHT = 2_400;

const sandbox = await startSandbox();
const ui = await startSandboxUi({ sandbox });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'], // It sees this page only.
});
const open = async (theme: 'light' | 'dark') => {
  const page = await browser.newPage({
    colorScheme: theme,
    viewport: { width: WIDTH, height: HEIGHT },
  });
  await page.goto(ui.url);
  await page.locator('[data-lane]').first().waitFor();
  return { theme, page };
};
const light = await open('light');
const dark = await open('dark');
const { page } = light;
/** As the page sends it, but directly: drawing two large pages leaves a browser little time for clicks. */
const send = async (command: Command) => {
  const { origin } = new URL(ui.url);
  const headers = { [COMMAND_HEADER]: '1', 'content-type': 'application/json', origin };
  const body = JSON.stringify(command);
  const { status } = await fetch(`${ui.url}commands`, { method: 'POST', headers, body });
  if (status !== 204) throw new Error(`The sandbox answered ${status}.`);
};

const inPhase = (lane: string, phase: string) =>
  page.locator(`[data-lane="${lane}"] .chip[data-phase="${phase}"]`).waitFor({ timeout: 60_000 });

await send({ do: 'load', perSecond: 80 });
await wait(12_000);
await send({ do: 'press', fault: 'revoke' });
await wait(5_000);
await send({ do: 'switch', fault: 'slow', on: true, lane: 'truecaller' });
await send({ do: 'switch', fault: 'one-active-token', on: true, lane: 'singleview' });
await send({ do: 'switch', fault: 'fail', on: true, lane: 'exotel' });
await wait(8_000);
await send({ do: 'press', fault: 'expire', lane: 'udara360' });
await send({ do: 'press', fault: 'revoke', lane: 'oauth2' });
await inPhase('exotel', 'early');
await wait(1_500); // Its calls fail, and the current token stays in use.
await send({ do: 'recover', lane: 'exotel' });
await inPhase('exotel', 'fresh');

await Promise.all(
  [light, dark].map(async ({ theme, page }) => {
    const lanes = await page.locator('main').boundingBox();
    const height = lanes === null ? HEIGHT : Math.ceil(lanes.y + lanes.height + 8);
    await page.screenshot({
      path: `docs/images/sandbox-ui-${theme}.png`,
      clip: { x: 0, y: 0, width: WIDTH, height },
    });
  }),
);
await browser.close();
await ui.close();
await sandbox.close();
