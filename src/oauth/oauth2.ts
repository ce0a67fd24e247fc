import { givenOptions } from '../concealment/given-options.js';
import { required, text } from '../errors/option-rules.js';
import { checkedCredentials } from '../provider-definition/credentials.js';
import {
  defineProvider,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { secureURL } from '../provider-definition/secure-url.js';
import {
  classifyInvalidGrant,
  fixedParams,
  paramNamesOf,
  parseToken,
  spaceSeparatedScope,
  TOKEN_REQUEST_RULES,
  type TokenRequestOptions,
} from '../providers/oauth2-parts.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from '../providers/provider-options.js';
import { oauthErrorFields } from '../token-call/token-failure.js';
import {
  checkClient,
  clientAuthenticator,
  type Client,
  type ClientAuthentication,
  type ClientAuthenticator,
} from './client-authentication/authenticate-client.js';
import { adviceOnRejection } from './client-authentication/rejection-advice.js';
import { createDPoP, unboundTokenMessage } from './dpop/dpop.js';
import type { DPoPOptions } from './dpop/proof-key.js';
import {
  endpointFinder,
  TOKEN_ENDPOINT_RULES,
  type TokenEndpointOptions,
} from './discovery/find-endpoint.js';
import { resolveGrant, type Grant, type ResolvedGrant } from './grants.js';
import { createServerClock } from './server-clock.js';

/** Options of {@link oauth2}. */
export type OAuth2Options = WithCredentials<Client> &
  TokenEndpointOptions &
  CommonOptions &
  TokenRequestOptions & {
    /** The URL of the API. */
    readonly baseURL: string;
    /** The name of this authorization server in events and errors. @defaultValue 'oauth2' */
    readonly name?: string | undefined;
    /**
     * How the client authenticates.
     *
     * @defaultValue 'client_secret_basic'; 'none' for other grants than client credentials, if there is no client secret
     */
    readonly clientAuthentication?: ClientAuthentication | undefined;
    /** The grant to request tokens with. @defaultValue client credentials */
    readonly grant?: Grant | undefined;
    /**
     * Binds the tokens to a key, and sends a proof of that key with each request (RFC 9449). `true` makes a new key, which other
     * processes don't have: give a `key` if they share tokens.
     *
     * @defaultValue false: bearer tokens
     */
    readonly dpop?: boolean | DPoPOptions | undefined;
  };

const own: OwnOptions<OAuth2Options> = {
  baseURL: required(secureURL),
  name: text,
  ...{ clientAuthentication: undefined, grant: undefined, dpop: undefined },
  ...TOKEN_ENDPOINT_RULES,
  ...TOKEN_REQUEST_RULES,
};

const documentation = Object.freeze({
  url: 'https://www.rfc-editor.org/rfc/rfc6749',
  checkedOn: '2026-11-29',
});

/**
 * The provider for any OAuth 2.0 authorization server, with any way to authenticate the client, any grant without a browser, discovery,
 * and DPoP.
 *
 * With a shared store, a token request that differs from call to call (a signed assertion, a token from a file) needs a `cacheIdentity`.
 *
 * @throws MisconfigurationError naming the option, never a secret or a key
 * @see https://www.rfc-editor.org/rfc/rfc6749
 * @example
 * ```ts
 * const crm = oauth2({
 *   baseURL: 'https://api.example.com',
 *   issuer: 'https://login.example.com',
 *   clientId: 'crm-sync',
 *   clientAuthentication: { method: 'private_key_jwt', key: process.env.CRM_KEY! },
 * });
 * ```
 */
export function oauth2(options: OAuth2Options): TokenEndpointProvider {
  options = givenOptions(options);
  // JavaScript callers may pass no options; commonPart reports it.
  const { name = 'oauth2', clientAuthentication } = Object(options) as Partial<OAuth2Options>;
  const common = commonPart(options, { name, credentialFields: CLIENT_FIELDS, own });
  const grant = resolveGrant(options.grant, name);
  const isSecretless = options.credentials === undefined && options.clientSecret === undefined;
  const authenticator = clientAuthenticator(
    clientAuthentication === undefined && isSecretless && !grant.needsClient
      ? 'none'
      : clientAuthentication,
    name,
  );
  const clock = createServerClock();
  const { dpop: bound = false } = options;
  const dpop = bound === false ? undefined : createDPoP(bound, name, clock);
  const credentialFields = { ...fieldsOf(authenticator, grant), ...(dpop && DPOP_FIELDS) };
  const { credentials } = common;
  if (typeof credentials !== 'function') {
    checkClient(credentials, authenticator, name);
    checkedCredentials({ name, credentialFields }, { ...credentials, ...grant.secrets });
  }
  const { allowInsecureHttp } = options;
  const findEndpoint = endpointFinder(options, {
    provider: name,
    allowInsecureHttp,
    authenticator,
  });
  const fixed = fixedParams(options);
  const isTimed =
    authenticator.algorithm !== undefined ||
    options.grant?.type === 'jwt-bearer' ||
    bound !== false;

  return defineProvider<object>({
    ...common,
    baseURL: options.baseURL,
    documentation,
    // A new object for each token call: it identifies the clock that the call was made by.
    credentials: async (context) => ({
      ...(typeof credentials === 'function'
        ? checkedClient(await credentials(context), authenticator, name)
        : credentials),
      ...grant.secrets,
      ...(dpop && { dpopKey: await dpop.thumbprint() }),
    }),
    credentialFields,
    tokenPlacement: dpop?.place,
    paramNames: paramNamesOf(options),
    async tokenRequest(credentials: Client, params, context) {
      const found = await findEndpoint(context);
      const endpoint = { ...found, nowMs: clock.serverNow(credentials, context) };
      const { scope, ...others } = spaceSeparatedScope({ ...fixed, ...params });
      const scopeField = scope === undefined ? {} : { scope };
      const { clientId } = credentials;
      const asked = { endpoint, clientId, scope: scope as string | undefined };
      const grantFields = await grant.fields(asked);
      const { headers, fields } = await authenticator.authenticate(credentials, endpoint);
      const form = {
        ...others,
        ...(grant.scopeInClaims ? {} : scopeField),
        ...grantFields,
        ...fields,
      };
      // Tokens are shared under the key, which is one of the credentials, and not under a proof.
      const isBound = dpop !== undefined && context.purpose === 'token call';
      const proof = isBound && {
        DPoP: await dpop.tokenRequestProof({ call: credentials, ...endpoint }, context),
      };
      return { url: endpoint.tokenUrl, headers: { ...headers, ...proof }, body: { form } };
    },
    parseToken,
    classifyFailure(response, credentials) {
      const isSkewed = clock.learn(credentials, response);
      const aboutProof = dpop?.classify(credentials, response);
      if (aboutProof !== undefined) return aboutProof;
      if (response.status !== 400 && response.status !== 401) return undefined;
      // The assertion came from the past or the future. The next one will not.
      if (isTimed && isSkewed) return 'transient';
      return classifyInvalidGrant(response);
    },
    diagnose: (response) => ({ message: dpop && unboundTokenMessage(response) }),
    defaultLifetimeSeconds: options.defaultLifetimeSeconds,
    singleActiveToken: options.singleActiveToken,
    rejectedCredentialsAdvice: ({ body }) =>
      oauthErrorFields(body)?.error === 'invalid_grant'
        ? grant.advice
        : adviceOnRejection(authenticator),
  });
}

/** The thumbprint of the key. */
const DPOP_FIELDS = Object.freeze({ dpopKey: { optional: true } });
const CLIENT_FIELDS = Object.freeze({ clientId: {}, clientSecret: { secret: true } });

/**
 * The rules for the credentials. What differs from call to call is named too, and marked as such: a shared store then requires a
 * `cacheIdentity`. So is a client without a secret, because a store cannot encrypt with what is not secret.
 */
function fieldsOf({ method, usesSecret, isPerCall }: ClientAuthenticator, grant: ResolvedGrant) {
  const secrets = Object.keys(grant.secrets);
  const perCall = [...grant.perCall, ...(isPerCall ? ['client_assertion'] : [])];
  if (!usesSecret && secrets.length + perCall.length === 0)
    perCall.push(method === 'tls_client_auth' ? 'client_certificate' : 'client');
  return {
    clientId: { optional: method === 'none' },
    ...(usesSecret ? { clientSecret: { secret: true } } : {}),
    ...Object.fromEntries(secrets.map((option) => [option, { secret: true }])),
    ...Object.fromEntries(perCall.map((field) => [field, PER_CALL])),
  };
}

const PER_CALL = Object.freeze({ secret: true, optional: true, perCall: true });

function checkedClient(
  given: Client,
  authenticator: ClientAuthenticator,
  provider: string,
): Client {
  const { clientId, clientSecret } = Object(given) as Client;
  checkClient({ clientId, clientSecret }, authenticator, provider);
  return { clientId, clientSecret };
}
