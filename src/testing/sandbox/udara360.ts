/*
 * Udara360 core banking.
 *
 * https://docs.udara360.io/udara360-docs-1/getting-started/authentication/accesstoken
 *
 * Documented: the token path, the flat answer with `tokenValiditySec` in seconds and `expirationTime` as epoch, at most 100
 * characters for id and secret, `clientId` in the sample and `clientID` in the table (both are accepted), `bearer` in lower case.
 * Hypothesis: every failure of the token endpoint and the 401 for a dead bearer token (neither status nor body is documented;
 * here the envelope of the other calls with status 401); that the token is a JWT with `iat` and `exp`; that paths match in any
 * case, since the documents use several. `Content-Type`, listed as required even on GET, is not enforced.
 */
import { json, type Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createJwtWriter } from './fake-tokens.js';
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
import { createUdara360Banking, type Udara360Banking } from './udara360-banking.js';

/** Credentials of the sandbox's Udara360. */
export interface Udara360Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Unit of `expirationTime`, which no document states. */
export type Udara360ExpirationUnit = 'seconds' | 'milliseconds';

/** The sandbox's Udara360. */
export interface Udara360Sandbox extends SandboxProvider<Udara360Credentials>, Udara360Banking {
  /** The unit of `expirationTime` in token answers; `'omitted'` leaves the field out. `'seconds'` at the start. */
  writeExpirationTimeIn(unit: Udara360ExpirationUnit | 'omitted'): void;
  /** Whether `tokenValiditySec` and `expirationTime` are written as strings. Off at the start. */
  writeNumbersAsText(on?: boolean): void;
}

/** Starts Udara360. */
export async function startUdara360(
  setup: ProviderSetup,
): Promise<StartedProvider<Udara360Sandbox>> {
  const credentials = createCredentialBox((generation) => ({
    clientId: 'fake-udara360-client',
    clientSecret: `fake-udara360-secret-${generation}`,
  }));
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: 3600,
    write: createJwtWriter('sandbox-udara360'),
  });
  const lifetime = createLifetimeNotation();
  const banking = createUdara360Banking();
  let unit: Udara360ExpirationUnit | 'omitted' = 'seconds';
  let asText = false;

  const refuse = (message: string) => json(401, { status: false, message, data: null });

  function issueToken(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const { clientId, clientSecret } = credentials.current;
    if ((body.clientId ?? body.clientID) !== clientId || body.clientSecret !== clientSecret) {
      return refuse('Invalid client credentials');
    }
    const { token, lifetimeSeconds, expiresAt } = ledger.issue();
    const write = (value: number) => (asText ? String(value) : value);
    const expiration = unit === 'milliseconds' ? expiresAt : Math.floor(expiresAt / 1000);
    return json(200, {
      accessToken: token,
      tokenType: 'Bearer',
      ...(unit === 'omitted' ? {} : { expirationTime: write(expiration) }),
      tokenValiditySec: lifetime.field(write(lifetimeSeconds)),
    });
  }

  const started = await startProvider(setup, {
    name: 'udara360',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/api/auth/v1/authenticate',
    refuse: () => refuse('Unauthorized'),
    notFound: () => json(404, { status: false, message: 'Not found', data: null }),
    ignorePathCase: true,
    hosts: [{ label: 'udara360', routes: banking.routes, token: issueToken }],
    reset() {
      unit = 'seconds';
      asText = false;
      banking.reset();
    },
  });
  const provider = withVerbs(started.provider, {
    writeExpirationTimeIn(next: Udara360ExpirationUnit | 'omitted') {
      unit = next;
    },
    writeNumbersAsText(on = true) {
      asText = on;
    },
    ...banking.verbs,
  });
  return { provider, close: started.close };
}
