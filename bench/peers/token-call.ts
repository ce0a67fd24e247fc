import axios, { type AxiosInstance } from 'axios';

import type { PeerSetup, Wire } from './peer.js';
import { axiosAdapterOf } from './wire.js';

export interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
}

/** The same as in axios-bearer, so that no peer waits longer just because it lacks an option. */
export const TOKEN_CALL_TIMEOUT_MS = 5_000;

/** The user's token call, for peers that leave it to the user. */
export function tokenCallOf(setup: PeerSetup): () => Promise<TokenAnswer> {
  const http = clientFor(setup.wire);
  return async () => {
    const { data } = await http.post<TokenAnswer>(
      setup.tokenUrl,
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: setup.clientId,
        client_secret: setup.clientSecret,
      }),
    );
    return data;
  };
}

/** One for all, as in any app: otherwise each peer would seem to weigh an axios instance more. */
const clients = new Map<Wire | undefined, AxiosInstance>();

function clientFor(wire: Wire | undefined): AxiosInstance {
  const known = clients.get(wire);
  if (known !== undefined) return known;
  const client = axios.create({ timeout: TOKEN_CALL_TIMEOUT_MS, ...axiosAdapterOf(wire) });
  clients.set(wire, client);
  return client;
}
