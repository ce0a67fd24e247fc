import { givenOptions } from '../concealment/given-options.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError, TokenAcquisitionError } from '../errors/index.js';
import type { TokenParams } from '../token/token-params.js';
import type { ParsedDiagnosis, TokenFailureClass } from './token-failure.js';
import { absoluteURL, type TokenRequest } from './token-request.js';
import { at, type ParsedToken, type TokenResponse } from './token-response.js';

/** What an asynchronous credentials function is told. */
export interface CredentialsContext {
  /** The parameters of the token that is asked for; empty unless the caller gave some. */
  readonly params: TokenParams;
  /** Aborts when the refresh gives up. */
  readonly signal: AbortSignal;
}

/** Fetches the credentials, from a vault for instance. Asked at each token call, so a rotated secret is picked up. */
export type CredentialsFunction<C extends object> = (context: CredentialsContext) => C | Promise<C>;

/** What a credential must look like. */
export interface CredentialField {
  /** A secret never shows in anything, and is part of the identity under which a token is shared. */
  readonly secret?: boolean;
  /** May be left out. */
  readonly optional?: boolean;
  /** The longest that the provider's document allows, in characters. */
  readonly maxLength?: number;
  /**
   * Made fresh for each token call, such as a signed assertion or a one-time password: it says nothing about which account this is.
   * Only a credentials function can give it, and with a shared store it needs a `cacheIdentity`. @defaultValue false
   */
  readonly perCall?: boolean;
  /** Where to find it, in the words of the provider's console; shown when it is missing. */
  readonly hint?: string;
}

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

/**
 * Everything that the library knows about one authorization server: data, and functions without side effects. They are
 * called as methods of the provider, which has the members named here and no others.
 */
export interface ProviderDefinition<C extends object> {
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
  /** The credentials, or a function that fetches them. */
  readonly credentials: C | CredentialsFunction<C>;
  /** What each credential must look like. */
  readonly credentialFields: { readonly [Name in keyof C]-?: CredentialField };
  /** Names of the parameters that may differ from call to call. @defaultValue none */
  readonly paramNames?: readonly string[] | undefined;
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
  /**
   * What to do when the credentials are rejected, in one or two sentences for the error: what the provider's document says of
   * this answer, or a region to check. @defaultValue 'Check the credentials.'
   */
  readonly rejectedCredentialsAdvice?: string | ((response: TokenResponse) => string) | undefined;
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
} satisfies Record<keyof ProviderDefinition<object>, true>);

/** What a provider has beside them: it may be spread into the definition of another one. */
const RESOLVED_MEMBERS = ['allowedOrigins', 'hasFixedCredentials', 'resolveCredentials'];

const FIELD_RULES = Object.keys({
  secret: true,
  optional: true,
  maxLength: true,
  perCall: true,
  hint: true,
} satisfies Record<keyof CredentialField, true>);

const brand = Symbol.for('axios-bearer.provider');

/** A checked provider definition. Made by `defineProvider`; frozen, and without the credentials in sight. */
export interface Provider<C extends object = object> extends Omit<
  ProviderDefinition<C>,
  'credentials'
> {
  /** Every origin that a token may go to. */
  readonly allowedOrigins: readonly string[];
  /** Whether the credentials were given as an object and so cannot change. */
  readonly hasFixedCredentials: boolean;
  /**
   * Yields checked credentials.
   *
   * @throws {@link TokenAcquisitionError} if the credentials function throws; what it threw is the `cause`
   * @throws {@link MisconfigurationError} if it returns nonsense
   */
  resolveCredentials(context: CredentialsContext): Promise<C>;
}

/**
 * Describes a provider that is not built in: where its token endpoint is, what the request looks like and how to
 * read the answer.
 *
 * @throws {@link MisconfigurationError} at once, for a missing name, an unusable URL, a member that is not known, or a
 * credential that is missing, empty, too long, or ends in white space
 */
export function defineProvider<C extends object>(definition: ProviderDefinition<C>): Provider<C> {
  definition = givenOptions(definition);
  const known = isProvider(definition) ? [...MEMBERS, ...RESOLVED_MEMBERS] : MEMBERS;
  const named = at(definition, 'name');
  refuseUnknownOptions(definition, known, {
    of: 'a provider definition',
    provider: typeof named === 'string' ? named : undefined,
  });
  const { name, credentials, defaultLifetimeSeconds: life } = definition;
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
  checkMethods(definition);
  checkFieldRules(definition);
  checkPerCallFields(definition);
  const allowedOrigins = [definition.baseURL, ...(definition.origins ?? [])].map((url, index) =>
    checkedOrigin(definition, index === 0 ? 'baseURL' : 'origins', url),
  );
  const fixed =
    typeof credentials === 'function'
      ? undefined
      : // Not a spread, of which each one that is frozen gets a shape of its own.
        Object.freeze(checkedCredentials<C>(definition, Object.assign({}, credentials)));
  if (fixed !== undefined) checkRequestAhead(definition, fixed);
  // Member by member: so all providers have one shape, which takes half the memory of a spread. There may be 100 000.
  /* eslint-disable @typescript-eslint/unbound-method -- they are methods of the provider from here on */
  const provider = {
    name,
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
    defaultLifetimeSeconds: life,
    singleActiveToken: definition.singleActiveToken,
    tokenBudget: definition.tokenBudget,
    rejectedCredentialsAdvice: definition.rejectedCredentialsAdvice,
    allowedOrigins: Object.freeze([...new Set(allowedOrigins)]),
    hasFixedCredentials: fixed !== undefined,
    resolveCredentials:
      fixed === undefined ? asking(definition, credentials) : always(Promise.resolve(fixed)),
    [brand]: true,
  };
  /* eslint-enable @typescript-eslint/unbound-method */
  if (fixed !== undefined) fixedCredentials.set(provider, fixed);
  return Object.freeze(provider) as Provider<C>;
}

function checkTokenBudget({ name, tokenBudget }: Pick<Provider, 'name' | 'tokenBudget'>): void {
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

function checkMethods(definition: Pick<Provider, 'name' | 'tokenRequest' | 'parseToken'>): void {
  const optional = ['classifyFailure', 'diagnose', 'isTokenRejection'];
  const given = definition as unknown as Readonly<Record<string, unknown>>;
  const wrong = ['tokenRequest', 'parseToken', ...optional].find(
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

/** A rule that is mistyped would be none: a secret whose rule says `secrets` would be taken for public. */
function checkFieldRules({ name, credentialFields }: Pick<Provider, 'name' | 'credentialFields'>) {
  for (const [field, rules] of Object.entries(credentialFields) as [string, unknown][]) {
    const path = `credentialFields.${field}.`;
    refuseUnknownOptions(rules, FIELD_RULES, { of: 'a credential', provider: name, path });
  }
}

/** What is made fresh for each call cannot be given once and for all. */
function checkPerCallFields({
  name,
  credentials,
  credentialFields,
}: Pick<ProviderDefinition<object>, 'name' | 'credentials' | 'credentialFields'>): void {
  if (typeof credentials === 'function') return;
  const [field] = perCallFields({ credentialFields });
  if (field === undefined) return;
  throw new MisconfigurationError({
    provider: name,
    option: `credentialFields.${field}.perCall`,
    problem: 'stands beside credentials that are an object, and so the same for each call',
    remedy: 'Give `credentials` as a function.',
  });
}

/** The names of the credentials that are made fresh for each token call. */
export function perCallFields({
  credentialFields,
}: {
  readonly credentialFields: object;
}): readonly string[] {
  return Object.entries(credentialFields as Readonly<Record<string, CredentialField>>)
    .filter(([, rules]) => givenOptions(rules).perCall === true)
    .map(([field]) => field);
}

/**
 * The credentials that say which account this is, sorted by name: without what is made fresh for each call, and without what is
 * `undefined`.
 */
export function accountCredentials(
  provider: Pick<Provider, 'credentialFields'>,
  credentials: object,
): readonly (readonly [name: string, value: unknown])[] {
  const fresh = perCallFields(provider);
  return Object.entries(credentials)
    .filter(([name, value]) => value !== undefined && !fresh.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

// Functions of their own, so that neither keeps more in memory than it needs: there may be 100 000 providers.
function always<T>(value: T): () => T {
  return () => value;
}

function asking<C extends object>(provider: Description<C>, credentials: unknown) {
  return async (context: CredentialsContext) =>
    checkedCredentials<C>(provider, await callCredentials(provider.name, credentials, context));
}

async function callCredentials(
  provider: string,
  credentials: unknown,
  context: CredentialsContext,
): Promise<unknown> {
  try {
    return await (credentials as CredentialsFunction<object>)(context);
  } catch (cause) {
    throw credentialsUnavailable(provider, 'threw. See the cause.', cause);
  }
}

/** A credentials function gave none: its vault may be down, and the next request asks it again. */
export function credentialsUnavailable(
  provider: string,
  whatItDid: string,
  cause?: unknown,
): TokenAcquisitionError {
  return unavailable(
    provider,
    `no credentials could be fetched: the credentials function ${whatItDid}`,
    cause,
  );
}

/** A promise of `tokenRequest` brought none: the service that signs it may be down, and the next request asks it again. */
export function requestUnavailable(
  provider: string,
  whatItDid: string,
  cause?: unknown,
): TokenAcquisitionError {
  return unavailable(
    provider,
    `the token request could not be made: tokenRequest ${whatItDid}`,
    cause,
  );
}

function unavailable(provider: string, problem: string, cause: unknown): TokenAcquisitionError {
  return new TokenAcquisitionError('ERR_CREDENTIALS_UNAVAILABLE', `${provider}: ${problem}`, {
    provider,
    phase: 'credentials',
    retryable: true,
    cause,
  });
}

/** What two descriptions of one provider have in common; kept apart, so that a provider shows no credentials. */
const fixedCredentials = new WeakMap<object, object>();

/**
 * Whether two providers describe the same one: made of the same data, as by a module that is evaluated again, they make the
 * same token request. Never where credentials come from a function: it may have others each time. Nor where the request is
 * a promise: nobody can wait for it here.
 */
export function describesTheSame(one: Provider, other: Provider): boolean {
  const identity = identityOf(one);
  return identity !== undefined && identity === identityOf(other);
}

function identityOf(provider: Provider): string | undefined {
  const credentials = fixedCredentials.get(provider);
  if (credentials === undefined) return undefined;
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

type Description<C extends object> = Omit<ProviderDefinition<C>, 'credentials'>;

/** Checks credentials against the provider's fields. */
function checkedCredentials<C extends object>(provider: Description<C>, credentials: unknown): C {
  const fail = (
    option: string,
    problem: string,
    hint = 'Check where the credentials come from.',
  ): never => {
    throw new MisconfigurationError({ provider: provider.name, option, problem, remedy: hint });
  };
  if (typeof credentials !== 'object' || credentials === null) {
    return fail(
      'credentials',
      'are not an object',
      'Return an object with the credentials by name.',
    );
  }
  const given = givenOptions(credentials) as Record<string, unknown>;
  for (const [field, described] of Object.entries<CredentialField>(provider.credentialFields)) {
    const value = given[field];
    const rules = givenOptions(described);
    if (value === undefined && rules.optional === true) continue;
    if (value === undefined || value === null) return fail(field, 'is missing', rules.hint);
    if (typeof value !== 'string') return fail(field, 'is not a string', rules.hint);
    if (value.trim() === '') return fail(field, 'is empty', rules.hint);
    const edge = whiteSpaceAround(value);
    if (edge !== undefined) return fail(field, edge, 'Trim it: files often end in a line break.');
    if (rules.maxLength !== undefined && value.length > rules.maxLength) {
      return fail(field, `is longer than ${rules.maxLength} characters`, rules.hint);
    }
  }
  return credentials as C;
}

/** Finds out at creation, rather than at the first token call, that fixed credentials lead to a URL over which no secret may go. */
function checkRequestAhead<C extends object>(provider: Description<C>, credentials: C): void {
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
  provider: Pick<Provider, 'name' | 'allowInsecureHttp'>,
  url: string,
): void {
  checkedOrigin(provider, 'token URL', url);
}

/**
 * What is wrong with the ends of a credential: a file that holds one often ends in a line break, and servers call that a
 * wrong secret. A value of several lines is a key (PEM, for instance), which is read with its ends as they are.
 */
function whiteSpaceAround(value: string): string | undefined {
  const word = value.trim();
  if (word === value || /[\r\n]/.test(word)) return undefined;
  if (/[\r\n]$/.test(value)) return 'ends in a line break';
  return value.trimStart() === value ? 'ends in white space' : 'begins with white space';
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

/** Whether a host name can only mean this very machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
