import { read } from '../concealment/any-object.js';
import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import type { CredentialsFunction } from '../provider-definition/credentials.js';
import type { ProviderDefinition } from '../provider-definition/define-provider.js';
import { isParamValue } from '../token/token-params.js';

/** The credentials themselves, or a function that fetches them before each token call. */
export type WithCredentials<C extends object> =
  (C & { readonly credentials?: undefined }) | { readonly credentials: CredentialsFunction<C> };

/** Options of every provider. */
export interface CommonOptions {
  /** Further origins that the token may go to, for instance a dedicated host. @defaultValue none */
  readonly origins?: readonly string[] | undefined;
  /**
   * Whether an API response means that the token was rejected, for APIs that do not use 401 for this.
   *
   * @defaultValue status 401, unless `WWW-Authenticate` says `insufficient_scope` or `invalid_request` (RFC 6750, section 3.1)
   */
  readonly isTokenRejection?: ProviderDefinition<object>['isTokenRejection'];
  /**
   * Allows plain http to hosts other than loopback, for instance a sandbox in another container, given as `baseURL`.
   *
   * @defaultValue false
   */
  readonly allowInsecureHttp?: boolean | undefined;
}

const COMMON = Object.keys({
  origins: true,
  isTokenRejection: true,
  allowInsecureHttp: true,
} satisfies Record<keyof CommonOptions, true>);

/** The provider's own options, besides the credentials and the common ones. The type ensures that none is forgotten. */
export type OwnOptions<Options> = Readonly<
  Record<Exclude<keyof Options, 'credentials' | keyof CommonOptions>, true>
>;

/**
 * The part of a definition that every provider reads from its options in the same way.
 *
 * @throws MisconfigurationError for an unknown option
 */
export function commonPart<C extends object>(
  options: WithCredentials<C> & CommonOptions,
  {
    name,
    credentialFields,
    own,
  }: Pick<ProviderDefinition<C>, 'name' | 'credentialFields'> & {
    readonly own: Readonly<Record<string, true>>;
  },
): Pick<ProviderDefinition<C>, 'name' | 'credentials' | 'credentialFields' | keyof CommonOptions> {
  const fields = Object.keys(credentialFields);
  const known = [...fields, 'credentials', ...Object.keys(own), ...COMMON];
  refuseUnknownOptions(options, known, { of: 'this provider', provider: name });
  checkScope(name, read(options, 'scope'));
  const { origins, isTokenRejection, allowInsecureHttp } = options;
  const credentials = credentialsOf(options, fields);
  return { name, credentials, credentialFields, origins, isTokenRejection, allowInsecureHttp };
}

function checkScope(provider: string, scope: unknown): void {
  if (scope === undefined || isParamValue(scope)) return;
  throw new MisconfigurationError({
    provider,
    option: 'scope',
    problem: 'is neither a string nor a list of strings',
    remedy: 'Convert it, or leave it out.',
  });
}

function credentialsOf<C extends object>(
  options: WithCredentials<C>,
  fields: readonly string[],
): C | CredentialsFunction<C> {
  if (options.credentials !== undefined) return options.credentials;
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    fields.filter((field) => given[field] !== undefined).map((field) => [field, given[field]]),
  ) as C;
}

/**
 * Returns the value if it is one of the allowed ones.
 *
 * @throws MisconfigurationError with the allowed values
 */
export function oneOf<Value extends string>(
  provider: string,
  option: string,
  value: Value,
  values: readonly Value[],
): Value {
  if (values.includes(value)) return value;
  throw new MisconfigurationError({
    provider,
    option,
    problem: (value as unknown) === undefined ? 'is missing' : `"${value}" is not known`,
    remedy: `Use one of: ${values.join(', ')}.`,
  });
}

/**
 * The value for the chosen region or environment.
 *
 * @throws MisconfigurationError naming the known ones
 */
export function choice<Name extends string>(
  provider: string,
  option: string,
  name: Name,
  known: Readonly<Record<Name, string>>,
): string {
  return known[oneOf(provider, option, name, Object.keys(known) as Name[])];
}
