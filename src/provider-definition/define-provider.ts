import { read, isObject } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { checkOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import {
  aFunction,
  atLeast,
  flag,
  isPromise,
  listOf,
  record,
  refused,
  required,
  seconds,
  text,
  textOr,
  wholeNumber,
  type Rules,
} from '../errors/option-rules.js';
import type { TokenParams } from '../token/token-params.js';
import type { AcquiredToken, AcquireTokenContext } from './acquire-token.js';
import {
  callCredentials,
  checkedCredentials,
  checkFieldRules,
  checkPerCallFields,
  type CredentialField,
  type CredentialsContext,
  type CredentialsFunction,
} from './credentials.js';
import type { ParsedDiagnosis, TokenFailureClass } from './token-failure.js';
import { checkPlacement, type TokenPlacement } from './token-placement.js';
import {
  absoluteURL,
  checkedRequest,
  type TokenRequest,
  type TokenRequestContext,
} from './token-request.js';
import { secureURL } from './secure-url.js';
import type { ParsedToken, TokenResponse } from './token-response.js';

/** An API response, as `isTokenRejection` sees it. */
export interface ResourceResponse {
  readonly status: number;
  readonly headers: unknown;
  readonly data: unknown;
}

/** The request that was answered, as `isTokenRejection` sees it. */
export interface ResourceRequest {
  /** In upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
}

/** What every provider definition has, with a token endpoint or with `acquireToken`. */
export interface CommonDefinition {
  /** A short, stable name. It is part of the identity of a token. */
  readonly name: string;
  /** The URL of the API: the default `baseURL` of `createProviderClient`, and the first origin the token may go to. */
  readonly baseURL: string;
  /** Further origins that the token may go to. @defaultValue none */
  readonly origins?: readonly string[] | undefined;
  /** Allows plain http to hosts other than loopback. @defaultValue false */
  readonly allowInsecureHttp?: boolean | undefined;
  /** The page that documents the token call, and when it was last checked (ISO date). */
  readonly documentation?: { readonly url: string; readonly checkedOn: string } | undefined;
  /** Where a request carries its token. @defaultValue `Authorization: Bearer …` */
  readonly tokenPlacement?: TokenPlacement | undefined;
  /** The names of the parameters that requests may set. @defaultValue none */
  readonly paramNames?: readonly string[] | undefined;
  /**
   * Whether an API response means that the token was rejected. Must be synchronous: a promise counts as `false`.
   *
   * @defaultValue status 401, unless `WWW-Authenticate` says `insufficient_scope` or `invalid_request` (RFC 6750, section 3.1)
   */
  readonly isTokenRejection?:
    ((response: ResourceResponse, request: ResourceRequest) => boolean) | undefined;
  /** The lifetime in seconds, for responses that do not state it. @defaultValue unknown */
  readonly defaultLifetimeSeconds?: number | undefined;
  /** Whether a new token invalidates the previous one. @defaultValue false */
  readonly singleActiveToken?: boolean | undefined;
  /** How many token calls the provider allows in a sliding window, in milliseconds. @defaultValue no limit */
  readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
}

/**
 * Everything that the library knows about one authorization server: data, and functions without side effects. The functions
 * are called as methods of the provider. Unknown members are refused.
 */
export interface ProviderDefinition<C extends object> extends CommonDefinition {
  /** The credentials, or a function that fetches them. */
  readonly credentials: C | CredentialsFunction<C>;
  /** The rules for each credential. */
  readonly credentialFields: { readonly [Name in keyof C]-?: CredentialField };
  /**
   * Builds the token request for each token call. It may return a promise, for instance to sign the request with a key
   * management service or Web Crypto; the promise is limited by `flightTimeoutMs`.
   *
   * With fixed credentials it is also called once at creation, to check the URL. If it returns a promise, or throws for want of its
   * `paramNames`, the URL is checked before the first token call instead.
   *
   * @param context - sends earlier requests, for a token that takes more than one call
   */
  tokenRequest(
    credentials: C,
    params: TokenParams,
    context: TokenRequestContext,
  ): TokenRequest | Promise<TokenRequest>;
  /** Reads the token from a successful response (HTTP 2xx): from its JSON, or else from its text or its cookies. */
  parseToken(response: TokenResponse): ParsedToken;
  /**
   * Called with each usable token before any request or any other process gets it, for instance to save a refresh token that came
   * with it. Limited by `flightTimeoutMs`. If it throws, the refresh fails, with that error as the cause.
   */
  tokenReceived?(token: ParsedToken, context: TokenReceivedContext<C>): void | Promise<void>;
  /**
   * Classifies a provider-specific failure, such as an error inside a 200. `undefined` leaves the decision to RFC 6749 and the
   * status. A `BearerError` that it throws is what the callers get.
   */
  classifyFailure?(response: TokenResponse, credentials: C): TokenFailureClass | undefined;
  /**
   * Reads the provider's own words about a refused token call, for the error. Secrets are removed before they are shown.
   * @defaultValue `error` and `error_description` (RFC 6749, section 5.2)
   */
  diagnose?(response: TokenResponse): ParsedDiagnosis;
  /**
   * What to do when the credentials are rejected, in one or two sentences for the error message.
   * @defaultValue 'Check the credentials.'
   */
  readonly rejectedCredentialsAdvice?: string | ((response: TokenResponse) => string) | undefined;
  readonly acquireToken?: undefined;
}

/** What `tokenReceived` is called with besides the token. */
export interface TokenReceivedContext<C extends object> {
  /** Those of this token call. */
  readonly credentials: C;
  readonly params: TokenParams;
  readonly response: TokenResponse;
  /** Aborts when the refresh gives up. */
  readonly signal: AbortSignal;
}

/** A provider whose tokens come from your own function instead of a described token endpoint. */
export interface TokenFunctionDefinition extends CommonDefinition {
  /**
   * Fetches a token, for instance with an SDK, from a vault or a file, or by logging in. It is treated like a token endpoint:
   * called once for all concurrent callers, called before the token expires, limited by `attemptTimeoutMs`, retried after a
   * transient failure, and left alone for a while after a refresh fails.
   *
   * A plain string has an unknown lifetime, unless it is a JWT. What the function throws becomes the `cause` of the error. It
   * is classified by `credentialsRejected`, `retryable` and `retryAfterMs`; otherwise by `status`, `statusCode` or
   * `response.status`, an RFC 6749 error, or the `code` of a network error. Anything else is not retried at once.
   */
  acquireToken(context: AcquireTokenContext): AcquiredToken | Promise<AcquiredToken>;
  /** What to do when the credentials are rejected, in one or two sentences for the error message. @defaultValue 'Check the credentials.' */
  readonly rejectedCredentialsAdvice?: string | undefined;
  readonly credentials?: undefined;
  readonly credentialFields?: undefined;
  readonly tokenRequest?: undefined;
  readonly parseToken?: undefined;
  readonly tokenReceived?: undefined;
  readonly classifyFailure?: undefined;
  readonly diagnose?: undefined;
}

/** What the members of every definition may be. */
export const COMMON_RULES: Rules<keyof CommonDefinition> = {
  name: required(textOr('Give the provider a name.')),
  allowInsecureHttp: flag,
  baseURL: required(secureURL),
  origins: listOf(secureURL),
  documentation: undefined,
  tokenPlacement: record,
  paramNames: listOf(text),
  isTokenRejection: aFunction,
  defaultLifetimeSeconds: seconds,
  singleActiveToken: flag,
  tokenBudget: record,
};

/** What the members may be that describe a token endpoint. */
const ENDPOINT_RULES = {
  credentials: undefined,
  credentialFields: required(record, 'Set the rules for each credential.'),
  tokenRequest: required(aFunction),
  parseToken: required(aFunction),
  tokenReceived: aFunction,
  classifyFailure: aFunction,
  diagnose: aFunction,
} satisfies Rules;

const ALL_RULES: Rules<keyof ProviderDefinition<object>> = {
  ...COMMON_RULES,
  ...ENDPOINT_RULES,
  ...{ rejectedCredentialsAdvice: undefined, acquireToken: aFunction },
};

/** The same next to `acquireToken`. */
const TOKEN_FUNCTION_RULES: Rules = {
  ...ALL_RULES,
  ...refused(
    Object.keys(ENDPOINT_RULES),
    'cannot be combined with acquireToken, which returns the token itself',
    'Use only one of them.',
  ),
};

/** Members that a provider has in addition, allowed because a provider may be spread into another definition. */
const RESOLVED_MEMBERS: Rules = {
  allowedOrigins: undefined,
  hasFixedCredentials: undefined,
  resolveCredentials: undefined,
};

const brand = Symbol.for('axios-bearer.provider');

interface CheckedDefinition<C extends object> {
  /** Every origin that the token may go to. */
  readonly allowedOrigins: readonly string[];
  /** Whether the credentials are a fixed object and cannot change. */
  readonly hasFixedCredentials: boolean;
  /**
   * Returns the checked credentials.
   *
   * @throws {@link TokenAcquisitionError} if the credentials function throws; its error is the `cause`
   * @throws {@link MisconfigurationError} if it returns invalid credentials
   */
  resolveCredentials(context: CredentialsContext): Promise<C>;
}

/** A provider with a token endpoint. */
export interface TokenEndpointProvider<C extends object = object>
  extends Omit<ProviderDefinition<C>, 'credentials'>, CheckedDefinition<C> {}

/** A provider whose tokens come from `acquireToken`. */
export interface TokenFunctionProvider
  extends Omit<TokenFunctionDefinition, 'credentials'>, CheckedDefinition<object> {}

/** A checked provider definition, made by `defineProvider`. It is frozen and does not show the credentials. */
export type Provider<C extends object = object> = TokenEndpointProvider<C> | TokenFunctionProvider;

/**
 * Defines a provider that is not built in: its token endpoint, the token request and how to read the response; or a function
 * that returns its tokens.
 *
 * @example
 * ```ts
 * const acme = defineProvider({
 *   name: 'acme',
 *   baseURL: 'https://api.acme.example',
 *   credentials: { key: 'a secret' },
 *   credentialFields: { key: { secret: true } },
 *   tokenRequest: ({ key }) => ({ url: '/login', body: { json: { key } } }),
 *   parseToken: ({ body }) => ({ accessToken: (body as { token?: unknown }).token }),
 * });
 * ```
 * @throws {@link MisconfigurationError} for a missing name, an unusable URL, an unknown member, a token endpoint member next
 * to `acquireToken`, or a credential that is missing, empty or too long, or starts or ends with whitespace
 */
export function defineProvider(definition: TokenFunctionDefinition): TokenFunctionProvider;
export function defineProvider<C extends object>(
  definition: ProviderDefinition<C>,
): TokenEndpointProvider<C>;
export function defineProvider<C extends object>(
  given: ProviderDefinition<C> | TokenFunctionDefinition,
): Provider<C> {
  const definition = givenOptions(given);
  const named = read(definition, 'name');
  const isEndpoint = read(definition, 'acquireToken') === undefined;
  const rules = isEndpoint ? ALL_RULES : TOKEN_FUNCTION_RULES;
  checkOptions(definition, isProvider(definition) ? { ...rules, ...RESOLVED_MEMBERS } : rules, {
    of: 'a provider definition',
    provider: typeof named === 'string' ? named : undefined,
  });
  checkTokenBudget(definition);
  checkPlacement(definition.name, definition.tokenPlacement);
  const allowedOrigins = [definition.baseURL, ...(definition.origins ?? [])].map(originOf);
  const fixed =
    definition.acquireToken === undefined ? fixedCredentialsOf(definition) : NO_CREDENTIALS;
  // Member by member, so that all providers have one shape. That takes half the memory of a spread, and there may be 100,000.
  /* eslint-disable @typescript-eslint/unbound-method -- they become methods of the provider */
  const provider = {
    name: definition.name,
    baseURL: definition.baseURL,
    origins: definition.origins,
    allowInsecureHttp: definition.allowInsecureHttp,
    documentation: definition.documentation,
    tokenPlacement: definition.tokenPlacement,
    credentialFields: definition.credentialFields,
    paramNames: definition.paramNames,
    tokenRequest: definition.tokenRequest,
    parseToken: definition.parseToken,
    tokenReceived: definition.tokenReceived,
    classifyFailure: definition.classifyFailure,
    diagnose: definition.diagnose,
    isTokenRejection: definition.isTokenRejection,
    defaultLifetimeSeconds: definition.defaultLifetimeSeconds,
    singleActiveToken: definition.singleActiveToken,
    tokenBudget: definition.tokenBudget,
    rejectedCredentialsAdvice: definition.rejectedCredentialsAdvice,
    acquireToken: definition.acquireToken,
    allowedOrigins: Object.freeze([...new Set(allowedOrigins)]),
    hasFixedCredentials: fixed !== undefined,
    resolveCredentials:
      fixed === undefined ? asking(definition as ProviderDefinition<C>) : always(fixed),
    [brand]: true,
  };
  /* eslint-enable @typescript-eslint/unbound-method */
  if (isEndpoint && fixed !== undefined) fixedCredentials.set(provider, fixed);
  return Object.freeze(provider) as Provider<C>;
}

/** With `acquireToken` the function has its own credentials. */
const NO_CREDENTIALS = Object.freeze({});

/** Fixed credentials, checked; `undefined` if they come from a function. */
function fixedCredentialsOf<C extends object>(definition: ProviderDefinition<C>): C | undefined {
  const { credentials } = definition;
  checkFieldRules(definition);
  checkPerCallFields(definition, credentials);
  if (typeof credentials === 'function') return undefined;
  // Not a spread: each frozen spread would get its own shape in V8.
  const given = checkedCredentials(definition, Object.assign({}, credentials));
  // Safe, because it was checked against the fields of C.
  const fixed = Object.freeze(given) as C;
  checkRequestAhead(definition, fixed);
  return fixed;
}

const BUDGET_RULES: Rules<keyof NonNullable<CommonDefinition['tokenBudget']>> = {
  calls: required(wholeNumber(1), 'Pass the number of token calls.'),
  windowMs: required(atLeast(1, 'Pass it in milliseconds.')),
};

function checkTokenBudget({ name, tokenBudget }: CommonDefinition): void {
  if (tokenBudget !== undefined)
    checkOptions(tokenBudget, BUDGET_RULES, {
      of: 'a token budget',
      provider: name,
      path: 'tokenBudget.',
    });
}

// Separate functions, so that their closures keep no more in memory than they need: there may be 100,000 providers.
function always<T>(value: T): () => Promise<T> {
  // A promise that is kept would lead to the async context of the request that defined the provider.
  return () => Promise.resolve(value);
}

function asking<C extends object>(definition: ProviderDefinition<C>) {
  const { name, credentialFields, credentials } = definition;
  return async (context: CredentialsContext) =>
    checkedCredentials(
      { name, credentialFields },
      await callCredentials(name, credentials, context),
    );
}

/** Kept outside the provider, so that a provider never shows its credentials. */
const fixedCredentials = new WeakMap<object, object>();

/**
 * Whether two providers were made from the same data and so send the same token request, as when a module is evaluated twice.
 * Always `false` if credentials or tokens come from a function, or if `tokenRequest` returns a promise.
 */
export function describesTheSame(one: Provider, other: Provider): boolean {
  const identity = identityOf(one);
  return identity !== undefined && identity === identityOf(other);
}

function identityOf(provider: Provider): string | undefined {
  const credentials = fixedCredentials.get(provider);
  if (credentials === undefined || provider.tokenRequest === undefined) return undefined;
  const request = requestAhead(provider, credentials);
  // JSON omits its functions, and it has no credentials: those are in the request.
  return request && JSON.stringify([provider, request]);
}

/** Whether a value was made by `defineProvider`, of this or another copy of the package. */
export function isProvider(value: unknown): value is Provider {
  return isObject(value) && brand in value;
}

/** @throws {@link MisconfigurationError} if it is not a provider: a factory that was not called, for instance */
export function refuseNonProvider(value: unknown): void {
  if (isProvider(value)) return;
  throw new MisconfigurationError({
    option: 'provider',
    problem: mistakenFor(value),
    remedy:
      'Pass what a function of axios-bearer/providers, or defineProvider(), returns. A login function is the `acquireToken` of defineProvider().',
  });
}

function mistakenFor(value: unknown): string {
  if ('interceptors' in Object(value)) return 'is an axios instance, which attachBearer() takes';
  if (typeof value === 'function') return 'is a function that was not called';
  return isPromise(value) ? 'is a promise that was not awaited' : 'is not a provider';
}

/** With fixed credentials, an unusable token request is refused at creation rather than at the first token call. */
function checkRequestAhead<C extends object>(
  provider: ProviderDefinition<C>,
  credentials: C,
): void {
  const request = requestAhead(provider, credentials);
  if (request === undefined) return;
  const { url } = checkedRequest(provider.name, request);
  checkTokenURL(provider, absoluteURL(url, provider.baseURL));
}

/** Nothing is sent while a provider is being made. */
const ONLY_CHECKING: TokenRequestContext = {
  send: () => Promise.reject(new Error('This is only a check.')),
  purpose: 'identity',
  get signal() {
    return AbortSignal.abort();
  },
  now: Date.now,
};

/**
 * The token request if it is synchronous and needs no parameters. Otherwise the token call will see its failure too.
 *
 * @throws what `tokenRequest` throws, unless it may be for want of a parameter: an error of ours names what is wrong
 */
function requestAhead<C extends object>(
  provider: Pick<ProviderDefinition<C>, 'tokenRequest' | 'paramNames'>,
  credentials: C,
): TokenRequest | undefined {
  try {
    const request = provider.tokenRequest(credentials, {}, ONLY_CHECKING);
    if (!isPromise(request)) return request;
    request.then(undefined, () => undefined);
  } catch (error) {
    if (!provider.paramNames?.length || error instanceof MisconfigurationError) throw error;
  }
  return undefined;
}

/**
 * Refuses a token URL that is unsafe for secrets.
 *
 * @throws {@link MisconfigurationError} for plain http to a host other than loopback, another scheme, or a user name or password
 */
export function checkTokenURL(
  provider: Pick<CommonDefinition, 'name' | 'allowInsecureHttp'>,
  url: unknown,
  option = 'token URL',
): void {
  const fault = secureURL(url, provider);
  if (fault) throw new MisconfigurationError({ provider: provider.name, option, ...fault });
}

function originOf(url: string): string {
  const { origin } = new URL(url);
  // The platform's string keeps the pieces it was built from in memory.
  return origin === url ? url : origin;
}
