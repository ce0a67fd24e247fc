import type { CredentialsFunction } from '../grants/define-provider.js';

/** Credentials given as they are, or as a function that fetches them at each mint. */
export type WithCredentials<C extends object> =
  (C & { readonly credentials?: undefined }) | { readonly credentials: CredentialsFunction<C> };

/** The credentials out of a provider's options: the function, or the fields by name. */
export function credentialsOf<C extends object>(
  options: WithCredentials<C>,
  names: readonly (keyof C)[],
): C | CredentialsFunction<C> {
  // Whatever was given under this name is meant to be it; what it is worth is checked with the provider.
  if (options.credentials !== undefined) return options.credentials;
  const given = options as C;
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  ) as C;
}
