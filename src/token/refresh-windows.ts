/** How long before expiry a token is renewed, in milliseconds. */
export interface RefreshWindows {
  /** From here to expiry a refresh runs in the background while the token is still used. */
  readonly earlyMs: number;
  /** From here to expiry callers wait for the refresh. */
  readonly mandatoryMs: number;
}

export interface WindowOptions {
  /** Overrides the early window, in milliseconds. */
  readonly earlyWindowMs?: number | undefined;
  /** Overrides the mandatory window, in milliseconds. */
  readonly mandatoryWindowMs?: number | undefined;
  /** A new token invalidates the previous one, so none is fetched before it is needed. */
  readonly singleActiveToken?: boolean | undefined;
  /** The slowest recent token call, in milliseconds. */
  readonly slowestMintMs?: number | undefined;
}

/**
 * Computes the windows for a lifetime. They shrink with it, so that short-lived tokens stay usable.
 *
 * For a token that another process minted, only the rest of its lifetime is known, so the windows follow from that.
 *
 * For every input: `0 < mandatory <= early <= lifetime / 2`.
 */
export function refreshWindows(lifetimeMs: number, options: WindowOptions = {}): RefreshWindows {
  const half = lifetimeMs / 2;
  const mandatoryMs = Math.min(
    options.mandatoryWindowMs ?? Math.min(60_000, lifetimeMs * 0.05),
    half,
  );
  if (options.singleActiveToken === true) return { earlyMs: mandatoryMs, mandatoryMs };

  const usual = Math.max(2 * mandatoryMs, Math.min(900_000, lifetimeMs * 0.1));
  // With a window shorter than a mint, requests would wait at every expiry.
  const wanted = options.earlyWindowMs ?? Math.max(usual, 4 * (options.slowestMintMs ?? 0));
  return { earlyMs: Math.min(Math.max(wanted, mandatoryMs), half), mandatoryMs };
}
