import { refuseUnknownOptions } from '../errors/check-options.js';
import { MisconfigurationError } from '../errors/index.js';
import type { CredentialsFunction } from '../provider-definition/credentials.js';
import type { ProviderDefinition } from '../provider-definition/define-provider.js';

/** Credentials given as they are, or as a function that fetches them at each token call. */
export type WithCredentials<C extends object> =
  (C & { readonly credentials?: undefined }) | { readonly credentials: CredentialsFunction<C> };

/** What every provider takes. */
export interface CommonOptions {
  /** Further origins that a token may go to, where the provider has given you another host. */
  readonly origins?: readonly string[] | undefined;
  /**
   * Tells whether a response of the API says that the token was rejected, where the API says so in another way than by a 401.
   *
   * @defaultValue status 401, unless `WWW-Authenticate` says `insufficient_scope` or `invalid_request` (RFC 6750, section 3.1)
   */
  readonly isTokenRejection?: ProviderDefinition<object>['isTokenRejection'];
}

/** The options that a provider has beside its credentials and the common ones: all of them, as the compiler sees to. */
export type OwnOptions<Options> = Readonly<
  Record<Exclude<keyof Options, 'credentials' | keyof CommonOptions>, true>
>;

/**
 * The part of a definition that every provider reads from its options in the same way: the credentials, which are a function
 * or the fields by name, and what is common to all.
 *
 * @throws MisconfigurationError for an option that the provider does not have
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
): Pick<
  ProviderDefinition<C>,
  'name' | 'credentials' | 'credentialFields' | 'origins' | 'isTokenRejection'
> {
  const fields = Object.keys(credentialFields);
  const known = [...fields, 'credentials', ...Object.keys(own), 'origins', 'isTokenRejection'];
  refuseUnknownOptions(options, known, { of: 'this provider', provider: name });
  const { origins, isTokenRejection } = options;
  const credentials = credentialsOf(options, fields);
  return { name, credentials, credentialFields, origins, isTokenRejection };
}

function credentialsOf<C extends object>(
  options: WithCredentials<C>,
  fields: readonly string[],
): C | CredentialsFunction<C> {
  // Whatever was given under this name is meant to be it; what it is worth is checked with the provider.
  if (options.credentials !== undefined) return options.credentials;
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    fields.filter((field) => given[field] !== undefined).map((field) => [field, given[field]]),
  ) as C;
}

/**
 * Hands back a value that is one of a few.
 *
 * @throws MisconfigurationError naming those that exist
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
    problem: `"${value}" is not known`,
    remedy: `Use one of: ${values.join(', ')}.`,
  });
}
