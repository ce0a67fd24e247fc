import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { FaultSwitches, OAuth2Credentials, OAuth2Sandbox } from '../src/testing/index.js';

/** What the thread has to do. */
export interface Order {
  readonly id: number;
  readonly on: 'provider' | 'tokenEndpoint' | 'api';
  readonly verb: string;
  readonly args: readonly unknown[];
}

type ProviderVerbs = Pick<
  OAuth2Sandbox,
  'revokeTokens' | 'expireTokens' | 'issueTokensLiving' | 'tokenState'
>;
type Verb<Target> = Extract<keyof Target, string>;
type Ordered<Target> = <V extends Verb<Target>>(
  verb: V,
  ...args: Target[V] extends (...args: infer A) => unknown ? A : never
) => Promise<Target[V] extends (...args: never) => infer R ? R : never>;

/** The sandbox in its thread. Each order resolves when it has been carried out there. */
export interface RemoteSandbox {
  readonly url: string;
  readonly tokenUrl: string;
  readonly credentials: OAuth2Credentials;
  readonly provider: Ordered<ProviderVerbs>;
  readonly tokenEndpoint: Ordered<FaultSwitches>;
  readonly api: Ordered<FaultSwitches>;
  close(): Promise<void>;
}

/** Starts the thread and waits until the sandbox listens. */
export async function startRemoteSandbox(): Promise<RemoteSandbox> {
  const worker = new Worker(new URL('sandbox-thread.mjs', import.meta.url));
  const [address] = (await once(worker, 'message')) as [
    Pick<RemoteSandbox, 'url' | 'tokenUrl' | 'credentials'>,
  ];
  const waiting = new Map<number, (result: never) => void>();
  worker.on('message', ({ id, result }: { id: number; result: never }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let lastId = 0;
  const orders =
    (on: Order['on']) =>
    (verb: string, ...args: readonly unknown[]) =>
      new Promise<never>((resolve) => {
        waiting.set((lastId += 1), resolve);
        worker.postMessage({ id: lastId, on, verb, args } satisfies Order);
      });
  return {
    ...address,
    provider: orders('provider'),
    tokenEndpoint: orders('tokenEndpoint'),
    api: orders('api'),
    async close() {
      await worker.terminate();
    },
  };
}
