/*
 * SingleView, open banking.
 *
 * https://docs.onesingleview.com/docs/ob-v2-get-access-token, https://docs.onesingleview.com/docs/open-banking-api-access-token
 *
 * Documented: the token path, the four fields, three spellings of the grant, the nested `payload`, `expires_in` printed as
 * `0000`, a JWT with `iat` and `exp` an hour apart, the failure envelope `{ status, errorCode, message }`.
 * Hypothesis: that the grant is case-insensitive; the HTTP status of a token failure (here 200, see `failTokensWith`) and its
 * `errorCode`; that a dead bearer token draws the 401 `MW-401` of the neighbouring B2B API; what a call without `signature` gets.
 */
import { json, type Answer } from './answers.js';
import { createCredentialBox } from './credential-box.js';
import { createJwtWriter } from './fake-tokens.js';
import { createLifetimeNotation } from './lifetime-notation.js';
import {
  startProvider,
  withVerbs,
  type ProviderSetup,
  type Rejection,
  type SandboxProvider,
  type StartedProvider,
} from './provider.js';
import { asText, objectBody } from './read-body.js';
import type { SandboxRequest } from './sandbox-request.js';
import { createSingleviewAccounts } from './singleview-accounts.js';
import { createTokenLedger } from './token-ledger.js';

/** Credentials of the sandbox's SingleView. */
export interface SingleviewCredentials {
  readonly clientId: string;
  readonly clientCode: string;
  readonly merchantId: string;
}

/** The sandbox's SingleView. */
export interface SingleviewSandbox extends SandboxProvider<SingleviewCredentials> {
  /** The HTTP status of the token endpoint's failure envelope. 200 at the start, since no document names it. */
  failTokensWith(status: number): void;
  /**
   * Whether calls need the `signature`, `clientId` and `clientCode` headers that newer pages require. Off at the start; how
   * the signature is made is not documented, so any value passes.
   */
  requireSignature(on?: boolean): void;
}

/** Starts SingleView. */
export async function startSingleview(
  setup: ProviderSetup,
): Promise<StartedProvider<SingleviewSandbox>> {
  const credentials = createCredentialBox((generation) => ({
    clientId: 'fake-singleview-client',
    clientCode: `fake-singleview-code-${generation}`,
    merchantId: '00000000-0000-4000-8000-00000000d001',
  }));
  const ledger = createTokenLedger({
    now: setup.now,
    lifetimeSeconds: 3600,
    write: createJwtWriter('sandbox-singleview'),
  });
  // The published sample, letter for letter: it is not valid JSON.
  const lifetime = createLifetimeNotation('0000');
  let failureStatus = 200;
  let signatureRequired = false;

  function issueToken(request: SandboxRequest): Answer {
    const body = objectBody(request);
    const { clientId, clientCode, merchantId } = credentials.current;
    if (asText(body.grantType)?.toLowerCase() !== 'client_credentials') {
      return failure('Invalid grantType');
    }
    const known =
      body.clientId === clientId &&
      body.clientCode === clientCode &&
      body.merchantId === merchantId;
    if (!known) return failure('Authentication failed');
    const { token, lifetimeSeconds } = ledger.issue();
    return json(200, {
      success: true,
      payload: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: lifetime.field(lifetimeSeconds),
      },
    });
  }

  function failure(message: string): Answer {
    return json(failureStatus, { status: 'FAILURE', errorCode: 'SANDBOX-AUTH', message });
  }

  const refuse = (message: string) => json(401, middlewareError(setup.now(), message));

  const checkSignature = ({ headers }: SandboxRequest) => {
    const { clientId, clientCode } = credentials.current;
    const signed =
      asText(headers.signature) !== undefined &&
      headers.clientid === clientId &&
      headers.clientcode === clientCode;
    return signatureRequired && !signed
      ? refuse('Signature and message does not match.')
      : undefined;
  };

  const started = await startProvider(setup, {
    name: 'singleview',
    credentials,
    ledger,
    lifetime,
    tokenPath: '/v1/api/observice/token',
    refuse: (rejection) => refuse(REJECTIONS[rejection]),
    hosts: [
      {
        label: 'singleview',
        routes: createSingleviewAccounts(checkSignature),
        token: issueToken,
      },
    ],
    reset() {
      failureStatus = 200;
      signatureRequired = false;
    },
  });
  const provider = withVerbs(started.provider, {
    failTokensWith(status: number) {
      failureStatus = status;
    },
    requireSignature(on = true) {
      signatureRequired = on;
    },
  });
  return { provider, close: started.close };
}

/** Messages that the B2B documentation lists for `MW-401`. */
const REJECTIONS: Readonly<Record<Rejection, string>> = {
  missing: 'UNAUTHORIZED',
  unknown: 'UNAUTHORIZED',
  revoked: 'UNAUTHORIZED',
  expired: 'Authentication token has expired. Please re-authenticate.',
};

/** The B2B error envelope; its time stamp carries the offset of Riyadh. */
function middlewareError(at: number, errorMessage: string): object {
  const riyadh = new Date(at + 3 * 3_600_000).toISOString().replace('Z', '+03:00');
  return {
    correlationId: '00000000-0000-4000-8000-000000000000',
    bankCode: '',
    errorCode: 'MW-401',
    errorMessage,
    timeStamp: riyadh,
  };
}
