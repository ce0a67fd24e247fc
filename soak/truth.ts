import type { BearerErrorCode, TokenSource } from '../src/index.js';

/** How a token endpoint was out of order. */
export type OutageKind = 'refusing' | 'unreachable' | 'malformed';

const CODE_OF: Readonly<Record<OutageKind, BearerErrorCode>> = {
  refusing: 'ERR_TOKEN_REQUEST_REFUSED',
  unreachable: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
  malformed: 'ERR_TOKEN_RESPONSE_MALFORMED',
};

interface Outage {
  readonly kind: OutageKind;
  readonly from: number;
  /** When the endpoint worked again. */
  until: number;
  /** When the library may call it again. */
  coolUntil: number;
}

/**
 * What really happened, by the soak's own records: when the token endpoint was out of order, and since when no token
 * was valid. Each failed request is judged against this. Instants are milliseconds of `performance.now()`.
 */
export interface Truth {
  /** Records an outage; the returned function records its end. */
  outageBegins(kind: OutageKind): () => void;
  /** Records that every issued token dies now. */
  tokensDie(): void;
  /** Whether the last death was healed long enough ago for another to follow. */
  isSettled(): boolean;
  /** Whether the current token may have been issued before the last death but received after it. */
  wasCaughtByDeath(): boolean;
  resetsAllowed(connections: number): void;
  /** Uses up one of the ordered resets; false if there is none left. */
  takeReset(): boolean;
  /** Whether a request that fails now without a usable token, with that code, could not have been saved. */
  excusesMissingToken(code: BearerErrorCode): boolean;
  /** Whether the endpoint is or was recently out of order, so that a rejected token cannot be replaced yet. */
  isEndpointOut(): boolean;
  /** Behaviour of the library that nothing explains. */
  readonly oddities: string[];
}

/** A flight that began in an outage may fail this long after its end. */
export const FLIGHT_TIMEOUT_MS = 3_000;

/** Far enough apart that 401s force no more than 30 tokens a minute, the library's limit: none is excused. */
const BETWEEN_DEATHS_MS = 2_000;

/** Keeps the records for one token source. */
export function createTruth(source: TokenSource): Truth {
  const oddities: string[] = [];
  let outages: Outage[] = [];
  let newTokenAt = Number.NEGATIVE_INFINITY;
  let askedForItAt = Number.NEGATIVE_INFINITY;
  let expiresAt = Number.NEGATIVE_INFINITY;
  let diedAt = Number.NEGATIVE_INFINITY;
  let resets = 0;

  const now = () => performance.now();
  const wasCaughtByDeath = () => diedAt >= askedForItAt;
  const lateOutages = (at: number) =>
    outages.filter(({ until, coolUntil }) => at <= Math.max(until, coolUntil) + FLIGHT_TIMEOUT_MS);

  source.on('refreshed', ({ expiresInMs = Number.POSITIVE_INFINITY, tookMs }) => {
    newTokenAt = now();
    askedForItAt = newTokenAt - tookMs;
    expiresAt = newTokenAt + expiresInMs;
    // From here on only a current or new outage excuses anything.
    outages = outages.filter(({ until }) => until > newTokenAt);
    for (const outage of outages) outage.coolUntil = Number.NEGATIVE_INFINITY;
  });
  source.on('coolDownStarted', ({ delayMs, cause }) => {
    const outage = lateOutages(now()).at(-1);
    if (outage === undefined) oddities.push(`a cool-down (${cause}) without an outage`);
    else outage.coolUntil = now() + delayMs;
  });
  source.on('forcedMintsSpent', () => oddities.push('401s forced too many tokens'));

  return {
    oddities,
    outageBegins(kind) {
      const outage: Outage = {
        kind,
        from: now(),
        until: Number.POSITIVE_INFINITY,
        coolUntil: Number.NEGATIVE_INFINITY,
      };
      outages = [...lateOutages(now()), outage];
      return () => {
        outage.until = now();
      };
    },
    tokensDie() {
      diedAt = now();
    },
    isSettled: () => newTokenAt > diedAt && now() - newTokenAt >= BETWEEN_DEATHS_MS,
    wasCaughtByDeath,
    resetsAllowed(connections) {
      resets += connections;
    },
    takeReset: () => (resets -= 1) >= 0,
    excusesMissingToken(code) {
      const isDead = now() >= expiresAt || wasCaughtByDeath();
      return isDead && lateOutages(now()).some(({ kind }) => CODE_OF[kind] === code);
    },
    isEndpointOut: () => lateOutages(now()).length > 0,
  };
}
