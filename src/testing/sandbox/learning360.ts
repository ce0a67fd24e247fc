/*
 * 360Learning API v2.
 *
 * https://360learning.readme.io/reference/v2authenticationgeneratetokencontroller_generatetoken
 * https://360learning.readme.io/docs/authentication-errors, https://360learning.readme.io/docs/pagination
 *
 * Documented: the token path, the JSON body and its strictness, `expires_in` as a string in every guide, the errors of the
 * token endpoint, `{"error":"invalid_token"}` for every dead token, the required `360-api-version: v2.0`, `Link` paging.
 * Hypothesis: what a call without `360-api-version` gets (here 400 `invalid_request`); the text of the messages.
 */
import { json, type Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createOpaqueWriter } from './fake-tokens.js';
import { createLearning360Catalogue, type Learning360Catalogue } from './learning360-catalogue.js';
import { createLifetimeNotation } from './lifetime-notation.js';
import {
  startProvider,
  withVerbs,
  type ProviderSetup,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { objectBody } from './read-body.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createTokenLedger } from './token-ledger.js';

/** Credentials of the sandbox's 360Learning. */
export interface Learning360Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** 24 hex digits; only for tokens that act for a user. */
  readonly userId?: string;
  /** 24 hex digits; only for tokens that act for a company. */
  readonly companyId?: string;
}

/** The sandbox's 360Learning. */
export interface Learning360Sandbox
  extends SandboxProvider<Learning360Credentials>, Learning360Catalogue {
  /** The company's id. */
  readonly companyId: string;
}

const COMPANY_ID = '0000000000000000000000c1';
const OBJECT_ID = /^[a-fA-F0-9]{24}$/;
const REQUIRED_FIELDS = ['grant_type', 'client_id', 'client_secret'];
const GRANT_FIELDS = ['user_id', 'company_id'];
const TOKEN_FIELDS = [...REQUIRED_FIELDS, ...GRANT_FIELDS];

/** Starts 360Learning. */
export async function startLearning360(
  setup: ProviderSetup,
): Promise<StartedProvider<Learning360Sandbox>> {
  const credentials = createCredentialBox((generation): Learning360Credentials => {
    const digits = String(generation).padStart(4, '0');
    return {
      clientId: `000000000000000000000000c360${digits}`,
      clientSecret: `0000000000000000000000005ec0${digits}`,
    };
  });
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: 3600,
    write: createOpaqueWriter('sandbox_360', 48, setup.random),
  });
  const lifetime = createLifetimeNotation();
  const catalogue = createLearning360Catalogue(ledger);

  function issueToken(request: SandboxRequest): Answer {
    const body = objectBody(request);
    if (!isWellFormed(request, body)) return json(400, { error: 'invalid_request' });
    if (body.grant_type !== 'client_credentials') {
      return json(400, { error: 'unsupported_grant_type' });
    }
    const { clientId, clientSecret } = credentials.current;
    if (body.client_id !== clientId || body.client_secret !== clientSecret) {
      return json(401, { error: 'invalid_client' });
    }
    const { users } = catalogue.verbs;
    if (body.user_id !== undefined && !users.some(({ _id }) => _id === body.user_id)) {
      return json(400, { error: 'non_existing_user' });
    }
    const { token, lifetimeSeconds } = ledger.issue(readGrant(body));
    return json(200, {
      token_type: 'Bearer',
      access_token: token,
      expires_in: lifetime.field(String(lifetimeSeconds)),
    });
  }

  const started = await startProvider(setup, {
    name: 'learning360',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/api/v2/oauth2/token',
    refuse: () => json(401, { error: 'invalid_token' }),
    hosts: [{ label: 'learning360', routes: catalogue.routes, token: issueToken }],
    reset: () => catalogue.reset(),
  });
  const provider = withVerbs(started.provider, {
    companyId: COMPANY_ID,
    ...catalogue.verbs,
  });
  return { provider, close: started.close };
}

/** Unknown, missing, doubled and mistyped properties are all one error. */
function isWellFormed(request: SandboxRequest, body: Readonly<Record<string, unknown>>): boolean {
  const text = request.body.toString('utf8');
  return (
    REQUIRED_FIELDS.every((name) => name in body) &&
    Object.entries(body).every(
      ([name, value]) => TOKEN_FIELDS.includes(name) && isValue(name, value) && isOnce(text, name),
    )
  );
}

function isValue(name: string, value: unknown): boolean {
  return typeof value === 'string' && (!GRANT_FIELDS.includes(name) || OBJECT_ID.test(value));
}

/** `JSON.parse` silently keeps the last of two equal names, so the text itself is searched. */
function isOnce(text: string, name: string): boolean {
  return text.match(new RegExp(`"${name}"\\s*:`, 'g'))?.length === 1;
}

/** The fields that say for whom the token is; all are strings in a well-formed body. */
function readGrant(body: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = GRANT_FIELDS.filter((name) => name in body);
  return Object.fromEntries(given.map((name) => [name, String(body[name])]));
}
