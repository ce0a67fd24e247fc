import { createHash } from 'node:crypto';

import type { TokenSource } from '../../index.js';
import type { SandboxProvider } from '../sandbox/provider.js';
import type { Phase, Tell, TokenFacts } from './happening.js';

/** Knows the current token, and how far it is into its life. */
export interface TokenWatch {
  /** Reports the phase if it has changed. */
  look(): void;
  /** A new token has arrived; returns its number. */
  replaced(expiresInMs: number | undefined): number;
  /** A 401 came, on the current token or on an older one. */
  rejected(): void;
}

/** Works out the phase of the current token from the public API of a token source. */
export function watchToken({
  source,
  sandbox,
  lastMs,
  tell,
}: {
  readonly sandbox: SandboxProvider;
  readonly tell: Tell;
  readonly source: TokenSource;
  readonly lastMs: number;
}): TokenWatch {
  let held: { readonly facts: TokenFacts; readonly value: string } | undefined;
  let serial = 0;
  let isSuspect = false;
  let told: Phase = 'none';

  function phase(): Phase {
    if (held === undefined) return 'none';
    const leftMs = held.facts.expiresAt - Date.now();
    if (leftMs <= 0) return 'expired';
    if (isSuspect) return 'suspect';
    if (leftMs <= lastMs) return 'last';
    return source.peek() === undefined ? 'early' : 'fresh';
  }

  function tellPhase(): void {
    told = phase();
    tell({ kind: 'phase', phase: told, token: held?.facts }, Date.now());
  }

  return {
    look() {
      if (phase() !== told) tellPhase();
    },
    replaced(expiresInMs = 0) {
      const value = source.peek()?.value ?? '';
      serial += 1;
      isSuspect = false;
      const fingerprint = createHash('sha256').update(value).digest('hex').slice(0, 6);
      const expiresAt = Date.now() + expiresInMs;
      held = { value, facts: { serial, fingerprint, lifetimeMs: expiresInMs, expiresAt } };
      tellPhase();
      return serial;
    },
    rejected() {
      // The event does not say which token it was; a late 401 on an older one leaves the current token fresh.
      if (held === undefined || source.peek() !== undefined) return;
      isSuspect = sandbox.tokenState(held.value) !== 'live';
      this.look();
    },
  };
}
