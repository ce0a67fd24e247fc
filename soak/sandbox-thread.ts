/*
 * The sandbox in its own thread, so that the main thread's heap and event loop hold only the client.
 */
import { parentPort } from 'node:worker_threads';

import { startSandbox } from '../src/testing/index.js';
import type { Order } from './remote-sandbox.js';

const sandbox = await startSandbox({ only: ['oauth2'], maxLogEntries: 100 });
const { url, tokenUrl, credentials } = sandbox.oauth2;

parentPort!.on('message', ({ id, on, verb, args }: Order) => {
  const target: object = on === 'provider' ? sandbox.oauth2 : sandbox.oauth2[on];
  const result: unknown = Reflect.apply(Reflect.get(target, verb) as () => unknown, target, args);
  parentPort!.postMessage({ id, result });
});
parentPort!.postMessage({ url, tokenUrl, credentials: { ...credentials } });
