import { read } from '../concealment/any-object.js';
import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import { isLoopback } from '../platform/loopback.js';
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
import { absoluteURL, type TokenRequest } from './token-request.js';
import type { ParsedToken, TokenResponse } from './token-response.js';

/** A response of the resource server, as far as a classifier needs it. */
export interface ResourceResponse {
  readonly status: number;
  readonly headers: unknown;
  readonly data: unknown;
}

/** The request that a response answers, as far as a classifier needs it. */
export interface ResourceRequest {
  /** In capitals. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
}

/** What every definition says, wherever its tokens come from. */
export interface CommonDefinition {
  /** Short and stable; it is part of the identity of a token. */
  readonly name: string;
  /** Where the API lives; the default `baseURL` of `createProviderClient`, and the first origin a token may go to. */
  readonly baseURL: string;
  /** Further origins that a token may go to. @defaultValue none */
  readonly origins?: readonly string[] | undefined;
  /** Allows clear-text http to hosts other than loopback. @defaultValue false */
  readonly allowInsecureHttp?: boolean | undefined;
  /** The page that describes the token call, and when it was last checked (ISO date). */
  readonly documentation?: { readonly url: string; readonly checkedOn: string } | undefined;
  /** Names of the parameters that may differ from call to call. @defaultValue none */
  readonly paramNames?: readonly string[] | undefined;
  /**
   * Tells whether a response of the API says that the token was rejected. A promise counts as no.
   *
   * @defaultValue status 401, unless `WWW-Authenticate` says `insufficient_scope` or `invalid_request` (RFC 6750, section 3.1)
   */
  readonly isTokenRejection?:
    ((response: ResourceResponse, request: ResourceRequest) => boolean) | undefined;
  /** The life that the documentation promises where the answer names none, in seconds. @defaultValue unknown */
  readonly defaultLifetimeSeconds?: number | undefined;
  /** A new token kills the last one. @defaultValue false */
  readonly singleActiveToken?: boolean | undefined;
  /** How many token calls the provider allows in a sliding window. @defaultValue no limit */
  readonly tokenBudget?: { readonly calls: number; readonly windowMs: number } | undefined;
}

/**
 * Everything that the library knows about one authorization server: data, and functions without side effects. They are
 * called as methods of the provider, which has the members named here and no others.
 */
export interface ProviderDefinition<C extends object> extends CommonDefinition {
  /** The credentials, or a function that fetches them. */
  readonly credentials: C | CredentialsFunction<C>;
  /** What each credential must look like. */
  readonly credentialFields: { readonly [Name in keyof C]-?: CredentialField };
  /**
   * Builds the token request, at each token call. It may return a promise, where a request is signed by a key management service or by
   * Web Crypto; that promise is bounded by `flightTimeoutMs`.
   *
   * Credentials that are an object are checked at creation by one call, of which only the URL is looked at. A promise is not
   * waited for there: its URL is checked before the first token call.
   */
  tokenRequest(credentials: C, params: TokenParams): TokenRequest | Promise<TokenRequest>;
  /** Reads the token out of a successful answer (HTTP 2xx). */
  parseToken(response: TokenResponse): ParsedToken;
  /**
   * Judges an answer of the token endpoint that is special to this provider, a failure inside a 200 for instance.
   * `undefined` leaves it to RFC 6749 and the status.
   */
  classifyFailure?(response: TokenResponse): TokenFailureClass | undefined;
  /**
   * Reads what the provider itself says of a token call that it refused, for the error. It is checked, and freed of secrets,
   * before it is shown.
   * @defaultValue `error` and `error_description` (RFC 6749, section 5.2)
   */
  diagnose?(response: TokenResponse): ParsedDiagnosis;
  /**
   * What to do when the credentials are rejected, in one or two sentences for the error: what the provider's document says of
   * this answer, or a region to check. @defaultValue 'Check the credentials.'
   */
  readonly rejectedCredentialsAdvice?: string | ((response: TokenResponse) => string) | undefined;
  readonly acquireToken?: undefined;
}

/** A provider whose tokens come from a function of yours, in place of a token endpoint that is described. */
export interface TokenFunctionDefinition extends CommonDefinition {
  /**
   * Yields a token: by an SDK, from a vault or a file, by a login of several steps. It is used like a token endpoint: called once however many
   * ask, ahead of the expiry, bounded by `attemptTimeoutMs` (even if it is deaf to its signal), tried again where what it throws says that this
   * may pass by itself, and left alone for a while after a failure.
   *
   * A token alone has an unknown life, unless it is a JWT. What is thrown becomes the `cause` of the error and is judged by `credentialsRejected`,
   * `retryable` and `retryAfterMs`; else by `status`, `statusCode` or `response.status`, by an error of RFC 6749, or by the `code` of a network
   * error. Anything else is not tried again at once.
   */
  acquireToken(context: AcquireTokenContext): AcquiredToken | Promise<AcquiredToken>;
  /** What to do when the credentials are rejected, in one or two sentences for the error. @defaultValue 'Check the credentials.' */
  readonly rejectedCredentialsAdvice?: string | undefined;
  readonly credentials?: undefined;
  readonly credentialFields?: undefined;
  readonly tokenRequest?: undefined;
  readonly parseToken?: undefined;
  readonly classifyFailure?: undefined;
  readonly diagnose?: undefined;
}

/** All members of a definition: what is none of them is refused. */
const MEMBERS = Object.keys({
  name: true,
  baseURL: true,
  origins: true,
  allowInsecureHttp: true,
  documentation: true,
  credentials: true,
  credentialFields: true,
  paramNames: true,
  tokenRequest: true,
  parseToken: true,
  classifyFailure: true,
  diagnose: true,
  isTokenRejection: true,
  defaultLifetimeSeconds: true,
  singleActiveToken: true,
  tokenBudget: true,
  rejectedCredentialsAdvice: true,
  acquireToken: true,
} satisfies Record<keyof ProviderDefinition<object>, true>);

/** Those of a token endpoint, which make no sense beside a function that yields the token itself. */
const ENDPOINT_MEMBERS = [
  'credentials',
  'credentialFields',
  'tokenRequest',
  'parseToken',
  'classifyFailure',
  'diagnose',
];

/** What a provider has beside them: it may be spread into the definition of another one. */
const RESOLVED_MEMBERS = ['allowedOrigins', 'hasFixedCredentials', 'resolveCredentials'];

const brand = Symbol.for('axios-bearer.provider');

interface CheckedDefinition<C extends object> {
  /** Every origin that a token may go to. */
  readonly allowedOrigins: readonly string[];
  /** Whether no function yields the credentials, and so they cannot change. */
  readonly hasFixedCredentials: boolean;
  /**
   * Yields checked credentials.
   *
   * @throws {@link TokenAcquisitionError} if the credentials function throws; what it threw is the `cause`
   * @throws {@link MisconfigurationError} if it returns nonsense
   */
  resolveCredentials(context: CredentialsContext): Promise<C>;
}

/** A provider with a token endpoint. */
export interface TokenEndpointProvider<C extends object = object>
  extends Omit<ProviderDefinition<C>, 'credentials'>, CheckedDefinition<C> {}

/** A provider whose tokens come from a function. */
export interface TokenFunctionProvider
  extends Omit<TokenFunctionDefinition, 'credentials'>, CheckedDefinition<object> {}

/** A checked provider definition. Made by `defineProvider`; frozen, and without the credentials in sight. */
export type Provider<C extends object = object> = TokenEndpointProvider<C> | TokenFunctionProvider;

/**
 * Describes a provider that is not built in: where its token endpoint is, what the request looks like and how to
 * read the answer; or the function that yields its tokens.
 *
 * @throws {@link MisconfigurationError} at once, for a missing name, an unusable URL, a member that is not known, one of a token endpoint beside
 * `acquireToken`, or a credential that is missing, empty, too long, or ends in white space
 */
export function defineProvider(definition: TokenFunctionDefinition): TokenFunctionProvider;
export function defineProvider<C extends object>(
  definition: ProviderDefinition<C>,
): TokenEndpointProvider<C>;
export function defineProvider<C extends object>(
  given: ProviderDefinition<C> | TokenFunctionDefinition,
): Provider<C> {
  const definition = givenOptions(given);
  const known = isProvider(definition) ? [...MEMBERS, ...RESOLVED_MEMBERS] : MEMBERS;
  const named = read(definition, 'name');
  refuseUnknownOptions(definition, known, {
    of: 'a provider definition',
    provider: typeof named === 'string' ? named : undefined,
  });
  checkCommonPart(definition);
  const isEndpoint = definition.acquireToken === undefined;
  if (isEndpoint) checkTokenEndpoint(definition);
  else checkTokenFunction(definition);
  const allowedOrigins = [definition.baseURL, ...(definition.origins ?? [])].map((url, index) =>
    checkedOrigin(definition, index === 0 ? 'baseURL' : 'origins', url),
  );
  const fixed = isEndpoint ? fixedCredentialsOf(definition) : NO_CREDENTIALS;
  // Member by member: so all providers have one shape, which takes half the memory of a spread. There may be 100 000.
  /* eslint-disable @typescript-eslint/unbound-method -- they are methods of the provider from here on */
  const provider = {
    name: definition.name,
    baseURL: definition.baseURL,
    origins: definition.origins,
    allowInsecureHttp: definition.allowInsecureHttp,
    documentation: definition.documentation,
    credentialFields: definition.credentialFields,
    paramNames: definition.paramNames,
    tokenRequest: definition.tokenRequest,
    parseToken: definition.parseToken,
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
      fixed === undefined
        ? asking(definition as ProviderDefinition<C>)
        : always(Promise.resolve(fixed)),
    [brand]: true,
  };
  /* eslint-enable @typescript-eslint/unbound-method */
  if (isEndpoint && fixed !== undefined) fixedCredentials.set(provider, fixed);
  return Object.freeze(provider) as Provider<C>;
}

/** A function that yields tokens has them somewhere else. */
const NO_CREDENTIALS = Object.freeze({});

/** Credentials that were given as they are, checked; `undefined` if a function yields them. */
function fixedCredentialsOf<C extends object>(definition: ProviderDefinition<C>): C | undefined {
  const { credentials } = definition;
  if (typeof credentials === 'function') return undefined;
  // Not a spread, of which each one that is frozen gets a shape of its own.
  const given = checkedCredentials(definition, Object.assign({}, credentials));
  // Checked against the fields, which are those of C.
  const fixed = Object.freeze(given) as C;
  checkRequestAhead(definition, fixed);
  return fixed;
}

function checkCommonPart(definition: CommonDefinition): void {
  const { name, defaultLifetimeSeconds: life } = definition;
  if (typeof name !== 'string' || name === '') {
    throw new MisconfigurationError({
      option: 'name',
      problem: 'is missing',
      remedy: 'Name the provider.',
    });
  }
  if (life !== undefined && !(life > 0)) {
    throw new MisconfigurationError({
      provider: name,
      option: 'defaultLifetimeSeconds',
      problem: 'is not a positive number',
      remedy: 'Give it in seconds, or leave it out if the life is unknown.',
    });
  }
  checkTokenBudget(definition);
}

function checkTokenEndpoint<C extends object>(definition: ProviderDefinition<C>): void {
  checkMethods(definition, {
    required: ['tokenRequest', 'parseToken'],
    optional: ['classifyFailure', 'diagnose', 'isTokenRejection'],
  });
  checkFieldRules(definition);
  checkPerCallFields(definition, definition.credentials);
}

function checkTokenFunction(definition: TokenFunctionDefinition): void {
  checkMethods(definition, { required: ['acquireToken'], optional: ['isTokenRejection'] });
  // The types rule them out; JavaScript does not.
  const members = definition as unknown as Readonly<Record<string, unknown>>;
  const given = ENDPOINT_MEMBERS.find((member) => members[member] !== undefined);
  if (given === undefined) return;
  throw new MisconfigurationError({
    provider: definition.name,
    option: given,
    problem: 'stands beside acquireToken, which yields the token by itself',
    remedy: 'Describe a token endpoint, or give acquireToken.',
  });
}

function checkTokenBudget({ name, tokenBudget }: CommonDefinition): void {
  if (tokenBudget === undefined) return;
  const { calls, windowMs } = tokenBudget;
  if (Number.isInteger(calls) && calls > 0 && Number.isFinite(windowMs) && windowMs > 0) return;
  throw new MisconfigurationError({
    provider: name,
    option: 'tokenBudget',
    problem: 'allows no token call, or names no window',
    remedy: 'Give `calls` as a whole number from 1 on and `windowMs` in milliseconds.',
  });
}

function checkMethods(
  definition: CommonDefinition,
  {
    required,
    optional,
  }: { readonly required: readonly string[]; readonly optional: readonly string[] },
): void {
  const given = definition as unknown as Readonly<Record<string, unknown>>;
  const wrong = [...required, ...optional].find(
    (method) =>
      typeof given[method] !== 'function' &&
      !(optional.includes(method) && given[method] === undefined),
  );
  if (wrong === undefined) return;
  throw new MisconfigurationError({
    provider: definition.name,
    option: wrong,
    problem: 'is not a function',
    remedy: optional.includes(wrong) ? 'Give a function, or leave it out.' : 'Give a function.',
  });
}

// Functions of their own, so that neither keeps more in memory than it needs: there may be 100 000 providers.
function always<T>(value: T): () => T {
  return () => value;
}

function asking<C extends object>(definition: ProviderDefinition<C>) {
  const { name, credentialFields, credentials } = definition;
  return async (context: CredentialsContext) =>
    checkedCredentials(
      { name, credentialFields },
      await callCredentials(name, credentials, context),
    );
}

/** What two descriptions of one provider have in common; kept apart, so that a provider shows no credentials. */
const fixedCredentials = new WeakMap<object, object>();

/**
 * Whether two providers describe the same one: made of the same data, as by a module that is evaluated again, they make the
 * same token request. Never where credentials or tokens come from a function: it may have others each time. Nor where the request is
 * a promise: creation cannot wait for it.
 */
export function describesTheSame(one: Provider, other: Provider): boolean {
  const identity = identityOf(one);
  return identity !== undefined && identity === identityOf(other);
}

function identityOf(provider: Provider): string | undefined {
  const credentials = fixedCredentials.get(provider);
  if (credentials === undefined || provider.tokenRequest === undefined) return undefined;
  const { name, allowedOrigins, paramNames, defaultLifetimeSeconds, singleActiveToken } = provider;
  const request = requestAhead(provider, credentials);
  if (request === undefined) return undefined;
  return JSON.stringify([
    ...[name, allowedOrigins, paramNames, defaultLifetimeSeconds, singleActiveToken],
    request,
  ]);
}

/** Tells whether a value was made by `defineProvider`, of this copy of the package or another. */
export function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Finds out at creation, rather than at the first token call, that fixed credentials lead to a URL over which no secret may go. */
function checkRequestAhead<C extends object>(
  provider: ProviderDefinition<C>,
  credentials: C,
): void {
  const request = requestAhead(provider, credentials);
  if (request !== undefined) checkTokenURL(provider, absoluteURL(request.url, provider.baseURL));
}

/** The token request where it is there at once; `undefined` if it is a promise, whose failure the token call will meet again. */
function requestAhead<C extends object>(
  provider: Pick<ProviderDefinition<C>, 'tokenRequest'>,
  credentials: C,
): TokenRequest | undefined {
  const request = provider.tokenRequest(credentials, {});
  if (!isPromise(request)) return request;
  request.then(undefined, () => undefined);
  return undefined;
}

/** Of any realm and any library. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/**
 * Refuses a token URL over which no secret may go.
 *
 * @throws {@link MisconfigurationError} for plain http to another machine, another scheme, or a user name or password in it
 */
export function checkTokenURL(
  provider: Pick<CommonDefinition, 'name' | 'allowInsecureHttp'>,
  url: string,
): void {
  checkedOrigin(provider, 'token URL', url);
}

/** The origin of a URL over which a secret may go: https, or http to loopback, unless clear text is allowed. */
function checkedOrigin(
  provider: { name: string; allowInsecureHttp?: boolean | undefined },
  option: string,
  url: unknown,
): string {
  const fail = (problem: string, remedy: string): never => {
    throw new MisconfigurationError({ provider: provider.name, option, problem, remedy });
  };
  if (typeof url !== 'string' || !URL.canParse(url)) {
    return fail(
      'is not an absolute URL',
      'Give it with scheme and host, such as https://api.example.com.',
    );
  }
  const { protocol, hostname, origin, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:')
    return fail(`has the scheme ${protocol}`, 'Use https.');
  if (protocol === 'http:' && !isLoopback(hostname) && provider.allowInsecureHttp !== true) {
    return fail(
      'is plain http, which would show the token to the network',
      'Use https, or set allowInsecureHttp.',
    );
  }
  if (username !== '' || password !== '') {
    return fail(
      'has a user name or password in it',
      'Give them as credentials: URLs end up in logs.',
    );
  }
  // What the platform gives is glued together from pieces that it keeps.
  return origin === url ? url : origin;
}
