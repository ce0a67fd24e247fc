/*
 * SingleView open banking.
 * https://docs.onesingleview.com/docs/ob-v2-get-access-token, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { classifyTokenFailure } from '../token-call/token-failure.js';
import {
  commonPart,
  oneOf,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';
import { baseURLOf } from './region.js';

/** The credentials of SingleView. */
export interface SingleviewCredentials {
  readonly clientId: string;
  /** The secret under another name: the console labels it Client Secret. */
  readonly clientCode: string;
  /** "UUID format" in the document, whose own sample is none; not checked. */
  readonly merchantId: string;
}

const ENVIRONMENTS = Object.freeze({ sandbox: 'https://obsandbox.onesingleview.com' });

const GRANT_TYPES = Object.freeze([
  'client_credentials',
  'client_Credentials',
  'Client_Credentials',
] as const);

/** Options of {@link singleview}: the credentials, or a function that fetches them, and where the API is. */
export type SingleviewOptions = WithCredentials<SingleviewCredentials> &
  CommonOptions & {
    /** The only environment with a public address. For production give `baseURL`. @defaultValue 'sandbox' */
    readonly environment?: keyof typeof ENVIRONMENTS | undefined;
    /** The address that SingleView hands over at go-live. */
    readonly baseURL?: string | undefined;
    /** How the grant is spelled; the documents have three spellings. @defaultValue 'client_credentials' */
    readonly grantType?: (typeof GRANT_TYPES)[number] | undefined;
    /** Headers that some snapshots of the document ask for on the token call: `signature`, `clientId`, `clientCode`. */
    readonly tokenHeaders?: Readonly<Record<string, string>> | undefined;
  };

const HINT = 'It is in the SingleView console.';
const credentialFields = {
  clientId: { hint: HINT },
  clientCode: { secret: true, hint: HINT },
  merchantId: { hint: HINT },
} as const;
const own: OwnOptions<SingleviewOptions> = {
  environment: true,
  baseURL: true,
  grantType: true,
  tokenHeaders: true,
};

/**
 * SingleView open banking: the token nested under `payload`, a life that is documented as `0000`, and failures that may
 * come with status 200.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 * @see https://docs.onesingleview.com/docs/ob-v2-get-access-token
 */
export function singleview(
  options: SingleviewOptions,
): TokenEndpointProvider<SingleviewCredentials> {
  options = givenOptions(options);
  const common = commonPart(options, { name: 'singleview', credentialFields, own });
  const { grantType = 'client_credentials', tokenHeaders } = options;
  oneOf('singleview', 'grantType', grantType, GRANT_TYPES);
  return defineProvider<SingleviewCredentials>({
    ...common,
    baseURL:
      options.baseURL ??
      baseURLOf('singleview', ENVIRONMENTS, options.environment ?? 'sandbox', 'environment'),
    documentation: {
      url: 'https://docs.onesingleview.com/docs/ob-v2-get-access-token',
      checkedOn: '2026-11-21',
    },
    tokenRequest: ({ clientId, clientCode, merchantId }) => ({
      url: '/v1/api/observice/token',
      ...(tokenHeaders === undefined ? {} : { headers: tokenHeaders }),
      body: { json: { clientId, clientCode, merchantId, grantType } },
    }),
    parseToken: ({ body }) => ({
      accessToken: read(body, 'payload', 'access_token'),
      tokenType: read(body, 'payload', 'token_type'),
      expiresInSeconds: read(body, 'payload', 'expires_in'),
    }),
    // The failure envelope stands for a bad format, bad details or failed authentication; its status is not documented.
    classifyFailure: (response) =>
      isFailureEnvelope(response.body) && classifyTokenFailure(response) !== 'transient'
        ? 'credentials'
        : undefined,
    // The first is documented for this call, the second for the neighbouring B2B API.
    diagnose: ({ body }) => ({
      code: read(body, 'errorCode'),
      message: read(body, 'message') ?? read(body, 'errorMessage'),
      requestId: read(body, 'correlationId'),
    }),
    // The answer's only published life is the placeholder 0000; 60 minutes stand in the prose and in the sample's JWT.
    defaultLifetimeSeconds: 3_600,
    rejectedCredentialsAdvice:
      'Check the credentials. SingleView answers the same for a malformed request: check `merchantId` and `grantType` too.',
  });
}

function isFailureEnvelope(body: unknown): boolean {
  return read(body, 'status') === 'FAILURE' || read(body, 'success') === false;
}
