import { givenOptions } from '../concealment/given-options.js';
import { isPromise, required, rule, type Rule, type Rules } from '../errors/option-rules.js';
import { basicAuthorization } from '../platform/basic-authorization.js';
import {
  defineProvider,
  type ProviderDefinition,
  type TokenEndpointProvider,
} from '../provider-definition/define-provider.js';
import { secureURL } from '../provider-definition/secure-url.js';
import type { TokenRequest, TokenRequestContext } from '../provider-definition/token-request.js';
import type { OAuth2ClientCredentials } from '../providers/oauth2-client-credentials.js';
import { parseToken, spaceSeparatedScope } from '../providers/oauth2-parts.js';
import {
  commonPart,
  type CommonOptions,
  type OwnOptions,
  type WithCredentials,
} from '../providers/provider-options.js';
import { definedParams, type TokenParams } from '../token/token-params.js';

/** Options of every preset: the credentials, or a function that fetches them, and the URLs. */
export type PresetOptions<C extends object = OAuth2ClientCredentials> = WithCredentials<C> &
  CommonOptions & {
    /** Replaces the URL of the API, for instance with a sandbox. @defaultValue the documented URL */
    readonly baseURL?: string | undefined;
    /** Replaces the URL of the token endpoint; absolute. @defaultValue the documented URL */
    readonly tokenUrl?: string | undefined;
  };

/** What a preset returns, if its credentials are those of an OAuth 2.0 client. */
export type PresetProvider = TokenEndpointProvider<OAuth2ClientCredentials>;

/** A scope, or a list of scopes. */
export type Scope = string | readonly string[];

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the documentation says, independent of the options. */
interface Facts<C extends object, Options> extends Pick<
  ProviderDefinition<C>,
  | 'name'
  | 'documentation'
  | 'credentialFields'
  | 'paramNames'
  | 'defaultLifetimeSeconds'
  | 'classifyFailure'
  | 'diagnose'
  | 'isTokenRejection'
  | 'rejectedCredentialsAdvice'
> {
  /** Without those that every preset has, unless one is required here. */
  readonly own: Omit<OwnOptions<Options>, keyof typeof URLS> & Partial<typeof URLS>;
}

/** Where the requests go, and how the token request looks. */
interface Wire<C extends object> {
  readonly baseURL: string | undefined;
  /** Absolute, or relative to `baseURL`. */
  readonly tokenUrl: string;
  readonly request: (
    credentials: C,
    params: TokenParams,
    context: TokenRequestContext,
  ) => Partial<TokenRequest> | Promise<Partial<TokenRequest>>;
}

const URLS: Rules<'baseURL' | 'tokenUrl'> = { baseURL: secureURL, tokenUrl: secureURL };

/** Makes the provider of a preset. `wireOf` gets the options once they are known to be an object without unknown members. */
export function definePreset<C extends object, Options extends PresetOptions<C>>(
  given: Options,
  facts: Facts<C, Options>,
  wireOf: (options: Options) => Wire<C>,
): TokenEndpointProvider<C> {
  const options = givenOptions(given);
  const { own, ...definition } = facts;
  const common = commonPart(options, { ...facts, own: { ...URLS, ...own } });
  const { baseURL, tokenUrl, request } = wireOf(options);
  const url = options.tokenUrl ?? tokenUrl;
  return defineProvider<C>({
    parseToken,
    ...definition,
    // defineProvider() reports that it is missing.
    baseURL: (options.baseURL ?? baseURL) as string,
    tokenRequest(credentials, params, context) {
      const made = request(credentials, params, context);
      return isPromise(made) ? made.then((one) => ({ url, ...one })) : { url, ...made };
    },
    ...{ ...common, isTokenRejection: common.isTokenRejection ?? facts.isTokenRejection },
  });
}

/** The credentials of an OAuth 2.0 client, with where to find them. */
export const clientFields = (hint: string) => ({
  clientId: { hint },
  clientSecret: { secret: true, hint },
});

/** Client credentials in HTTP Basic without form encoding: "the Base64 of id:secret", in the vendors' words. */
export const withBasic =
  (fields: Fields = {}, headers: Readonly<Record<string, string>> = {}) =>
  ({ clientId, clientSecret }: OAuth2ClientCredentials, params: TokenParams) => ({
    headers: { ...headers, Authorization: basicAuthorization(clientId, clientSecret) },
    body: formOf({ ...fields, ...params }),
  });

/** Client credentials in the body. */
export const inBody =
  (fields: Fields = {}) =>
  ({ clientId, clientSecret }: OAuth2ClientCredentials, params: TokenParams) => ({
    body: formOf({ ...fields, ...params, client_id: clientId, client_secret: clientSecret }),
  });

function formOf(fields: Fields) {
  const given = definedParams({ grant_type: 'client_credentials', ...fields });
  return { form: spaceSeparatedScope(given) };
}

/** A host that belongs to the customer. */
export const hostName = (example: string): Rule =>
  required(
    rule(
      (host) => {
        const origin = `https://${String(host)}`;
        return (
          typeof host === 'string' &&
          URL.canParse(origin) &&
          new URL(origin).origin === origin.toLowerCase()
        );
      },
      'is not a host name',
      `Pass the host name alone, such as ${example}.`,
    ),
  );
