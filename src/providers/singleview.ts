/*
 * SingleView open banking.
 * https://docs.onesingleview.com/docs/ob-v2-get-access-token, checked 2026-11-21.
 */
import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { oneOf, record } from '../errors/option-rules.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { classifyTokenFailure } from '../token-call/token-failure.js';
import { secureURL } from '../provider-definition/secure-url.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';
import { readJSON } from './read-json.js';

/** The credentials of SingleView. */
export interface SingleviewCredentials {
  readonly clientId: string;
  /** The client secret; the console calls it Client Secret. */
  readonly clientCode: string;
  /** Not checked: the documentation says UUID, but its own sample is not one. */
  readonly merchantId: string;
}

const ENVIRONMENTS = Object.freeze({ sandbox: 'https://obsandbox.onesingleview.com' });

const GRANT_TYPES = Object.freeze([
  'client_credentials',
  'client_Credentials',
  'Client_Credentials',
] as const);

/** Options of {@link singleview}: the credentials, or a function that fetches them, and the address of the API. */
export type SingleviewOptions = WithCredentials<SingleviewCredentials> &
  CommonOptions & {
    /** The only environment with a public address. For production, set `baseURL`. @defaultValue 'sandbox' */
    readonly environment?: keyof typeof ENVIRONMENTS | undefined;
    /** The production address, which SingleView gives you at go-live. @defaultValue the environment's URL */
    readonly baseURL?: string | undefined;
    /** The spelling of the grant type; the documentation has three. @defaultValue 'client_credentials' */
    readonly grantType?: (typeof GRANT_TYPES)[number] | undefined;
    /** Headers for the token call. Some versions of the documentation ask for `signature`, `clientId` and `clientCode`. */
    readonly tokenHeaders?: Readonly<Record<string, string>> | undefined;
  };

const HINT = 'Find it in the SingleView console.';
const credentialFields = {
  clientId: { hint: HINT },
  clientCode: { secret: true, hint: HINT },
  merchantId: { hint: HINT },
} as const;
const own: OwnOptions<SingleviewOptions> = {
  environment: oneOf(Object.keys(ENVIRONMENTS)),
  baseURL: secureURL,
  grantType: oneOf(GRANT_TYPES),
  tokenHeaders: record,
};

/**
 * The provider for SingleView open banking.
 *
 * @example
 * ```ts
 * const provider = singleview({ clientId: 'an id', clientCode: 'a secret', merchantId: 'a shop' });
 * ```
 * @throws MisconfigurationError for an unknown environment or a missing credential
 * @see https://docs.onesingleview.com/docs/ob-v2-get-access-token
 */
export function singleview(
  options: SingleviewOptions,
): TokenEndpointProvider<SingleviewCredentials> {
  options = givenOptions(options);
  const common = commonPart(options, { name: 'singleview', credentialFields, own });
  const { environment = 'sandbox', grantType = 'client_credentials', tokenHeaders } = options;
  return defineProvider<SingleviewCredentials>({
    ...common,
    baseURL: options.baseURL ?? ENVIRONMENTS[environment],
    documentation: {
      url: 'https://docs.onesingleview.com/docs/ob-v2-get-access-token',
      checkedOn: '2026-11-21',
    },
    tokenRequest: ({ clientId, clientCode, merchantId }) => ({
      url: '/v1/api/observice/token',
      ...(tokenHeaders === undefined ? {} : { headers: tokenHeaders }),
      body: { json: { clientId, clientCode, merchantId, grantType } },
    }),
    parseToken: ({ body, text }) => {
      const payload = read(body ?? readJSON(text), 'payload');
      return {
        accessToken: read(payload, 'access_token'),
        tokenType: read(payload, 'token_type'),
        expiresInSeconds: read(payload, 'expires_in'),
      };
    },
    // The envelope means a bad format, bad details or failed authentication. Its status is not documented.
    classifyFailure: (response) =>
      isFailureEnvelope(response.body) && classifyTokenFailure(response) !== 'transient'
        ? 'credentials'
        : undefined,
    // `message` is documented for this call, `errorMessage` for the related B2B API.
    diagnose: ({ body }) => ({
      code: read(body, 'errorCode'),
      message: read(body, 'message') ?? read(body, 'errorMessage'),
      requestId: read(body, 'correlationId'),
    }),
    // The documented response says only `0000`. The prose and the sample JWT say 60 minutes.
    defaultLifetimeSeconds: 3_600,
    rejectedCredentialsAdvice:
      'Check the credentials. SingleView gives the same answer to a malformed request: check `merchantId` and `grantType` too.',
  });
}

function isFailureEnvelope(body: unknown): boolean {
  return read(body, 'status') === 'FAILURE' || read(body, 'success') === false;
}
