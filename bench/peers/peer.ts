import type { AxiosInstance } from 'axios';

/** Where a peer finds its authorization server and its API, and its credentials. */
export interface PeerSetup {
  readonly baseURL: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How long tokens live, for peers whose windows have to be adjusted to it by hand. @defaultValue an hour */
  readonly lifeSeconds?: number;
  /** Replaces the network. @defaultValue the network */
  readonly wire?: Wire;
}

/** Answers one request as it would be sent, when no network is wanted. */
export type Wire = (request: WireRequest) => Promise<WireAnswer>;

export interface WireRequest {
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

export interface PeerRequest {
  /** Absolute, or a path under the base. */
  readonly url: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Accepts every status, as axios's `validateStatus: () => true` does. */
  readonly anyStatus?: boolean;
}

export interface PeerAnswer {
  readonly status: number;
  readonly data: unknown;
}

/** A peer at work: one client for one API. */
export interface PeerClient {
  /** The shortest way to send a GET, for timing. */
  get(path: string): Promise<unknown>;
  /** Rejects with what a user of the peer would see; an answer with an error status is a rejection. */
  send(request: PeerRequest): Promise<PeerAnswer>;
  /** The instance, if the peer runs on one. */
  readonly axios?: AxiosInstance;
  /** The token that the next request would get. Absent if the peer keeps none itself. */
  lookUp?(): unknown;
  close?(): void;
}

/** What a peer cannot do at all: such a cell shows this reason, and does not count as a fault. */
export type Incapacity = 'interceptors' | 'any status' | 'form-data package' | 'transformRequest';

/** A library, or a pattern, that a user would pick. */
export interface Peer {
  /** The name of its file. */
  readonly id: string;
  readonly name: string;
  /** The packages that it depends on, whose versions are printed. */
  readonly packages: readonly string[];
  /** What is imported, to measure import time and size. Absent if there is no package. */
  readonly entry?: string;
  /** How it is used here, and where its documentation describes that. */
  readonly use: string;
  readonly transport: 'axios' | 'gaxios' | 'the Azure pipeline' | 'fetch';
  readonly lacks?: readonly Incapacity[];
  /** Whether it renews by the token's lifetime; if not, only on a 401. */
  create(setup: PeerSetup): PeerClient;
  /** The same transport, with a fixed header and nothing else: what the peer is compared with. */
  createBare(setup: PeerSetup, token: string): PeerClient;
}
