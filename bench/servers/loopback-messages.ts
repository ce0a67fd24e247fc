/** What a tenant of the loopback server has seen since it was set up. */
export interface TenantCounts {
  tokenCalls: number;
  /** Requests to the API, replays included. */
  sends: number;
  /** Of these, answered with a 401. */
  rejected: number;
}

export type ServerOrder =
  | {
      readonly do: 'set up';
      readonly tenant: string;
      readonly lifeSeconds?: number;
      readonly tokenDelayMs?: number;
      /** Answers say when the request's token was issued. */
      readonly tellsIssue?: boolean;
      /** Valid for ever, for bare clients. */
      readonly token?: string;
    }
  | { readonly do: 'revoke' | 'count'; readonly tenant: string };

export type ServerReply =
  { readonly port: number } | { readonly id: number; readonly counts: TenantCounts };
