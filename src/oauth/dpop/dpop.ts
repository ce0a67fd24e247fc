/*
 * Tokens that are bound to a key, and a proof of that key with each request.
 * https://www.rfc-editor.org/rfc/rfc9449, checked 2026-11-29.
 */
import { headerOf, read } from '../../concealment/any-object.js';
import { randomHex } from '../../platform/random-hex.js';
import type { TokenFailureClass } from '../../provider-definition/token-failure.js';
import {
  placeOf,
  type Carrier,
  type Place,
  type ProvenAttempt,
  type ProvenRequest,
} from '../../provider-definition/token-placement.js';
import type { TokenRequestContext } from '../../provider-definition/token-request.js';
import type { TokenResponse } from '../../provider-definition/token-response.js';
import { parsedURL } from '../../resource-call/origins.js';
import { oauthErrorFields } from '../../token-call/token-failure.js';
import { clockOffsetMs, wasSkewed } from '../server-clock.js';
import { bytesIn, sha256 } from '../signing/base64url.js';
import { proofKey, type DPoPOptions } from './proof-key.js';

/** DPoP for one provider. */
export interface DPoP {
  /** Where its tokens go. */
  readonly place: Place;
  /** Names the key: a token works only with the key it was issued for. */
  readonly thumbprint: () => Promise<string>;
  /** The proof for one token request. */
  tokenRequestProof(call: TokenCallOf, context: TokenRequestContext): Promise<string>;
  /** Learns from an answer to a token call, and classifies it; `undefined` if it says nothing about DPoP. */
  classify(call: object, response: TokenResponse): TokenFailureClass | undefined;
}

/** A token call. */
interface TokenCallOf {
  /** An object unique to this call. */
  readonly call: object;
  readonly tokenUrl: string;
  /** By the server's clock. */
  readonly nowMs: number;
}

const PROOF = 'DPoP';

/** What is known about an API or a token endpoint on one origin. */
interface Server {
  /** What its next proof has to contain. */
  nonce?: string | undefined;
  /** How far its clock is ahead of ours; `undefined` if not known yet. */
  offsetMs?: number | undefined;
}

/** A token call under way. */
interface TokenCall {
  readonly server: Server;
  readonly nonce: string | undefined;
  readonly refresh: AbortSignal;
}

/**
 * @param tokenClock - the clock of the token endpoint, assumed for an API too until its answers show another time
 * @throws {@link MisconfigurationError} naming the option, never the key
 */
export function createDPoP(
  given: true | DPoPOptions,
  provider: string,
  tokenClock: { offsetMs(): number },
): DPoP {
  const place = placeOf({ scheme: PROOF });
  const key = proofKey(given, provider);
  const servers = new Map<string, Server>();
  const tokenCalls = new WeakMap<object, TokenCall>();
  /** Refreshes that have repeated their token call with a nonce. */
  const repeated = new WeakSet<AbortSignal>();

  // The API and the token endpoint may share an origin, but have separate nonces.
  const serverAt = (role: 'API' | 'token endpoint', { origin }: URL): Server => {
    const name = `${role} ${origin}`;
    const server = servers.get(name) ?? {};
    servers.set(name, server);
    return server;
  };
  const proofOf = (method: string, { origin, pathname }: URL, claims: object): Promise<string> =>
    key.sign({ jti: randomHex(), htm: method, htu: `${origin}${pathname}`, ...claims });

  async function send<Attempt extends ProvenAttempt>(
    request: ProvenRequest<Attempt>,
  ): Promise<Attempt> {
    const { carrier, clock, token } = request;
    // A redirect or a transform removed the token, or a config that is sent again carries another one by now.
    if (!place.find(carrier.headers ?? {}, carrier).includes(token.authorization))
      return request.attempt();
    const url = parsedURL(request.url) ?? new URL(request.url);
    const server = serverAt('API', url);
    const ath = await sha256(bytesIn(token.value));
    for (let isRepeated = false; ; isRepeated = true) {
      const { nonce, offsetMs = tokenClock.offsetMs() } = server;
      const iat = seconds(clock.now() + offsetMs);
      const method = (carrier.method ?? 'GET').toUpperCase();
      const takeOff = writeProof(carrier, await proofOf(method, url, { iat, ath, nonce }));
      const attempt = await request.attempt().finally(takeOff);
      const isRefused = learn(server, attempt.answer, { nonce, offsetMs, nowMs: clock.now() });
      if (!isRefused || isRepeated || !(await request.again(attempt))) return attempt;
    }
  }

  return {
    place: { ...place, proof: { send } },
    thumbprint: () => key.thumbprint(),
    async tokenRequestProof({ call, tokenUrl, nowMs }, { signal }) {
      const url = new URL(tokenUrl);
      const server = serverAt('token endpoint', url);
      const { nonce } = server;
      tokenCalls.set(call, { server, nonce, refresh: signal });
      return proofOf('POST', url, { iat: seconds(nowMs), nonce });
    },
    classify(call, { status, headers, body }) {
      const made = tokenCalls.get(call);
      if (made === undefined) return undefined;
      const given = keepNonce(made.server, headers);
      if (status < 300) return isBound(body) ? undefined : 'refused';
      if (oauthErrorFields(body)?.error !== NONCE_NEEDED) return undefined;
      // RFC 9449, section 8: retry once with the nonce. A server that then wants another would never stop.
      if (given === undefined || given === made.nonce || repeated.has(made.refresh))
        return 'refused';
      repeated.add(made.refresh);
      return 'transient';
    },
  };
}

/** What the user can do about a token that is not bound; replaces the provider's own words. */
export function unboundTokenMessage({ status, body }: TokenResponse): string | undefined {
  if (status >= 300 || isBound(body)) return undefined;
  return (
    'its token_type is not DPoP, so the token is not bound to the key of the option dpop; enable DPoP for this client at ' +
    'the server, or remove the option'
  );
}

const NONCE_NEEDED = 'use_dpop_nonce';

/** The error of a challenge with the scheme DPoP, which may follow another challenge. */
const DPOP_ERROR = /(?:^|,)\s*DPoP\s(?:"[^"]*"|[^"])*?\berror\s*=\s*"?(\w+)/i;

/** RFC 9449, section 5. Without a token there is nothing to be bound. */
function isBound(body: unknown): boolean {
  return (
    read(body, 'access_token') === undefined || /^dpop$/i.test(String(read(body, 'token_type')))
  );
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** Keeps the nonce of any answer (RFC 9449, section 8.2). */
function keepNonce(server: Server, headers: unknown): string | undefined {
  const given = headerOf(headers, 'dpop-nonce');
  if (typeof given !== 'string' || given === '') return undefined;
  return (server.nonce = given);
}

/** Learns from an answer of the API. Returns whether the request may succeed with another proof. */
function learn(
  server: Server,
  answer: ProvenAttempt['answer'],
  sent: { readonly nonce: string | undefined; readonly offsetMs: number; readonly nowMs: number },
): boolean {
  if (answer === undefined) return false;
  const { status, headers } = answer;
  const nonce = keepNonce(server, headers);
  if (status !== 401) return false;
  // Any other answer may come from a cache, with the date of another day.
  const learnt = clockOffsetMs(textOf(headerOf(headers, 'date')), sent.nowMs);
  if (learnt !== undefined) server.offsetMs = learnt;
  const challenge = textOf(headerOf(headers, 'www-authenticate'));
  const [, error] = DPOP_ERROR.exec(challenge) ?? [];
  if (error === NONCE_NEEDED) return nonce !== undefined && nonce !== sent.nonce;
  const isSkewed = learnt !== undefined && wasSkewed(sent.offsetMs, learnt);
  return error === 'invalid_dpop_proof' && isSkewed;
}

function textOf(header: unknown): string {
  return [header ?? ''].flat().map(String).join(', ');
}

/** The request that a redirect leads to, in axios's http adapter. */
interface NextRequest {
  headers?: Record<string, unknown>;
}

interface Writable extends Carrier {
  beforeRedirect?: unknown;
}

/**
 * Puts a proof into a request for one send. It is for one URL, so a redirect carries neither it nor the token; bearer fetch makes a
 * new proof for each.
 *
 * @returns a function that restores the request
 */
function writeProof(carrier: Writable, proof: string): () => void {
  const headers = carrier.headers as Record<string, unknown>;
  const { beforeRedirect } = carrier;
  headers[PROOF] = proof;
  carrier.beforeRedirect = function (this: unknown, next: NextRequest, ...details: unknown[]) {
    const { headers: nextHeaders = {} } = next;
    for (const name of Object.keys(nextHeaders))
      if (/^(dpop|authorization)$/i.test(name)) Reflect.deleteProperty(nextHeaders, name);
    if (typeof beforeRedirect === 'function')
      Reflect.apply(beforeRedirect, this, [next, ...details]);
  };
  return () => {
    Reflect.deleteProperty(headers, PROOF);
    if (beforeRedirect === undefined) Reflect.deleteProperty(carrier, 'beforeRedirect');
    else carrier.beforeRedirect = beforeRedirect;
  };
}
