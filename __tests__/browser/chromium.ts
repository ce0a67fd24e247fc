/* eslint-disable jest/no-export, jest/valid-describe-callback, jest/valid-title -- no test file, though it may leave tests out */
import { describe } from '@jest/globals';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

import { leftOut } from '../setup/left-out.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser that is installed here, as the full path of its program; `undefined` if there is none. */
export const chromiumPath: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tests that need a real browser. Without one they are left out, and that is said; where it is required they fail. */
export function describeWithChromium(name: string, body: () => void): void {
  if (chromiumPath !== undefined) describe(name, body);
  else leftOut(name, `none of ${NAMES.join(', ')} is on PATH`, 'AXIOS_BEARER_REQUIRE_CHROMIUM');
}

/** Starts the installed browser without a window. Close it after the last test. */
export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`None of ${NAMES.join(', ')} is on PATH.`);
  // As root, which CI is, Chromium refuses to start with its sandbox; it only ever sees pages of our own.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
}
