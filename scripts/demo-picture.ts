/*
 * Runs the demo and draws what it printed for the README: `npm run demo:picture`.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import { DEMO_PICTURE, demoPicture } from './terminal-picture.js';

const demo = spawn(process.execPath, ['reports/picture/bin.mjs', 'demo'], {
  env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let output = '';
for (const stream of [demo.stdout, demo.stderr]) {
  stream.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
}
demo.on('close', (code) => {
  if (code === 0) writeFileSync(DEMO_PICTURE, demoPicture(output));
  else process.exitCode = 1;
});
