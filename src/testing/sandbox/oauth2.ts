/*
 * A generic OAuth 2.0 authorization server for the client credentials grant, and a resource that it protects.
 *
 * https://www.rfc-editor.org/rfc/rfc6749 (sections 2.3.1, 4.4, 5.1, 5.2), https://www.rfc-editor.org/rfc/rfc6750 (section 3),
 * https://www.rfc-editor.org/rfc/rfc8707 (`resource`).
 *
 * By the standards: `client_secret_basic` with its form-encoding, `client_secret_post`, the answers and the error codes.
 * Beyond them, as many servers do: a JSON body, and `audience`.
 */
import { json, type Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createOpaqueWriter } from './fake-tokens.js';
import { createLifetimeNotation } from './lifetime-notation.js';
import {
  startProvider,
  type ProviderSetup,
  type Rejection,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { objectBody } from './read-body.js';
import { route } from './router.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createTokenLedger } from './token-ledger.js';

/** Credentials of the sandbox's OAuth 2.0 client. */
export interface OAuth2Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The sandbox's OAuth 2.0 authorization server and its resource at `/resource`. */
export type OAuth2Sandbox = SandboxProvider<OAuth2Credentials>;

/** Starts the OAuth 2.0 server. */
export function startOAuth2(setup: ProviderSetup): Promise<StartedProvider<OAuth2Sandbox>> {
  const credentials = createCredentialBox((generation) => ({
    clientId: 'fake:oauth2 client',
    // The odd characters are deliberate: they arrive intact only with section 2.3.1's form-encoding.
    clientSecret: `fake+oauth2/secret & 100% ${generation}`,
  }));
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: 3600,
    write: createOpaqueWriter('sandbox_oauth2', 48, setup.random),
  });
  const lifetime = createLifetimeNotation();

  function issueToken(request: SandboxRequest): Answer {
    const params = readParams(request);
    if (params === undefined) return tokenError(400, 'invalid_request');
    const { authorization } = request.headers;
    const basic = readBasic(authorization);
    // RFC 6749, section 2.3: one method of authentication per request.
    if (basic !== undefined && params.has('client_secret')) {
      return tokenError(400, 'invalid_request');
    }
    const client = basic ?? {
      clientId: params.get('client_id'),
      clientSecret: params.get('client_secret'),
    };
    const { clientId, clientSecret } = credentials.current;
    if (client.clientId !== clientId || client.clientSecret !== clientSecret) {
      return invalidClient(authorization !== undefined);
    }
    const grantType = params.get('grant_type');
    if (grantType === undefined) return tokenError(400, 'invalid_request');
    if (grantType !== 'client_credentials') return tokenError(400, 'unsupported_grant_type');
    return issueFor(readGrant(params));
  }

  function issueFor(grant: Readonly<Record<string, string>>): Answer {
    const { token, lifetimeSeconds } = ledger.issue(grant);
    return json(
      200,
      {
        access_token: token,
        token_type: 'Bearer',
        expires_in: lifetime.field(lifetimeSeconds),
        ...('scope' in grant ? { scope: grant.scope } : {}),
      },
      NO_STORE,
    );
  }

  /** Returns what the token was issued for, so that a test sees who got whose. */
  function resource({ token = '' }: SandboxRequest): Answer {
    return json(200, { ...ledger.find(token)?.grant });
  }

  return startProvider(setup, {
    name: 'oauth2',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/oauth2/token',
    refuse,
    hosts: [{ label: 'oauth2', routes: [route('*', '/resource', resource)], token: issueToken }],
  });
}

/** RFC 6749, section 5.1. */
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

function tokenError(status: number, error: string, headers?: Record<string, string>): Answer {
  return json(status, { error }, { ...NO_STORE, ...headers });
}

/** RFC 6749, section 5.2: a challenge is due if the client authenticated by the `Authorization` header. */
function invalidClient(byHeader: boolean): Answer {
  const challenge = { 'www-authenticate': 'Basic realm="sandbox"' };
  return tokenError(401, 'invalid_client', byHeader ? challenge : {});
}

/** RFC 6750, section 3.1: a request without a token gets a challenge without an error code. */
function refuse(rejection: Rejection): Answer {
  if (rejection === 'missing') {
    return json(401, {}, { 'www-authenticate': 'Bearer realm="sandbox"' });
  }
  return json(
    401,
    { error: 'invalid_token' },
    { 'www-authenticate': 'Bearer realm="sandbox", error="invalid_token"' },
  );
}

/** Parameters by form or by JSON; RFC 6749, section 3.2: none may be repeated. */
function readParams(request: SandboxRequest): ReadonlyMap<string, string> | undefined {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/json\b/i.test(type)) {
    return new Map(
      Object.entries(objectBody(request)).map(([name, value]) => [name, String(value)]),
    );
  }
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return undefined;
  const pairs = [...new URLSearchParams(request.body.toString('utf8'))];
  // RFC 8707, section 2: `resource` alone may come several times.
  const names = pairs.map(([name]) => name).filter((name) => name !== 'resource');
  if (new Set(names).size < names.length) return undefined;
  const params = new Map<string, string>();
  // RFC 6749, section 3.2: a parameter without a value counts as left out.
  for (const [name, value] of pairs.filter(([, value]) => value !== '')) {
    params.set(name, [params.get(name), value].filter((part) => part !== undefined).join(' '));
  }
  return params;
}

function readBasic(
  authorization: string | undefined,
): { readonly clientId: string; readonly clientSecret: string } | undefined {
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId: formDecode(id), clientSecret: formDecode(rest.join(':')) };
}

function formDecode(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? '';
}

const CLIENT_PARAMS: ReadonlySet<string> = new Set(['grant_type', 'client_id', 'client_secret']);

function readGrant(params: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...params].filter(([name]) => !CLIENT_PARAMS.has(name)));
}
