/*
 * The demo: five providers over real HTTP on loopback, one storm of requests for each, while their tokens expire,
 * are revoked in mid-flight and the token endpoint is down for a while. Exits with 1 if anything that the library
 * promises did not hold.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type Sandbox, type SandboxProvider } from '../src/testing/index.js';
import { createProgress, table, verdict, type Promised } from './report.js';
import { createStorms, type Storm } from './storm.js';

const BURST = 200;
const CONCURRENCY = 6;
const TOKEN_LIFE_SECONDS = 9;
/** Counted from the first token call: within the early window of the first token, and over before its last moments. */
const OUTAGE_MS = { from: 4_700, to: 6_400 };
const AFTER_OUTAGE_MS = 8_500;

const progress = createProgress(process.stdout);
const promises: Promised[] = [];

const sandbox = await startSandbox({
  only: ['exotel', 'truecaller', 'learning360', 'singleview', 'udara360'],
});
const storms = createStorms(sandbox);
try {
  await run(sandbox);
} finally {
  for (const storm of storms) storm.close();
  await sandbox.close();
}

const rows = storms.map(({ tally, provider }) => ({
  tally,
  tokenCalls: provider.tokenCalls,
  failedTokenCalls: failedTokenCalls(provider),
}));
console.log(`\n${table(rows)}\n\n${verdict(promises)}`);
for (const { tally } of storms)
  for (const failure of tally.firstFailures) console.log(`${tally.name}: ${failure}`);
if (promises.some(({ held }) => !held)) process.exitCode = 1;

async function run({ providers }: Sandbox): Promise<void> {
  for (const provider of providers) {
    provider.issueTokensLiving(TOKEN_LIFE_SECONDS);
    provider.tokenEndpoint.delay(150);
    // Answers come back in another order than the requests went out, and so do the 401s.
    provider.api.delay(({ serial }) => 5 + ((serial * 7) % 55));
  }

  progress.step(`${BURST} requests at once for each provider, and no token yet`);
  const startedAt = performance.now();
  const until = (ms: number) => sleep(Math.max(0, startedAt + ms - performance.now()));
  const cold = await tokenCallsOf(() => Promise.all(storms.map((storm) => storm.burst(BURST))));
  promised('a cold storm costs one token call', cold);

  let isOver = false;
  const ticker = setInterval(() => progress.tick(summary()), 100);
  const load = Promise.all(storms.map((storm) => storm.keepUp(CONCURRENCY, () => isOver)));

  progress.step(
    'steady load, and every token endpoint answers 503 while tokens are due for renewal',
  );
  await until(OUTAGE_MS.from);
  for (const { tokenEndpoint } of providers)
    tokenEndpoint.fail({ status: 503, body: { error: 'server_error' } });
  await until(OUTAGE_MS.to);
  for (const { tokenEndpoint } of providers) tokenEndpoint.recover();
  progress.step('the token endpoints are back');
  await until(AFTER_OUTAGE_MS);

  progress.step(`every token is revoked while ${BURST} more requests are in flight`);
  const revoked = await tokenCallsOf(async () => {
    const bursts = Promise.all(storms.map((storm) => storm.burst(BURST)));
    for (const provider of providers) provider.revokeTokens();
    await bursts;
  });
  promised('a revocation in mid-flight costs one token call', revoked);

  progress.step('every token expires at the provider before its time');
  for (const provider of providers) provider.expireTokens();
  await sleep(1_500);

  isOver = true;
  await load;
  clearInterval(ticker);
  progress.end();

  const total = (of: (storm: Storm) => number) => storms.reduce((sum, storm) => sum + of(storm), 0);
  const requests = total(({ tally }) => tally.requests);
  const failures = total(({ tally }) => tally.failures);
  const healed = total(({ tally }) => tally.healed);
  const absorbed = total(({ provider }) => failedTokenCalls(provider));
  promises.push(
    { what: 'no request fails', held: failures === 0, seen: `${failures} of ${requests}` },
    { what: '401s are healed unseen', held: healed > 0, seen: `${healed} healed` },
    {
      what: 'an outage of the token endpoint is not felt while a token is good',
      held: absorbed > 0 && failures === 0,
      seen: `${absorbed} failed token calls, ${failures} failed requests`,
    },
  );
}

function failedTokenCalls({ tokenRequests }: SandboxProvider): number {
  return tokenRequests.filter(({ status }) => status === 503).length;
}

/** How many token calls each provider saw during `deed`. */
async function tokenCallsOf(deed: () => Promise<unknown>): Promise<number[]> {
  const before = storms.map(({ provider }) => provider.tokenCalls);
  await deed();
  return storms.map(({ provider }, index) => provider.tokenCalls - before[index]!);
}

function promised(what: string, tokenCalls: readonly number[]): void {
  promises.push({
    what,
    held: tokenCalls.every((calls) => calls === 1),
    seen: storms.map(({ tally }, index) => `${tally.name} ${tokenCalls[index]}`).join(', '),
  });
}

function summary(): string {
  return storms
    .map(
      ({ tally }) =>
        `${tally.name} ${tally.requests} sent, ${tally.healed} healed, ${tally.failures} failed`,
    )
    .join(' · ');
}
