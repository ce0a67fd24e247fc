import type { SandboxProvider } from '../testing/index.js';
import { variableOf } from './provider-catalogue.js';
import type { ProviderName } from './provider-names.js';

/** The environment variables that lead the command line, and any program that reads them, to a provider of the sandbox. */
export function environmentOf(provider: SandboxProvider): Record<string, string> {
  // The sandbox names its providers as the command line does.
  const name = provider.name as ProviderName;
  const values: Record<string, string> = {
    ...provider.credentials,
    baseURL: provider.url,
    ...(name === 'oauth2' ? { tokenUrl: provider.tokenUrl } : {}),
  };
  return Object.fromEntries(
    Object.entries(values).map(([option, value]) => [variableOf(name, option), value]),
  );
}
