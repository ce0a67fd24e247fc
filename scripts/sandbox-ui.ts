/*
 * The sandbox with its page, from source: `npm run sandbox:ui`. Ends with Ctrl-C.
 */
import { once } from 'node:events';

import { startSandbox, startSandboxUi } from '../src/testing/index.js';

// It may run for hours, and nobody reads its logs.
const sandbox = await startSandbox({ maxLogEntries: 1_000 });
const ui = await startSandboxUi({ sandbox, port: Number(process.env['PORT'] ?? 0) });
console.log(`The life of a token: ${ui.url}`);
console.log('Tokens live about 40 s and a token call takes 0.8 s, so that you can watch.');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await ui.close();
await sandbox.close();
