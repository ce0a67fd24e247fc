/*
 * Calls an agent and a customer, waits for the end of the call, and downloads its recording.
 *
 *   node examples/run.mjs exotel-recording
 *
 * Everything happens on loopback, against the sandbox. In your app there is no sandbox, and no `baseURL`.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { createProviderClient } from 'axios-bearer';
import { createExotelApi } from 'axios-bearer/exotel';
import { exotel } from 'axios-bearer/providers';
import { startSandbox } from 'axios-bearer/testing';

const sandbox = await startSandbox({ only: ['exotel'] });
const { credentials, url } = sandbox.exotel;
// The sandbox's calls last a moment; Exotel reports their price some minutes after they end.
sandbox.exotel.letCallsRun({ ringMs: 50, talkMs: 50, settleMs: 50 });
const file = join(await mkdtemp(join(tmpdir(), 'recording-')), 'call.mp3');

const http = createProviderClient(exotel({ ...credentials, baseURL: url }), { timeout: 10_000 });
const { voice } = createExotelApi(http, { accountSid: credentials.accountSid, basic: credentials });

const [from, to] = ['+91 98765 43210', '+91 98765 43211'];
const { callSid } = await voice.connectNumbers({ from, to, callerId: '08012345678', record: true });
// In your app leave pollMs out: a look every five seconds is enough.
const { call, state } = await voice.waitForEnd(callSid, { pollMs: 20, recordingUrlMinutes: 10 });
console.log(`${callSid}: ${call.status}, ${state}, price ${call.price}`);

const recording = await voice.downloadRecording(call, {
  as: 'stream',
  onDownloadProgress: ({ loaded, total }) => {
    if (loaded === total) console.log(`${loaded} of ${total} bytes`);
  },
});
await pipeline(recording.body, createWriteStream(file));
console.log(`${recording.contentType}, ${(await stat(file)).size} bytes on disk`);

await sandbox.close();
