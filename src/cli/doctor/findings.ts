import type { BearerErrorCode, ProviderDiagnosis } from '../../index.js';
import type { ProviderName } from '../provider-names.js';

/** What `doctor` found out about one provider. Plain data: no secrets, no token, nothing from a response body. */
export interface Findings {
  readonly provider: ProviderName;
  readonly configuration: Configuration;
  /** `undefined` if the configuration is wrong, so that no call can be made. */
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
      /** The variable or option that overrides the provider's address. */
      readonly addressFrom?: string | undefined;
      readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
    };

export interface Choice {
  readonly option: string;
  readonly variable: string;
  readonly value: string;
  /** Whether the user chose it. */
  readonly isGiven?: boolean;
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
  /** The proxy resolves the name. */
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
  /** Reachable, but the connection cannot be trusted. */
  | {
      readonly kind: 'insecure';
      readonly code: string;
      readonly certificate?: Certificate | undefined;
    };

export interface Certificate {
  readonly issuer: string;
  /** As written in the certificate. */
  readonly validTo: string;
}

/** What the response looked like, apart from its body. */
export interface Answer {
  readonly status: number;
  readonly isWebPage: boolean;
  /** From its `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How far its clock is ahead of ours, in milliseconds, by its `Date`. */
  readonly clockOffsetMs?: number | undefined;
}

export interface TokenCall {
  readonly tookMs: number;
  /** The time limit, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether it bypassed any proxy from the environment. */
  readonly isDirect: boolean;
  /** `undefined` if no response came. */
  readonly answer?: Answer | undefined;
  readonly outcome: TokenOutcome | FailedOutcome;
}

export interface TokenOutcome {
  readonly kind: 'token';
  /** Characters. */
  readonly length: number;
  /** `undefined` if unknown. */
  readonly livesMs?: number | undefined;
  readonly scope?: string | undefined;
}

export interface FailedOutcome {
  readonly kind: 'failed';
  readonly code: BearerErrorCode;
  readonly message: string;
  /** The RFC 6749 error code, if the answer has one. */
  readonly oauthCode?: string | undefined;
  /** The provider's own words. */
  readonly diagnosis?: ProviderDiagnosis | undefined;
  /** The code of a network error, if no response came. */
  readonly networkCode?: string | undefined;
}
