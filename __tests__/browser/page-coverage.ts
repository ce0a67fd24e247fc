import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import { coverageFolder } from '../setup/coverage.js';

/** Begins to count what runs in a page, where anybody wants to know. */
export async function startCoverage(page: Page): Promise<void> {
  if (coverageFolder !== undefined) await page.coverage.startJSCoverage();
}

/** Writes it down as Node does for a process. */
export async function writeCoverage(page: Page): Promise<void> {
  if (coverageFolder === undefined) return;
  const result = await page.coverage.stopJSCoverage();
  writeFileSync(join(coverageFolder, `page-${randomUUID()}.json`), JSON.stringify({ result }));
}
