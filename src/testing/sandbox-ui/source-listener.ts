import type { TokenSource } from '../../index.js';
import type { CrowdTeller } from './crowd.js';
import type { Tell } from './happening.js';
import type { TokenWatch } from './token-watch.js';

/** Reasons that cast doubt on the token itself. */
const DOUBTED: readonly string[] = ['replay', 'replacement', 'endpoint-cooling'];

/** Turns the events of a token source into those of the page. */
export function listenTo(
  source: TokenSource,
  token: TokenWatch,
  {
    tell,
    crowd,
    tallied,
  }: {
    readonly tell: Tell;
    readonly crowd: CrowdTeller;
    readonly tallied: { healed: number; replays: number; joins: number };
  },
): void {
  const now = Date.now;
  source.on('tokenCalled', ({ tookMs, attempt, reason, status, errorType }) =>
    tell({ kind: 'called', tookMs, attempt, reason, status, errorType }, now()),
  );
  source.on('refreshed', ({ reason, tookMs, attempts, expiresInMs }) => {
    const serial = token.replaced(expiresInMs);
    tell({ kind: 'refreshed', reason, serial, tookMs, attempts }, now());
  });
  source.on('refreshFailed', ({ reason, error: { code }, nextAttemptInMs, stillServing }) =>
    tell({ kind: 'refresh-failed', reason, code, nextAttemptInMs, stillServing }, now()),
  );
  source.on('coolDownStarted', ({ cause, delayMs }) =>
    tell({ kind: 'cool-down', cause, delayMs }, now()),
  );
  source.on('coolDownEnded', () => tell({ kind: 'cool-down-ended' }, now()));
  source.on('forcedMintsSpent', ({ delayMs }) =>
    tell({ kind: 'forced-mints-spent', delayMs }, now()),
  );
  source.on('joined', () => {
    tallied.joins += 1;
    crowd.add({ kind: 'joined', count: 1 });
  });
  source.on('rejected', ({ consequence }) => {
    if (DOUBTED.includes(consequence)) token.rejected();
    crowd.add({ kind: 'rejected', count: 1, consequence });
  });
  source.on('replayed', ({ accepted }) => {
    tallied.replays += 1;
    if (accepted) tallied.healed += 1;
    crowd.add({ kind: 'replayed', count: 1, accepted });
  });
}
