import type { AxiosInstance } from 'axios';
import { Agent } from 'node:http';

import { createProviderClient, type TokenSourceOptions } from '../../../src/index.js';
import type { Provider } from '../../../src/provider-definition/define-provider.js';
import { createRunningClock } from '../running-clock.js';

/** What came of many requests. */
export interface StormReport {
  readonly requests: number;
  readonly failed: number;
}

const AT_ONCE = 50;

/**
 * 1,000 requests over three lives of a token. A life ends by the clock of the client, while the server's clock goes on.
 *
 * @param lifeMs - how long the server says that a token lives
 */
export async function storm(
  provider: Provider,
  { lifeMs, ...options }: { readonly lifeMs: number } & TokenSourceOptions,
): Promise<StormReport> {
  const clock = createRunningClock();
  const httpAgent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const client = createProviderClient(provider, { httpAgent }, { ...options, clock });
  let failed = 0;
  try {
    for (const requests of [334, 333, 333]) {
      failed += await failuresOf(client, requests);
      clock.outlive(lifeMs);
    }
  } finally {
    httpAgent.destroy();
  }
  return { requests: 1_000, failed };
}

async function failuresOf(client: AxiosInstance, requests: number): Promise<number> {
  let failed = 0;
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, requests - sent) }, () =>
      client.get('/things').catch(() => (failed += 1)),
    );
    await Promise.all(batch);
  }
  return failed;
}
