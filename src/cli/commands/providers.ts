import type { CredentialField } from '../../index.js';
import { CATALOGUE, choiceOf, described, variableOf } from '../provider-catalogue.js';
import { PROVIDER_NAMES, type ProviderName } from '../provider-names.js';
import { colorsFor, columns, printJSON, printWrapped } from '../terminal.js';

/** Lists what each provider needs, and the environment variables that supply it. */
export function providers(name: ProviderName | undefined, options: { json?: boolean }): void {
  const described = (name === undefined ? PROVIDER_NAMES : [name]).map(describe);
  if (options.json === true) printJSON(described);
  else printWrapped(described.map(inWords).join('\n\n'));
}

type Description = ReturnType<typeof describe>;

function describe(name: ProviderName) {
  const { title, factory, settings } = CATALOGUE[name];
  const provider = described(name);
  // The general provider type does not say how its credentials are named.
  const fields = provider.credentialFields as Readonly<Record<string, CredentialField>>;
  return {
    name,
    title,
    factory,
    credentials: Object.entries(fields).map(([field, rules]) => ({
      field,
      variable: variableOf(name, field),
      secret: rules.secret === true,
      ...(rules.maxLength === undefined ? {} : { maxLength: rules.maxLength }),
      ...(rules.hint === undefined ? {} : { hint: rules.hint }),
    })),
    settings: settings.map((setting) => ({
      option: setting.option,
      variable: variableOf(name, setting.option),
      required: setting.isRequired === true,
      meaning: setting.meaning,
      ...(setting.values === undefined
        ? {}
        : { values: setting.values, default: setting.values[0] }),
    })),
    addresses: addresses(name),
    ...(provider.tokenBudget === undefined ? {} : { tokenBudget: provider.tokenBudget }),
    documentation: provider.documentation,
  };
}

/** One address for each region or environment, the single address if there are none, or nothing for the user's own server. */
function addresses(name: ProviderName): { readonly where?: string; readonly url: string }[] {
  const { settings } = CATALOGUE[name];
  if (settings.some(({ option, isRequired }) => option === 'baseURL' && isRequired)) return [];
  const choice = choiceOf(name);
  if (choice?.values === undefined) return [{ url: described(name).baseURL }];
  return choice.values.map((value) => ({
    where: value,
    url: described(name, { [choice.option]: value }).baseURL,
  }));
}

function inWords(description: Description): string {
  const { bold, dim } = colorsFor(process.stdout);
  const { name, title, credentials, settings, tokenBudget, documentation } = description;
  const rows = columns([
    ...credentials.map(({ variable, secret }) => [
      variable,
      secret ? 'required, secret' : 'required',
    ]),
    ...settings.map((setting) => [setting.variable, settingInWords(setting)]),
    ...description.addresses.map(({ where, url }) => [where ?? 'address', url]),
  ]);
  const limit =
    tokenBudget === undefined
      ? []
      : [`at most ${tokenBudget.calls} tokens per ${tokenBudget.windowMs / 60_000} min`];
  const documents =
    documentation === undefined
      ? []
      : [dim(`${documentation.url}, checked ${documentation.checkedOn}`)];
  return [
    `${bold(name)}  ${title}`,
    ...[...rows, ...limit, ...documents].map((line) => `  ${line}`),
  ].join('\n');
}

function settingInWords({ values, required, meaning }: Description['settings'][number]): string {
  const [usual, ...others] = values ?? [];
  if (usual === undefined) return required ? `required: ${meaning}` : meaning;
  return `${[`${usual} (default)`, ...others].join(', ')}: ${meaning}`;
}
