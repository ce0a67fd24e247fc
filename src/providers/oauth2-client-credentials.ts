/*
 * OAuth 2.0 client credentials, any authorization server.
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.4, checked 2026-11-21.
 */
import { givenOptions } from '../concealment/given-options.js';
import { oneOf, required, text } from '../errors/option-rules.js';
import { basicAuthorization } from '../platform/basic-authorization.js';
import { clientSecretBasic } from '../token-call/client-authentication.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { secureURL } from '../provider-definition/secure-url.js';
import type { TokenRequest } from '../provider-definition/token-request.js';
import {
  fixedParams,
  paramNamesOf,
  parseToken,
  spaceSeparatedScope,
  TOKEN_REQUEST_RULES,
  type TokenRequestOptions,
} from './oauth2-parts.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from './provider-options.js';

/** The credentials of an OAuth 2.0 client (RFC 6749, section 2.3.1). */
export interface OAuth2ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

type ClientAuthentication =
  'client_secret_basic' | 'client_secret_basic_interop' | 'client_secret_post';

/** Options of {@link oauth2ClientCredentials}: the credentials, or a function that fetches them, and the token request. */
export type OAuth2ClientCredentialsOptions = WithCredentials<OAuth2ClientCredentials> &
  CommonOptions &
  TokenRequestOptions & {
    /** The absolute URL of the token endpoint. */
    readonly tokenUrl: string;
    /** The URL of the API. */
    readonly baseURL: string;
    /** The name of this authorization server in events and errors. @defaultValue 'oauth2' */
    readonly name?: string | undefined;
    /**
     * How the client authenticates (RFC 6749, section 2.3.1). `client_secret_basic_interop` is HTTP Basic without the form
     * encoding that the RFC requires, for servers that do not decode it.
     *
     * @defaultValue 'client_secret_basic'
     */
    readonly clientAuthentication?: ClientAuthentication | undefined;
    /** The encoding of the body; the RFC defines only `form`. @defaultValue 'form' */
    readonly bodyEncoding?: 'form' | 'json' | undefined;
  };

// Shared, because a process may have 100,000 providers, one for each tenant.
const documentation = Object.freeze({
  url: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.4',
  checkedOn: '2026-11-21',
});
const credentialFields = Object.freeze({
  clientId: Object.freeze({}),
  clientSecret: Object.freeze({ secret: true }),
});
/** Servers also answer `invalid_client` when they decode the secret differently from how it was sent. */
const REJECTED: Readonly<Record<ClientAuthentication, string>> = {
  client_secret_basic:
    "Check clientId, clientSecret and tokenUrl. If they are right, try another clientAuthentication: 'client_secret_post' if the server " +
    "expects them in the body; or 'client_secret_basic_interop' if it does not form-decode HTTP Basic, which breaks " +
    'secrets with characters other than letters and digits.',
  client_secret_basic_interop:
    "Check clientId, clientSecret and tokenUrl. If they are right, try another clientAuthentication: 'client_secret_basic' if the server " +
    "form-decodes HTTP Basic as RFC 6749 says; or 'client_secret_post' if it expects them in the body.",
  client_secret_post:
    "Check clientId, clientSecret and tokenUrl. If they are right, try another clientAuthentication: 'client_secret_basic' if the server " +
    "expects them in the Authorization header; or 'client_secret_basic_interop' if it does not form-decode them there.",
};
const AUTHENTICATIONS = Object.keys(REJECTED);
const own: OwnOptions<OAuth2ClientCredentialsOptions> = {
  tokenUrl: required(secureURL, 'Pass the URL of the token endpoint.'),
  baseURL: required(secureURL),
  name: text,
  clientAuthentication: oneOf(AUTHENTICATIONS),
  bodyEncoding: oneOf(['form', 'json']),
  ...TOKEN_REQUEST_RULES,
};

/**
 * The provider for any OAuth 2.0 authorization server with the client credentials grant.
 *
 * @example
 * ```ts
 * const provider = oauth2ClientCredentials({
 *   tokenUrl: 'https://login.acme.example/token',
 *   baseURL: 'https://api.acme.example',
 *   clientId: 'an id',
 *   clientSecret: 'a secret',
 * });
 * ```
 * @throws MisconfigurationError for a missing URL or credential, an unknown option, or plain http
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function oauth2ClientCredentials(
  options: OAuth2ClientCredentialsOptions,
): TokenEndpointProvider<OAuth2ClientCredentials> {
  options = givenOptions(options);
  // JavaScript callers may pass no options; commonPart reports it.
  const { name = 'oauth2' } = Object(options) as Partial<OAuth2ClientCredentialsOptions>;
  const common = commonPart(options, { name, credentialFields, own });
  const { tokenUrl, clientAuthentication = 'client_secret_basic', bodyEncoding = 'form' } = options;
  const inBody = clientAuthentication === 'client_secret_post';
  const basic =
    clientAuthentication === 'client_secret_basic' ? clientSecretBasic : basicAuthorization;
  const fixed = fixedParams(options);
  return defineProvider<OAuth2ClientCredentials>({
    ...common,
    baseURL: options.baseURL,
    documentation,
    paramNames: paramNamesOf(options),
    tokenRequest({ clientId, clientSecret }, params): TokenRequest {
      const fields = {
        grant_type: 'client_credentials',
        ...spaceSeparatedScope({ ...fixed, ...params }),
        ...(inBody ? { client_id: clientId, client_secret: clientSecret } : {}),
      };
      return {
        url: tokenUrl,
        headers: inBody ? {} : { Authorization: basic(clientId, clientSecret) },
        body: bodyEncoding === 'json' ? { json: fields } : { form: fields },
      };
    },
    parseToken,
    defaultLifetimeSeconds: options.defaultLifetimeSeconds,
    singleActiveToken: options.singleActiveToken,
    rejectedCredentialsAdvice: REJECTED[clientAuthentication],
  });
}
