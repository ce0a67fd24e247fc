/** The current state of a token. */
export type TokenState = 'live' | 'expired' | 'revoked' | 'unknown';

/** A token that the sandbox issued. */
export interface IssuedToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The life that the answer states, in seconds; negative if the token was issued expired. */
  readonly lifetimeSeconds: number;
  /** What the token was requested for, such as a scope, user or company. */
  readonly grant: Readonly<Record<string, string>>;
}

/** How tokens live and die at one provider. */
export interface TokenSwitches {
  /** All tokens die now, before their time. */
  revokeTokens(): void;
  /** This token dies now, before its time. */
  revokeToken(token: string): void;
  /** All tokens expire now. */
  expireTokens(): void;
  /** Each new token kills all earlier ones, as some providers do. Off at the start. */
  allowOneActiveToken(on?: boolean): void;
  /**
   * The endpoint returns the last token again, even a dead one, instead of a new one. Off at the start.
   *
   * For `oauth2` that is the last token of the same scope, audience and resource; for a fake token endpoint, of the same scope.
   */
  issueSameToken(on?: boolean): void;
  /** Tokens issued from now on live for that many seconds, and their answers say so. Earlier ones keep their expiry. */
  issueTokensLiving(seconds: number): void;
  /** Tokens are already expired when they are issued, and their answers say so. Off at the start. */
  issueExpiredTokens(on?: boolean): void;
}

/** The book of all tokens that one provider issued. */
export interface TokenLedger extends TokenSwitches {
  /** @param token - the string itself, if {@link TokenLedgerOptions.write} is not to write it */
  issue(grant?: Readonly<Record<string, string>>, token?: string): IssuedToken;
  state(token: string): TokenState;
  find(token: string): IssuedToken | undefined;
  readonly issuedTokens: readonly string[];
  readonly liveTokens: readonly string[];
  reset(): void;
}

/** What is particular to the tokens of one provider. */
export interface TokenLedgerOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Life of a token unless a switch says otherwise. */
  readonly lifetimeSeconds: number;
  /** Writes the token string; `serial` counts from 1 and makes it unique. */
  readonly write: (facts: { serial: number; issuedAt: number; expiresAt: number }) => string;
}

interface Entry extends IssuedToken {
  expiresAt: number;
  revoked: boolean;
}

/** Each time the number of current tokens reaches a multiple of this, the ledger drops the expired ones. */
const PRUNE_EVERY = 1000;

/** How long ago a token that is issued expired did expire. */
const EXPIRED_SINCE_SECONDS = 1;

/** Creates an empty ledger. */
export function createTokenLedger({
  now,
  lifetimeSeconds,
  write,
}: TokenLedgerOptions): TokenLedger {
  const entries = new Map<string, Entry>();
  const lastByGrant = new Map<string, Entry>();
  /** Those that may still be alive, so that a revocation need not scan all that were ever issued. */
  let current: Entry[] = [];
  let issuedTokens: string[] = [];
  let serial = 0;
  let lifeSeconds = lifetimeSeconds;
  let oneActive = false;
  let same = false;
  let expired = false;

  function isLive(entry: Entry): boolean {
    return !entry.revoked && entry.expiresAt > now();
  }

  function revokeAll(): void {
    for (const entry of current) entry.revoked = true;
    current = [];
  }

  function mint(grant: Readonly<Record<string, string>>, given: string | undefined): Entry {
    serial += 1;
    const at = now();
    const life = lifeSeconds * 1000;
    const expiresAt = expired ? at - EXPIRED_SINCE_SECONDS * 1000 : at + life;
    const issuedAt = expiresAt - life;
    const token = given ?? write({ serial, issuedAt, expiresAt });
    const stated = expired ? -EXPIRED_SINCE_SECONDS : lifeSeconds;
    const entry = { token, issuedAt, expiresAt, lifetimeSeconds: stated, grant, revoked: false };
    if (given !== undefined) current = current.filter((other) => other.token !== given);
    entries.set(token, entry);
    if (!expired) current.push(entry);
    if (current.length % PRUNE_EVERY === 0) current = current.filter(isLive);
    return entry;
  }

  return {
    issue(grant = {}, token) {
      const key = JSON.stringify(Object.entries(grant).sort());
      const last = lastByGrant.get(key);
      if (same && token === undefined && last !== undefined) {
        issuedTokens.push(last.token);
        return { ...last, lifetimeSeconds: Math.floor((last.expiresAt - now()) / 1000) };
      }
      if (oneActive) revokeAll();
      const entry = mint(grant, token);
      lastByGrant.set(key, entry);
      issuedTokens.push(entry.token);
      return entry;
    },
    state(token) {
      const entry = entries.get(token);
      if (entry === undefined) return 'unknown';
      if (entry.revoked) return 'revoked';
      return isLive(entry) ? 'live' : 'expired';
    },
    find: (token) => entries.get(token),
    get issuedTokens() {
      return issuedTokens;
    },
    get liveTokens() {
      return current.filter(isLive).map((entry) => entry.token);
    },
    revokeTokens: revokeAll,
    revokeToken(token) {
      const entry = entries.get(token);
      if (entry !== undefined) entry.revoked = true;
    },
    expireTokens() {
      const at = now();
      for (const entry of current) entry.expiresAt = Math.min(entry.expiresAt, at);
      current = [];
    },
    allowOneActiveToken(on = true) {
      oneActive = on;
    },
    issueSameToken(on = true) {
      same = on;
    },
    issueTokensLiving(seconds) {
      lifeSeconds = seconds;
    },
    issueExpiredTokens(on = true) {
      expired = on;
    },
    reset() {
      entries.clear();
      lastByGrant.clear();
      current = [];
      issuedTokens = [];
      lifeSeconds = lifetimeSeconds;
      oneActive = same = expired = false;
    },
  };
}
