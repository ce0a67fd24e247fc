import type { SandboxProvider } from '../testing/index.js';
import { variableOf } from './provider-catalogue.js';
import type { ProviderName } from './provider-names.js';

/** The environment variables that point the command line, or any program that reads them, at a sandbox provider. */
export function environmentOf(provider: SandboxProvider): Record<string, string> {
  // The sandbox uses the same provider names as the command line.
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
