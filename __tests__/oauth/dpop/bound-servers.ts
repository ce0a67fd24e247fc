import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { serve } from '../../setup/loopback-server.js';

/** A request with the proof that came with it. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is wrong with the proof by RFC 9449, section 4.3; `undefined` if nothing is. */
  readonly problem: string | undefined;
  readonly status: number;
}

/** A server that asks for a proof with each request. */
export interface BoundServer {
  readonly origin: string;
  readonly arrivals: Arrival[];
  /** The nonce that a proof has to have. @defaultValue none */
  nonce: string | undefined;
  /** Whether it refuses each proof, and wants another nonce each time. @defaultValue false */
  refusesNonces: boolean;
  /** How far its clock is ahead, in milliseconds. */
  aheadMs: number;
}

/** An API, and the token endpoint of its authorization server. */
export interface BoundServers {
  readonly api: BoundServer;
  readonly idp: BoundServer;
  readonly tokenUrl: string;
  /** Members of the next token answers. */
  tokenAnswer: object;
  /** Makes the API refuse all tokens so far. */
  revokeTokens(): void;
  reset(): void;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];
const CLOCK_TOLERANCE_MS = 60_000;

/** Starts both on ports of this machine. */
export async function startBoundServers(): Promise<BoundServers> {
  /** The thumbprint of the key that a token is bound to, by token. */
  const tokens = new Map<string, string>();
  const idp = await listen(({ response, thumbprint }) => {
    const token = randomUUID();
    tokens.set(token, thumbprint);
    const answer = { access_token: token, token_type: 'DPoP', expires_in: 600 };
    return end(response, 200, {}, JSON.stringify({ ...answer, ...bound.tokenAnswer }));
  });
  const api = await listen(({ request, response, thumbprint }) => {
    const { pathname, searchParams } = new URL(request.url!, api.origin);
    const to = searchParams.get('to');
    if (to !== null)
      return end(response, Number(searchParams.get('status') ?? 302), { location: to });
    const isGood = tokens.get(tokenOf(request) ?? '') === thumbprint;
    const challenge = { 'www-authenticate': 'DPoP error="invalid_token"' };
    return isGood
      ? end(response, 200, {}, JSON.stringify({ pathname }))
      : end(response, 401, challenge);
  });
  const bound: BoundServers = {
    api,
    idp,
    tokenUrl: `${idp.origin}/token`,
    tokenAnswer: {},
    revokeTokens: () => tokens.clear(),
    reset() {
      tokens.clear();
      bound.tokenAnswer = {};
      for (const server of [api, idp])
        Object.assign(server, FRESH(), { arrivals: server.arrivals });
      api.arrivals.length = idp.arrivals.length = 0;
    },
  };
  return bound;
}

const FRESH = () => ({
  nonce: undefined as string | undefined,
  refusesNonces: false,
  aheadMs: 0,
});

interface Proven {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly thumbprint: string;
}

async function listen(answer: (proven: Proven) => number): Promise<BoundServer> {
  const seen = new Set<unknown>();
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await buffer(request)).toString('latin1');
    response.setHeader('date', new Date(Date.now() + state.aheadMs).toUTCString());
    if (state.nonce !== undefined) response.setHeader('dpop-nonce', state.nonce);
    const { claims, jwk, problem } = await judge(request, state, seen);
    let status: number;
    if (problem === 'nonce') {
      response.setHeader('dpop-nonce', state.nonce ?? randomUUID());
      status = refuse(request, response, 'use_dpop_nonce');
    } else if (problem !== undefined) {
      status = refuse(request, response, 'invalid_dpop_proof');
    } else {
      status = answer({ request, response, thumbprint: await calculateJwkThumbprint(jwk) });
    }
    const { method = '', url = '', headers } = request;
    state.arrivals.push({ method, url, headers, body, claims, problem, status });
  };
  const origin = await serve((request, response) => void receive(request, response));
  const state: BoundServer = { origin, arrivals: [], ...FRESH() };
  return state;
}

interface Judged {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly jwk: JWK;
  readonly problem: string | undefined;
}

/** RFC 9449, section 4.3. */
async function judge(
  request: IncomingMessage,
  { origin, nonce, refusesNonces, aheadMs }: BoundServer,
  seen: Set<unknown>,
): Promise<Judged> {
  const { dpop } = request.headers;
  if (typeof dpop !== 'string') return { claims: {}, jwk: {}, problem: 'no single proof' };
  const { payload, protectedHeader } = await jwtVerify(dpop, EmbeddedJWK, { typ: 'dpop+jwt' });
  const { jwk } = protectedHeader as { jwk: JWK };
  const { pathname } = new URL(request.url!, origin);
  const token = tokenOf(request);
  const ath = token && createHash('sha256').update(token).digest('base64url');
  const serverNow = Date.now() + aheadMs;
  const problems = {
    alg: !['ES256', 'EdDSA', 'RS256', 'PS256'].includes(protectedHeader.alg),
    jwk: PRIVATE_MEMBERS.some((member) => member in jwk),
    htm: payload['htm'] !== request.method,
    htu: payload['htu'] !== `${origin}${pathname}`,
    jti: seen.has(payload.jti) || String(payload.jti).length < 16,
    iat: Math.abs(Number(payload.iat) * 1000 - serverNow) > CLOCK_TOLERANCE_MS,
    ath: payload['ath'] !== ath,
    nonce: refusesNonces || (nonce !== undefined && payload['nonce'] !== nonce),
  };
  seen.add(payload.jti);
  const [problem] = Object.entries(problems).find(([, isOne]) => isOne) ?? [];
  return { claims: payload, jwk, problem };
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  return /^DPoP (.+)$/.exec(headers.authorization ?? '')?.[1];
}

function refuse({ method, url }: IncomingMessage, response: ServerResponse, error: string): number {
  if (method === 'POST' && url === '/token')
    return end(response, 400, {}, JSON.stringify({ error }));
  // The API takes bearer tokens too, and says so first.
  const challenge = `Bearer realm="with dpop, error=none", DPoP error="${error}", algs="ES256"`;
  return end(response, 401, { 'www-authenticate': challenge });
}

function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body = '{}',
): number {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  return status;
}
