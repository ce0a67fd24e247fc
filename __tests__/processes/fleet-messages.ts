/** How one process of a fleet is set up. */
export interface MemberSettings {
  readonly url: string;
  readonly tokenUrl: string;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly client: 'ioredis' | 'redis';
  readonly redisPort: number;
  /** The port is that of a Sentinel, which knows the master by this name. */
  readonly sentinelFor?: string | undefined;
  readonly singleActiveToken?: boolean | undefined;
  readonly flightTimeoutMs?: number | undefined;
  /** Waits for Redis as long as it takes, so that token calls can be counted on a machine that is busy. */
  readonly isPatient?: boolean | undefined;
}

/** Where a process finds its store. */
export interface StoreAddress {
  readonly port: number;
  readonly sentinelFor: string | undefined;
}

/** What a process is told to do. */
export type MemberOrder =
  | { readonly do: 'requests'; readonly count: number }
  | { readonly do: 'start load' }
  | { readonly do: 'stop load' };

/** What the callers in a process saw. */
export interface MemberReport {
  readonly requests: number;
  readonly failures: readonly string[];
}
