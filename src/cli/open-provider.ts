import { MisconfigurationError, type TokenEndpointProvider } from '../index.js';
import { CommandError } from './command-error.js';
import { EXIT } from './exit-codes.js';
import { readCredentials, valuesOf, type Values } from './given-values.js';
import { CATALOGUE, credentialsOf, variableOf, type Setting } from './provider-catalogue.js';
import { PROVIDER_NAMES, type ProviderName } from './provider-names.js';

/** The options of every command that talks to a provider. */
export interface ProviderOptions {
  /** A file, or `-` for standard input. */
  readonly credentials?: string;
  readonly region?: string;
  readonly environment?: string;
  readonly baseUrl?: string;
}

/**
 * Creates the provider from the user's credentials and settings.
 *
 * @throws {@link CommandError} for a file that cannot be read, or an option that this provider does not have
 * @throws {@link MisconfigurationError} for a credential or setting that is missing or not valid
 */
export async function openProvider(
  name: ProviderName,
  options: ProviderOptions,
): Promise<TokenEndpointProvider> {
  return createProvider(name, await gatherValues(name, options));
}

/**
 * Credentials and settings by their names in the library. Options override the file, and the file overrides the environment.
 *
 * @throws {@link CommandError} for a file that cannot be read, or an option that this provider does not have
 */
export async function gatherValues(name: ProviderName, options: ProviderOptions): Promise<Values> {
  const overrides = settingsFromOptions(name, options);
  const file = options.credentials === undefined ? {} : await readCredentials(options.credentials);
  const known = [...credentialsOf(name), ...CATALOGUE[name].settings.map(({ option }) => option)];
  return { ...valuesOf(name, known, file), ...overrides };
}

/** @throws {@link MisconfigurationError} for a credential or setting that is missing or not valid */
export function createProvider(name: ProviderName, values: Values): TokenEndpointProvider {
  const { create, settings } = CATALOGUE[name];
  const required = settings.filter(({ isRequired }) => isRequired).map(({ option }) => option);
  const missing = [...required, ...credentialsOf(name)].filter(
    (option) => values[option] === undefined,
  );
  if (missing.some((option) => required.includes(option))) throw withPlacesFor(name, missing);
  for (const setting of settings) checkValue(name, setting, values[setting.option]);
  try {
    return create(values as never);
  } catch (error) {
    throw error instanceof MisconfigurationError && missing.includes(error.option)
      ? withPlacesFor(name, missing)
      : error;
  }
}

function settingsFromOptions(
  name: ProviderName,
  { region, environment, baseUrl }: ProviderOptions,
): Values {
  const { settings } = CATALOGUE[name];
  const given = Object.entries({ region, environment, baseURL: baseUrl }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const unknown = given.find(([option]) => !settings.some((setting) => setting.option === option));
  if (unknown !== undefined) {
    const [option] = unknown;
    const others = PROVIDER_NAMES.filter((other) =>
      CATALOGUE[other].settings.some((setting) => setting.option === option),
    );
    throw new CommandError(
      EXIT.usage,
      `${name} has no ${option}. Leave --${option} out; it is for ${others.join(' and ')}.`,
    );
  }
  return Object.fromEntries(given);
}

/** In the library the compiler checks these values. Here they are strings from outside. */
function checkValue(
  provider: ProviderName,
  { option, values }: Setting,
  value: string | undefined,
): void {
  if (value === undefined || values === undefined || values.includes(value)) return;
  throw new MisconfigurationError({
    provider,
    option,
    problem: `"${value}" is not known`,
    remedy: `Set ${variableOf(provider, option)} to one of: ${values.join(', ')}.`,
  });
}

/** The provider names only the first that is missing. A new user needs the whole list. */
function withPlacesFor(provider: ProviderName, missing: readonly string[]): MisconfigurationError {
  const variables = missing.map((field) => variableOf(provider, field)).join(', ');
  return new MisconfigurationError({
    provider,
    option: missing.join(', '),
    problem: missing.length === 1 ? 'is missing' : 'are missing',
    remedy:
      `Set ${variables}; or use --credentials <file>, or --credentials - for standard input. ` +
      `For details: npx axios-bearer providers ${provider}.`,
  });
}
