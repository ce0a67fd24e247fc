import type { AxiosInstance } from 'axios';

/** Where a peer finds its authorization server and its API, and as whom it asks. */
export interface PeerSetup {
  readonly baseURL: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How long tokens live, for peers whose windows have to be fitted to that by hand. @defaultValue an hour */
  readonly lifeSeconds?: number;
  /** Takes the place of the network. @defaultValue the network */
  readonly wire?: Wire;
}

/** One request as it would go out, and its answer, where no network is wanted. */
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
  /** The shortest way to a GET, for what is timed. */
  get(path: string): Promise<unknown>;
  /** Rejects with whatever a user of the peer would see; an answer with an error status is a rejection. */
  send(request: PeerRequest): Promise<PeerAnswer>;
  /** The instance, where the peer runs on one. */
  readonly axios?: AxiosInstance;
  /** The token as the next request would get it. Absent where the peer keeps none of its own. */
  lookUp?(): unknown;
  close?(): void;
}

/** What a peer cannot do at all: such a cell shows this reason, and counts as no fault. */
export type Incapacity = 'interceptors' | 'any status' | 'form-data package' | 'transformRequest';

/** A library, or a pattern, that a user would pick. */
export interface Peer {
  /** As in the name of its file. */
  readonly id: string;
  readonly name: string;
  /** The packages that it stands on, whose versions are printed. */
  readonly packages: readonly string[];
  /** What is imported: for the time of the import and the size. Absent where there is no package. */
  readonly entry?: string;
  /** How it is used here, and where its documentation says so. */
  readonly use: string;
  readonly transport: 'axios' | 'gaxios' | 'the Azure pipeline' | 'fetch';
  readonly lacks?: readonly Incapacity[];
  /** Whether it renews by the token's life; if not, by the 401 alone. */
  create(setup: PeerSetup): PeerClient;
  /** The same transport, with a fixed header and nothing else: what the peer is compared with. */
  createBare(setup: PeerSetup, token: string): PeerClient;
}
