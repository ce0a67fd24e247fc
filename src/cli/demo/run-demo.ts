import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type SandboxProvider } from '../../testing/index.js';
import { colorsFor, helpWidth, print, widthOf, wrapped } from '../terminal.js';
import { createLiveScreen } from './live-screen.js';
import { table, thousands, verdict, type Looks, type Promised } from './report.js';
import { createStorms, STORMY, type Storm } from './storm.js';

const BURST = 200;
const CONCURRENCY = 3;
const TOKEN_CALL_MS = 150;
const API_CALL_MS = { from: 5, to: 59 };
const TOKEN_LIFE_SECONDS = 10;
/** From the start of a token's life: begins before the token is due for renewal and ends long before it expires. */
const OUTAGE_MS = { from: 4_000, to: 6_500 };
const END_MS = 8_400;
const REDRAW_EVERY_MS = 100;

/**
 * Sends a storm of requests to each of five providers over real HTTP on loopback, while their tokens expire and are revoked
 * mid-flight, and while the token endpoint is down for a while. Reports progress and ends with a table.
 *
 * @returns whether the library kept all its promises
 */
export async function runDemo(): Promise<boolean> {
  const sandbox = await startSandbox({ only: STORMY });
  const storms = createStorms(sandbox);
  const screen = createLiveScreen(process.stderr);
  const looks = looksOf(process.stderr);
  const startedAt = performance.now();
  const step = (text: string) => {
    const stamp = seconds(performance.now() - startedAt).padStart(6);
    screen.say(wrapped(`${looks.colors.dim(stamp)}  ${text}`, looks.proseWidth));
  };
  screen.say(introduction(looks));
  const redrawing = setInterval(
    () => screen.show(['', ...table(storms.map(rowOf), looks)]),
    REDRAW_EVERY_MS,
  );
  try {
    const promises = await goThrough(storms, step);
    screen.clear();
    report(storms, promises, performance.now() - startedAt);
    return promises.every(({ held }) => held);
  } finally {
    clearInterval(redrawing);
    for (const storm of storms) storm.close();
    await sandbox.close();
  }
}

async function goThrough(
  storms: readonly Storm[],
  step: (text: string) => void,
): Promise<Promised[]> {
  const all = thousands(BURST * storms.length);
  for (const { provider } of storms) {
    provider.tokenEndpoint.delay(TOKEN_CALL_MS);
    // Responses, and so the 401s, come back in a different order from the requests.
    const { from, to } = API_CALL_MS;
    provider.api.delay(({ serial }) => from + ((serial * 7) % (to - from + 1)));
  }

  step(`${all} requests at once, ${BURST} to each provider, with no token yet`);
  const cold = await oneTokenCallEach(storms, 'A cold start costs one token call', () =>
    // In groups: a process that freezes for seconds fetches a new token, as after a suspend.
    Promise.all(storms.map((storm) => storm.burst(BURST, 10))),
  );

  step(`every token is revoked while ${BURST} more requests to each provider are in flight`);
  const revoked = await oneTokenCallEach(
    storms,
    'A revocation in mid-flight costs one token call',
    async () => {
      // One provider after another: a thousand 401s at once freeze a busy machine for as long.
      for (const storm of storms) {
        const answered = storm.burst(BURST);
        storm.provider.revokeTokens();
        await answered;
      }
    },
  );

  let isOver = false;
  const load = Promise.all(storms.map((storm) => storm.keepUp(CONCURRENCY, () => isOver)));

  step('steady load, and every token expires at the provider before its time');
  for (const { provider } of storms) {
    provider.issueTokensLiving(TOKEN_LIFE_SECONDS);
    provider.expireTokens();
  }
  const outages = storms.map(outageOf);
  await Promise.race(outages.map(({ begun }) => begun));
  step('every token endpoint answers 503, just as tokens are due for renewal');
  await Promise.all(outages.map(({ over }) => over));
  step('the token endpoints are back');
  await Promise.all(outages.map(({ ended }) => ended));

  isOver = true;
  await load;
  return [cold, revoked, ...overall(storms)];
}

/** Timed for each provider by its own token: on a busy machine they are renewed seconds apart. */
function outageOf(storm: Storm) {
  const { tokenEndpoint } = storm.provider;
  const renewedAt = oneRequest(storm).then(() => storm.renewedAt);
  const after = async (ms: number) =>
    sleep(Math.max(0, (await renewedAt) + ms - performance.now()));
  return {
    begun: after(OUTAGE_MS.from).then(() =>
      tokenEndpoint.fail({ status: 503, body: { error: 'server_error' } }),
    ),
    over: after(OUTAGE_MS.to).then(() => {
      tokenEndpoint.recover();
      tokenEndpoint.delay(TOKEN_CALL_MS);
    }),
    ended: after(END_MS),
  };
}

function oneRequest(storm: Storm): Promise<void> {
  let sent = 0;
  return storm.keepUp(1, () => sent++ > 0);
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
  const held = calls.every((count) => count === 1);
  return {
    what,
    held,
    seen: held
      ? '1 at each provider'
      : storms.map(({ tally }, index) => `${tally.name} ${String(calls[index])}`).join(', '),
  };
}

function overall(storms: readonly Storm[]): Promised[] {
  const total = (of: (storm: Storm) => number) => storms.reduce((sum, storm) => sum + of(storm), 0);
  const requests = total(({ tally }) => tally.requests);
  const failures = total(({ tally }) => tally.failures);
  const healed = total(({ tally }) => tally.healed);
  const absorbed = total(({ provider }) => failedTokenCalls(provider));
  return [
    {
      what: 'No request fails',
      held: failures === 0,
      seen: `${thousands(failures)} of ${thousands(requests)}`,
    },
    {
      what: 'Callers notice no 401',
      held: healed > 0 && failures === 0,
      seen: `${thousands(healed)} healed`,
    },
    {
      what: 'While a token is valid, a failing token endpoint goes unnoticed',
      held: absorbed > 0 && failures === 0,
      seen: `${absorbed} token calls failed, ${thousands(failures)} requests`,
    },
  ];
}

// ---- what the reader sees --------------------------------------------------------------------------------------

function introduction({ colors, proseWidth }: Looks): string {
  const title = colors.bold('axios-bearer demo');
  const text =
    'Five providers on loopback, and everything that can go wrong with a token. About ten seconds on an idle machine.';
  return `${title}\n${wrapped(text, proseWidth)}\n`;
}

function report(storms: readonly Storm[], promises: readonly Promised[], tookMs: number): void {
  const looks = looksOf(process.stdout);
  const { bold, green, red } = looks.colors;
  const broken = promises.filter(({ held }) => !held).length;
  const figures =
    'p50 and p99 are the milliseconds that a request of the steady load took, outside the bursts. ' +
    `The delays of the servers are part of them: ${API_CALL_MS.from} to ${API_CALL_MS.to} ms for the API, ` +
    `${TOKEN_CALL_MS} ms for a token call. Clients and servers share this one process.`;
  const ending =
    broken === 0
      ? green(`All ${promises.length} promises kept`)
      : red(`${broken} of ${promises.length} promises BROKEN`);
  print(
    [
      '',
      ...table(storms.map(rowOf), looks),
      '',
      wrapped(figures, looks.proseWidth),
      '',
      ...verdict(promises, looks),
      ...storms.flatMap(({ tally }) =>
        tally.firstFailures.map((failure) =>
          wrapped(`${tally.name}: ${failure}`, looks.proseWidth),
        ),
      ),
      '',
      bold(`${ending}, in ${seconds(tookMs)}.`),
    ].join('\n'),
  );
}

function looksOf(stream: NodeJS.WriteStream): Looks {
  return {
    width: widthOf(stream),
    proseWidth: helpWidth(stream),
    colors: colorsFor(stream),
  };
}

function rowOf({ tally, provider }: Storm) {
  return {
    tally,
    tokenCalls: provider.tokenCalls,
    failedTokenCalls: failedTokenCalls(provider),
  };
}

function failedTokenCalls({ tokenRequests }: SandboxProvider): number {
  return tokenRequests.filter(({ status }) => status === 503).length;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
