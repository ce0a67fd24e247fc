import { checkValues, refuseUnknownOptions } from '../errors/check-options.js';
import { noObject, rule, type Rules } from '../errors/option-rules.js';
import type { CredentialsFunction } from '../provider-definition/credentials.js';
import { COMMON_RULES, type ProviderDefinition } from '../provider-definition/define-provider.js';

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

/** The rules of the provider's own options, besides the credentials and the common ones. The type ensures that none is forgotten. */
export type OwnOptions<Options> = Rules<
  Exclude<keyof Options, 'credentials' | keyof CommonOptions> & string
>;

const COMMON: Rules<'credentials' | keyof CommonOptions> = {
  credentials: rule(
    (value) => typeof value === 'function' || noObject(value) === undefined,
    'are neither a function nor an object',
    'Pass a function that returns them, or each of them as an option.',
  ),
  allowInsecureHttp: COMMON_RULES.allowInsecureHttp,
  origins: COMMON_RULES.origins,
  isTokenRejection: COMMON_RULES.isTokenRejection,
};
const COMMON_NAMES = Object.keys(COMMON);

/**
 * The part of a definition that every provider reads from its options in the same way.
 *
 * @throws MisconfigurationError for an unknown option, and one that breaks its rule
 */
export function commonPart<C extends object>(
  options: WithCredentials<C> & CommonOptions,
  {
    name,
    credentialFields,
    own,
  }: Pick<ProviderDefinition<C>, 'name' | 'credentialFields'> & {
    readonly own: Rules;
  },
): Pick<ProviderDefinition<C>, 'name' | 'credentials' | 'credentialFields' | keyof CommonOptions> {
  const fields = Object.keys(credentialFields);
  const owner = { of: 'this provider', provider: name };
  // Not one object of rules: it would have to be made for each of 100,000 providers.
  refuseUnknownOptions(options, [...fields, ...COMMON_NAMES, ...Object.keys(own)], owner);
  checkValues(options, COMMON, owner);
  checkValues(options, own, owner);
  const { origins, isTokenRejection, allowInsecureHttp } = options;
  return {
    name,
    credentials: credentialsOf(options, fields),
    credentialFields,
    origins,
    isTokenRejection,
    allowInsecureHttp,
  };
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
