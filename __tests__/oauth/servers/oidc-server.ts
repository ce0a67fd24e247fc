import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from 'jose';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTLSServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import Provider, { type Context, type FoundToken } from 'oidc-provider';

import { publicJwkOf, keys } from '../key-samples.js';
import type { Identity } from './certificates.js';

export const LIFE_SECONDS = 600;
export const SECRET = 'a secret that is long enough for HS256';
const RESOURCE = 'urn:things';

// That of Jest makes objects of another realm, and the server does not take those for plain objects.
globalThis.structuredClone = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

/** The clients that the server knows, by how they authenticate. */
const CLIENTS = [
  { client_id: 'client_secret_basic', client_secret: `${SECRET} +%:` },
  { client_id: 'client_secret_post', client_secret: SECRET },
  { client_id: 'client_secret_jwt', client_secret: SECRET },
  ...Object.entries(keys).map(([alg, key]) => ({
    client_id: `private_key_jwt ${alg}`,
    token_endpoint_auth_signing_alg: alg === 'EdDSA' ? 'EdDSA' : alg,
    jwks: { keys: [{ ...publicJwkOf(key), kid: 'k1', use: 'sig' }] },
  })),
];

/** An authorization server and its API on one port of this machine. */
export interface OIDCServer {
  readonly origin: string;
  /** The parameters of each token call, in order. */
  readonly tokenCalls: readonly URLSearchParams[];
  /** Whether the server and its API ask for a nonce in each DPoP proof. @defaultValue false */
  requiresNonce: boolean;
  /** A refresh token of a public client. */
  refreshToken(): Promise<string>;
  close(): Promise<void>;
}

/** Starts oidc-provider; with `tls`, over TLS with a client certificate. */
export async function startOIDCServer(
  tls?: Identity & { readonly ca: string },
): Promise<OIDCServer> {
  const tokenCalls: URLSearchParams[] = [];
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const receive = (request: IncomingMessage, response: ServerResponse) => handle(request, response);
  const server = tls
    ? createTLSServer({ ...tls, requestCert: true, rejectUnauthorized: false }, receive)
    : createServer(receive);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  const demands = { requiresNonce: false };
  const provider = new Provider(origin, configuration(tls !== undefined, demands));
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/token')
      tokenCalls.push(new URLSearchParams(given(context.oidc?.params)));
  });
  const answerThings = createAPI(provider, `${origin}/things`, demands);
  const authorize = provider.callback();
  handle = (request, response) => {
    if (request.url === '/things') void answerThings(request, response);
    else authorize(request, response);
  };

  return Object.assign(demands, {
    origin,
    tokenCalls,
    async refreshToken() {
      const client = await provider.Client.find('none');
      const grant = new provider.Grant({ clientId: 'none', accountId: 'ann' });
      grant.addOIDCScope('openid offline_access');
      const grantId = await grant.save();
      const token = new provider.RefreshToken({
        ...{ client, accountId: 'ann', grantId, gty: 'authorization_code' },
        scope: 'openid offline_access',
      });
      return token.save();
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function given(params: Readonly<Record<string, string | undefined>> = {}): [string, string][] {
  return Object.entries(params).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
}

const NONCE = 'a nonce of the API';

/** The API: a token that the server has issued gets an answer. It asks the server once about each token, as APIs do. */
function createAPI(provider: Provider, url: string, demands: { readonly requiresNonce: boolean }) {
  const known = new Map<string, Promise<FoundToken | undefined>>();
  const seen = new Set<unknown>();
  const find = async (value: string) =>
    (await provider.ClientCredentials.find(value)) ?? (await provider.AccessToken.find(value));

  /** RFC 9449, section 4.3. */
  const isProven = async ({ headers, method }: IncomingMessage, value: string, jkt: string) => {
    const { payload, protectedHeader } = await jwtVerify(String(headers['dpop']), EmbeddedJWK, {
      typ: 'dpop+jwt',
    });
    const isNew = !seen.has(payload.jti);
    seen.add(payload.jti);
    const isFor = payload['htm'] === method && payload['htu'] === url;
    const ath = createHash('sha256').update(value).digest('base64url');
    const isOfKey = (await calculateJwkThumbprint(protectedHeader.jwk as JWK)) === jkt;
    const hasNonce = !demands.requiresNonce || payload['nonce'] === NONCE;
    if (!hasNonce) return 'use_dpop_nonce';
    return isNew && isFor && isOfKey && payload['ath'] === ath ? undefined : 'invalid_dpop_proof';
  };

  return async (request: IncomingMessage, response: ServerResponse) => {
    const { authorization = '' } = request.headers;
    const [, scheme, value = ''] = /^(Bearer|DPoP) (.+)$/.exec(authorization) ?? [];
    if (!known.has(value)) known.set(value, find(value));
    const token = await known.get(value);
    const isGood =
      token?.isValid === true && scheme === (token.jkt === undefined ? 'Bearer' : 'DPoP');
    const error = isGood && token.jkt !== undefined && (await isProven(request, value, token.jkt));
    response.statusCode = isGood && !error ? 200 : 401;
    if (demands.requiresNonce) response.setHeader('dpop-nonce', NONCE);
    if (error) response.setHeader('www-authenticate', `DPoP error="${error}"`);
    response.end();
  };
}

function configuration(hasTLS: boolean, demands: { readonly requiresNonce: boolean }) {
  const common = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
  return {
    clients: [
      ...CLIENTS.map((client) => ({
        ...common,
        ...client,
        token_endpoint_auth_method: client.client_id.split(' ')[0],
      })),
      {
        ...common,
        client_id: 'none',
        redirect_uris: ['https://app.example/cb'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
      ...(hasTLS
        ? [
            {
              ...common,
              client_id: 'tls_client_auth',
              token_endpoint_auth_method: 'tls_client_auth',
              tls_client_auth_subject_dn: 'CN=crm',
            },
          ]
        : []),
    ],
    clientAuthMethods: [
      ...[
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'none',
      ],
      ...(hasTLS ? ['tls_client_auth'] : []),
    ],
    enabledJWA: { clientAuthSigningAlgValues: ['HS256', ...Object.keys(keys)] },
    cookies: { keys: ['a key for cookies, of which there are none'] },
    jwks: { keys: [{ ...keys.RS256.export({ format: 'jwk' }), kid: 'server', use: 'sig' }] },
    ttl: {
      ClientCredentials: LIFE_SECONDS,
      AccessToken: LIFE_SECONDS,
      RefreshToken: 86_400,
      Grant: 86_400,
    },
    rotateRefreshToken: false,
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => {
          if (resource !== RESOURCE) throw new Error('another resource');
          return {
            scope: 'read',
            audience: resource,
            accessTokenTTL: LIFE_SECONDS,
            accessTokenFormat: 'opaque',
          };
        },
      },
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.alloc(32, 7),
        requireNonce: () => demands.requiresNonce,
      },
      mTLS: {
        enabled: hasTLS,
        tlsClientAuth: hasTLS,
        getCertificate: ({ req }: Context) => socketOf(req).getPeerX509Certificate()?.toString(),
        certificateAuthorized: ({ req }: Context) => socketOf(req).authorized,
        certificateSubjectMatches: ({ req }: Context, _property: string, expected: string) =>
          `CN=${String(socketOf(req).getPeerCertificate().subject.CN)}` === expected,
      },
    },
  };
}

function socketOf({ socket }: IncomingMessage): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error('This connection has no TLS.');
}
