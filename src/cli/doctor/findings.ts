import type { BearerErrorCode, ProviderDiagnosis } from '../../index.js';
import type { ProviderName } from '../provider-names.js';

/** What the doctor found out about one provider. Plain data: no secret, no token, nothing of an answer's body. */
export interface Findings {
  readonly provider: ProviderName;
  readonly configuration: Configuration;
  /** `undefined` if the configuration leaves nothing to ask. */
  readonly network?: Network | undefined;
}

export type Configuration =
  | { readonly kind: 'wrong'; readonly problem: string }
  | {
      readonly kind: 'usable';
      /** Names of the credentials. */
      readonly credentials: readonly string[];
      /** The region or environment that was chosen, and the others. */
      readonly choice?: Choice | undefined;
      /** The variable or option that gave the address, where the provider's own is not used. */
      readonly addressFrom?: string | undefined;
      readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
    };

export interface Choice {
  readonly option: string;
  readonly variable: string;
  readonly value: string;
  readonly others: readonly string[];
}

export interface Network {
  /** Origin of the token endpoint. */
  readonly origin: string;
  /** The environment variable that names a proxy for it. */
  readonly proxyFrom?: string | undefined;
  readonly dns: Lookup;
  readonly connection: Connection;
  readonly tokenCall: TokenCall;
}

export type Lookup =
  /** A proxy does it. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'needless' }
  | { readonly kind: 'resolved'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string };

export type Connection =
  | { readonly kind: 'skipped' }
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'secure';
      readonly protocol: string;
      readonly certificate: Certificate;
    }
  | { readonly kind: 'unreachable'; readonly code: string }
  /** It could be reached, but not in a way that deserves trust. */
  | {
      readonly kind: 'insecure';
      readonly code: string;
      readonly certificate?: Certificate | undefined;
    };

export interface Certificate {
  readonly issuer: string;
  /** As the certificate says it. */
  readonly validTo: string;
}

/** What an answer looked like from outside. */
export interface Answer {
  readonly status: number;
  readonly isWebPage: boolean;
  /** What its `Retry-After` asks for. */
  readonly retryAfterMs?: number | undefined;
  /** How far its clock is ahead of ours, in milliseconds, by its `Date`. */
  readonly clockOffsetMs?: number | undefined;
}

export interface TokenCall {
  readonly tookMs: number;
  /** How long it was given. */
  readonly timeoutMs: number;
  /** Whether no proxy was to carry it, whatever the environment says. */
  readonly isDirect: boolean;
  /** `undefined` if none came. */
  readonly answer?: Answer | undefined;
  readonly outcome: TokenOutcome | FailedOutcome;
}

export interface TokenOutcome {
  readonly kind: 'token';
  /** Characters. */
  readonly length: number;
  /** `undefined` if nobody knows. */
  readonly livesMs?: number | undefined;
  readonly scope?: string | undefined;
}

export interface FailedOutcome {
  readonly kind: 'failed';
  readonly code: BearerErrorCode;
  readonly message: string;
  /** The code of RFC 6749, where the answer has one. */
  readonly oauthCode?: string | undefined;
  /** What the provider itself says. */
  readonly diagnosis?: ProviderDiagnosis | undefined;
  /** The code of a network error, where no answer came. */
  readonly networkCode?: string | undefined;
}
