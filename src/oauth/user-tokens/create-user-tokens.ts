/*
 * The refresh token grant, for many users.
 * https://www.rfc-editor.org/rfc/rfc6749#section-6 and https://www.rfc-editor.org/rfc/rfc9700#section-4.14, checked 2026-11-29.
 */
import { read } from '../../concealment/any-object.js';
import { givenOptions } from '../../concealment/given-options.js';
import { checkOptions, checkValues } from '../../errors/check-options.js';
import { aFunction, required, text, type Rules } from '../../errors/option-rules.js';
import { systemClock } from '../../platform/clock.js';
import { checkedCredentials } from '../../provider-definition/credentials.js';
import {
  COMMON_RULES,
  defineProvider,
  type CommonDefinition,
  type TokenEndpointProvider,
} from '../../provider-definition/define-provider.js';
import { secureURL } from '../../provider-definition/secure-url.js';
import type { TokenRequest } from '../../provider-definition/token-request.js';
import { parseToken } from '../../providers/oauth2-parts.js';
import { params } from '../../providers/param-rules.js';
import { guardStore } from '../../sharing/guarded-store.js';
import { tokenIdentity } from '../../sharing/identity.js';
import type { TokenIdentity, TokenStoreSlot } from '../../sharing/token-store.js';
import type { AccessToken } from '../../token/access-token.js';
import { definedParams, type TokenParams } from '../../token/token-params.js';
import { SOURCE_OPTIONS, type CommonSourceOptions } from '../../token-source/options.js';
import type { GetTokenOptions, TokenSource } from '../../token-source/token-source.js';
import {
  checkClient,
  clientAuthenticator,
  type Client,
  type ClientAuthentication,
} from '../client-authentication/authenticate-client.js';
import { adviceOnRejection } from '../client-authentication/rejection-advice.js';
import { RefreshTokens, type RefreshTokenStorage, type SentToken } from './refresh-tokens.js';
import { runOn, SharedFates } from './shared-fates.js';

/** Options of {@link createUserTokens}: the authorization server, the client's authentication, and how refresh tokens are kept. */
export type UserTokensOptions<SourceOptions extends CommonSourceOptions> = Client &
  RefreshTokenStorage &
  Pick<
    CommonDefinition,
    'baseURL' | 'origins' | 'allowInsecureHttp' | 'isTokenRejection' | 'defaultLifetimeSeconds'
  > & {
    /** @defaultValue 'client_secret_basic' */
    readonly clientAuthentication?: ClientAuthentication | undefined;
    /** `createTokenSource` of `axios-bearer`, or of `axios-bearer/fetch`. */
    readonly createTokenSource: (
      provider: TokenEndpointProvider<UserCredentials>,
      options?: SourceOptions,
    ) => TokenSource;
    /** The absolute URL of the token endpoint. */
    readonly tokenUrl: string;
    /** The name of this authorization server in events and errors. @defaultValue 'users' */
    readonly name?: string | undefined;
    /** Further parameters of the token request, by the names that the server expects, such as `scope` or `resource`. @defaultValue none */
    readonly extraParams?: TokenParams | undefined;
  };

type CommonUserOptions = Omit<UserTokensOptions<CommonSourceOptions>, 'createTokenSource'>;

/** The user whose token it is. */
export interface UserCredentials {
  /** Your own id for the user. */
  readonly user: string;
}

/** The access tokens of many users. */
export interface UserTokens {
  /** For `attachBearer`, `createProviderClient` or `createBearerFetch`. Each request names its user: `http.get('/me', users.as('u1'))`. */
  readonly source: TokenSource;
  /** The part of a request's options that names the user: `{ bearer: { params: { user } } }`. */
  as(user: string): { readonly bearer: { readonly params: { readonly user: string } } };
  /**
   * Returns a usable access token of this user.
   *
   * @throws {@link LoginRequiredError} if the user has to log in; otherwise as `TokenSource.getToken`
   */
  getToken(user: string, options?: Omit<GetTokenOptions, 'params'>): Promise<AccessToken>;
  /** Saves the refresh token of a login with `save`, and forgets the user's earlier tokens. */
  login(user: string, refreshToken: string): Promise<void>;
  /**
   * Forgets the user's tokens, here and in the shared store. Delete the saved refresh token first. Other processes keep using their
   * access token until it expires, unless you revoke it at the authorization server.
   */
  logout(user: string): Promise<void>;
}

/** More than other sources keep: each user has a token. */
const MOST_USERS = 10_000;
/** After a refusal `load` is called once more, which counts as an attempt even if no token call follows. */
const LEAST_ATTEMPTS = 2;

const { allowInsecureHttp, baseURL, origins, isTokenRejection, defaultLifetimeSeconds } =
  COMMON_RULES;
const RULES: Rules<keyof UserTokensOptions<CommonSourceOptions>> = {
  ...{ allowInsecureHttp, baseURL, origins, isTokenRejection, defaultLifetimeSeconds },
  name: text,
  tokenUrl: required(secureURL, 'Pass the URL of the token endpoint.'),
  ...{ clientId: undefined, clientSecret: undefined, clientAuthentication: undefined },
  createTokenSource: required(
    aFunction,
    "Import createTokenSource from 'axios-bearer' or 'axios-bearer/fetch', and give it.",
  ),
  load: required(aFunction, 'Return the saved refresh token of a user, or undefined.'),
  save: required(aFunction, 'Save the new refresh token of a user.'),
  extraParams: params,
};

const documentation = Object.freeze({
  url: 'https://www.rfc-editor.org/rfc/rfc6749#section-6',
  checkedOn: '2026-11-29',
});
/** Which of them is needed depends on the client's authentication. */
const CLIENT_FIELDS = { clientId: { optional: true }, clientSecret: { optional: true } };
/** Marked secret because user ids can be e-mail addresses. It also saves a slow key derivation for each user. */
const credentialFields = Object.freeze({
  user: Object.freeze({
    secret: true,
    hint: 'Name the user of each request: users.as(user), which is { bearer: { params: { user } } }.',
  }),
});

/**
 * Keeps an access token for each of many users, from refresh tokens that your app stores and that the authorization server may
 * replace at each use (rotation).
 *
 * A new refresh token is saved before its access token is used. With a `store`, a user's token is refreshed once for all processes.
 *
 * @example
 * ```ts
 * const users = createUserTokens(
 *   { createTokenSource, tokenUrl, baseURL, clientId, clientSecret, load, save },
 *   { store: createRedisStore(redis, { storeKey }) },
 * );
 * const http = createProviderClient(users.source);
 * await http.get('/me', users.as('u1'));
 * ```
 * @throws MisconfigurationError for an option that is missing, unknown or unusable
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function createUserTokens<SourceOptions extends CommonSourceOptions>(
  options: UserTokensOptions<SourceOptions>,
  sourceOptions: SourceOptions = {} as SourceOptions,
): UserTokens {
  options = givenOptions(options);
  // JavaScript callers may pass no options.
  const { name = 'users' } = Object(options) as Partial<CommonUserOptions>;
  checkOptions(options, RULES, { of: 'user tokens', provider: name });
  const { tokenUrl } = options;
  sourceOptions = givenOptions(sourceOptions);
  // The source checks them too, but after they were used here.
  checkValues(sourceOptions, SOURCE_OPTIONS, {
    of: 'a token source',
    provider: name,
    path: 'options.',
  });
  const { clock = systemClock, maxEntries = MOST_USERS, maxAttempts = 3 } = sourceOptions;
  const cacheIdentity = sourceOptions.cacheIdentity ?? JSON.stringify(['users', options.clientId]);
  const store =
    sourceOptions.store && guardStore(sourceOptions.store, { clock, watcher: NO_WATCHER });
  const identityOf = (user: string, named: string): TokenIdentity =>
    tokenIdentity({
      provider,
      credentials: { user },
      params: { user },
      request: { url: tokenUrl },
      cacheIdentity: named,
    });
  const shared =
    store && new SharedFates(store, (user) => identityOf(user, `refreshing ${cacheIdentity}`));
  const refreshTokens = new RefreshTokens({
    provider: name,
    storage: options,
    shared,
    limit: maxEntries,
  });
  const provider = refreshTokenProvider(options, refreshTokens);
  const source = options.createTokenSource(provider, {
    // A refresh token can be used once, so no process refreshes without the lease as long as waiting for it may help.
    singleActiveToken: store && true,
    ...sourceOptions,
    maxEntries,
    maxAttempts: Math.max(LEAST_ATTEMPTS, maxAttempts),
    cacheIdentity: store && cacheIdentity,
  });
  const forget = async (user: string) => {
    source.clear({ params: { user } });
    // The source clears nothing in the store if this process does not hold the token.
    const clear = (slot: TokenStoreSlot) => slot.clear();
    if (store) await runOn(store, identityOf(user, cacheIdentity), 'clear', clear);
  };
  return {
    source,
    as: (user) => ({ bearer: { params: { user } } }),
    getToken: (user, how) => source.getToken({ ...how, params: { user } }),
    async login(user, refreshToken) {
      await refreshTokens.login(user, refreshToken);
      await forget(user);
    },
    async logout(user) {
      await refreshTokens.forget(user);
      await forget(user);
    },
  };
}

/** The token source reports an outage of the store. */
const NO_WATCHER = { failed: () => undefined, recovered: () => undefined };

function refreshTokenProvider(options: CommonUserOptions, refreshTokens: RefreshTokens) {
  const { name = 'users', tokenUrl, extraParams = {} } = options;
  const client = { clientId: options.clientId, clientSecret: options.clientSecret };
  const authenticator = clientAuthenticator(options.clientAuthentication, name);
  checkClient(client, authenticator, name);
  checkedCredentials({ name, credentialFields: CLIENT_FIELDS }, client);
  /** By the credentials object of each token call. */
  const sent = new WeakMap<object, SentToken>();
  return defineProvider<UserCredentials>({
    name,
    baseURL: options.baseURL,
    origins: options.origins,
    allowInsecureHttp: options.allowInsecureHttp,
    isTokenRejection: options.isTokenRejection,
    defaultLifetimeSeconds: options.defaultLifetimeSeconds,
    documentation,
    // No other parameter: otherwise two tokens of one user could be refreshed at the same time with the same refresh token.
    paramNames: ['user'],
    credentialFields,
    credentials: ({ params }) => ({ user: params['user'] as string }),
    async tokenRequest(credentials, _params, { purpose, now }): Promise<TokenRequest> {
      if (purpose === 'identity') return { url: tokenUrl };
      const next = await refreshTokens.next(credentials.user);
      sent.set(credentials, next);
      const { headers = {}, fields } = await authenticator.authenticate(client, {
        tokenUrl,
        nowMs: now(),
      });
      return {
        url: tokenUrl,
        headers,
        body: {
          form: {
            ...definedParams(extraParams),
            grant_type: 'refresh_token',
            refresh_token: next.refreshToken,
            ...fields,
          },
        },
      };
    },
    parseToken,
    rejectedCredentialsAdvice: adviceOnRejection(authenticator),
    async tokenReceived(_token, { credentials, response }) {
      const used = sent.get(credentials);
      if (used !== undefined)
        await refreshTokens.received(used, read(response.body, 'refresh_token'));
    },
    classifyFailure({ body }, credentials) {
      const used = sent.get(credentials);
      if (used === undefined || read(body, 'error') !== 'invalid_grant') return undefined;
      refreshTokens.refused(used);
      // The next attempt loads it again, since another process may have replaced it. If not, that throws a LoginRequiredError.
      return 'transient';
    },
  });
}
