import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type SandboxProvider } from '../../testing/index.js';
import { colorsFor, print } from '../terminal.js';
import { createProgress, table, verdict, type Progress, type Promised } from './report.js';
import { createStorms, type Storm } from './storm.js';

const BURST = 200;
const CONCURRENCY = 6;
const TOKEN_LIFE_SECONDS = 9;
const LONG_LIFE_SECONDS = 3_600;
/** Counted from the first token call: inside the early window of the first token, and over before it expires. */
const OUTAGE_MS = { from: 4_700, to: 6_400 };
const AFTER_OUTAGE_MS = 8_500;

/**
 * Sends a storm of requests to each of five providers over real HTTP on loopback, while their tokens expire and are revoked
 * mid-flight, and while the token endpoint is down for a while. Reports progress and ends with a table.
 *
 * @returns whether the library kept all its promises
 */
export async function runDemo(): Promise<boolean> {
  const sandbox = await startSandbox({
    only: ['exotel', 'truecaller', 'learning360', 'singleview', 'udara360'],
  });
  const storms = createStorms(sandbox);
  try {
    const promises = await goThrough(storms, createProgress(process.stderr));
    report(storms, promises);
    return promises.every(({ held }) => held);
  } finally {
    for (const storm of storms) storm.close();
    await sandbox.close();
  }
}

async function goThrough(storms: readonly Storm[], progress: Progress): Promise<Promised[]> {
  for (const { provider } of storms) {
    provider.issueTokensLiving(TOKEN_LIFE_SECONDS);
    provider.tokenEndpoint.delay(150);
    // Responses, and so the 401s, come back in a different order from the requests.
    provider.api.delay(({ serial }) => 5 + ((serial * 7) % 55));
  }

  progress.step(`${BURST} requests at once for each provider, with no token yet`);
  const startedAt = performance.now();
  const until = (ms: number) => sleep(Math.max(0, startedAt + ms - performance.now()));
  const cold = await oneTokenCallEach(storms, 'a cold storm costs one token call', () =>
    Promise.all(storms.map((storm) => storm.burst(BURST))),
  );

  let isOver = false;
  const ticker = setInterval(() => progress.tick(summary(storms)), 100);
  const load = Promise.all(storms.map((storm) => storm.keepUp(CONCURRENCY, () => isOver)));

  progress.step(
    'steady load, and every token endpoint answers 503 while tokens are due for renewal',
  );
  await until(OUTAGE_MS.from);
  for (const { provider } of storms)
    provider.tokenEndpoint.fail({ status: 503, body: { error: 'server_error' } });
  await until(OUTAGE_MS.to);
  for (const { provider } of storms) provider.tokenEndpoint.recover();
  progress.step('the token endpoints are back');
  await until(AFTER_OUTAGE_MS);

  progress.step(`every token is revoked while ${BURST} more requests are in flight`);
  const revoked = await oneTokenCallEach(
    storms,
    'a revocation in mid-flight costs one token call',
    async () => {
      const bursts = Promise.all(storms.map((storm) => storm.burst(BURST)));
      for (const { provider } of storms) {
        // On a busy machine the burst outlives a short-lived token, whose renewal would be counted here.
        provider.issueTokensLiving(LONG_LIFE_SECONDS);
        provider.revokeTokens();
      }
      await bursts;
    },
  );

  progress.step('every token expires at the provider before its time');
  for (const { provider } of storms) provider.expireTokens();
  await sleep(1_500);

  isOver = true;
  await load;
  clearInterval(ticker);
  progress.end();
  return [cold, revoked, ...overall(storms)];
}

/** The promise that `deed` costs each provider one token call. */
async function oneTokenCallEach(
  storms: readonly Storm[],
  what: string,
  deed: () => Promise<unknown>,
): Promise<Promised> {
  const before = new Map(storms.map((storm) => [storm, storm.provider.tokenCalls]));
  await deed();
  const calls = storms.map((storm) => storm.provider.tokenCalls - (before.get(storm) ?? 0));
  return {
    what,
    held: calls.every((count) => count === 1),
    seen: storms.map(({ tally }, index) => `${tally.name} ${String(calls[index])}`).join(', '),
  };
}

function overall(storms: readonly Storm[]): Promised[] {
  const total = (of: (storm: Storm) => number) => storms.reduce((sum, storm) => sum + of(storm), 0);
  const requests = total(({ tally }) => tally.requests);
  const failures = total(({ tally }) => tally.failures);
  const healed = total(({ tally }) => tally.healed);
  const absorbed = total(({ provider }) => failedTokenCalls(provider));
  return [
    { what: 'no request fails', held: failures === 0, seen: `${failures} of ${requests}` },
    {
      what: '401s are healed without the caller noticing',
      held: healed > 0,
      seen: `${healed} healed`,
    },
    {
      what: 'a token endpoint outage is not felt while a token is valid',
      held: absorbed > 0 && failures === 0,
      seen: `${absorbed} failed token calls, ${failures} failed requests`,
    },
  ];
}

function report(storms: readonly Storm[], promises: readonly Promised[]): void {
  const colors = colorsFor(process.stdout);
  const rows = storms.map(({ tally, provider }) => ({
    tally,
    tokenCalls: provider.tokenCalls,
    failedTokenCalls: failedTokenCalls(provider),
  }));
  print(`\n${table(rows, colors)}\n\n${verdict(promises, colors)}`);
  for (const { tally } of storms)
    for (const failure of tally.firstFailures) print(`${tally.name}: ${failure}`);
}

function failedTokenCalls({ tokenRequests }: SandboxProvider): number {
  return tokenRequests.filter(({ status }) => status === 503).length;
}

function summary(storms: readonly Storm[]): string {
  return storms
    .map(
      ({ tally }) =>
        `${tally.name} ${tally.requests} sent, ${tally.healed} healed, ${tally.failures} failed`,
    )
    .join(' · ');
}
