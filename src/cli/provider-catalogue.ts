import type { TokenEndpointProvider } from '../index.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  truecallerCalls,
  udara360,
} from '../providers/index.js';
import type { ProviderName } from './provider-names.js';

/** An option of a provider that is not a credential. */
export interface Setting {
  /** The option's name in the library. */
  readonly option: string;
  /** The allowed values, if there are only a few; the default comes first. */
  readonly values?: readonly string[];
  readonly isRequired?: boolean;
  readonly meaning: string;
}

export interface CatalogueEntry {
  readonly title: string;
  /** The function's name in `axios-bearer/providers`. */
  readonly factory: string;
  readonly settings: readonly Setting[];
  /** Creates the provider from any options, which it checks itself. */
  readonly create: (options: never) => TokenEndpointProvider;
}

const BASE_URL: Setting = { option: 'baseURL', meaning: 'replaces the default address' };

/**
 * What cannot be read from provider definitions at run time: their options and the allowed values. A test compares it with the
 * definitions.
 */
export const CATALOGUE: Readonly<Record<ProviderName, CatalogueEntry>> = {
  exotel: {
    title: 'Exotel Contact Center',
    factory: 'exotel',
    settings: [
      { option: 'region', values: ['singapore', 'mumbai'], meaning: 'where the account lives' },
      BASE_URL,
    ],
    create: exotel,
  },
  truecaller: {
    title: 'Truecaller for Business, Verified Campaigns',
    factory: 'truecaller',
    settings: [BASE_URL],
    create: truecaller,
  },
  truecallerCalls: {
    title: 'Truecaller for Business, Verified Business calls',
    factory: 'truecallerCalls',
    settings: [BASE_URL],
    create: truecallerCalls,
  },
  learning360: {
    title: '360Learning',
    factory: 'learning360',
    settings: [
      { option: 'region', values: ['eu', 'us'], meaning: 'the platform that hosts the company' },
      { option: 'userId', meaning: 'the user to act for' },
      { option: 'companyId', meaning: 'the company to act for' },
      BASE_URL,
    ],
    create: learning360,
  },
  singleview: {
    title: 'SingleView open banking',
    factory: 'singleview',
    settings: [
      { option: 'environment', values: ['sandbox'], meaning: 'for production, set the base URL' },
      {
        option: 'grantType',
        values: ['client_credentials', 'client_Credentials', 'Client_Credentials'],
        meaning: 'how the grant is spelled',
      },
      BASE_URL,
    ],
    create: singleview,
  },
  udara360: {
    title: 'Udara360 core banking',
    factory: 'udara360',
    settings: [
      { option: 'environment', values: ['live', 'test'], meaning: 'which of the two systems' },
      BASE_URL,
    ],
    create: udara360,
  },
  oauth2: {
    title: 'OAuth 2.0 client credentials, any authorization server',
    factory: 'oauth2ClientCredentials',
    settings: [
      { option: 'tokenUrl', isRequired: true, meaning: 'the token endpoint' },
      { option: 'baseURL', isRequired: true, meaning: 'where the API lives' },
      {
        option: 'clientAuthentication',
        values: ['client_secret_basic', 'client_secret_post', 'client_secret_basic_interop'],
        meaning: 'how the client authenticates',
      },
      {
        option: 'bodyEncoding',
        values: ['form', 'json'],
        meaning: 'encoding of the token request',
      },
      { option: 'scope', meaning: 'scopes, separated by spaces' },
      { option: 'audience', meaning: 'the audience of the token' },
      { option: 'resource', meaning: 'the resource indicator (RFC 8707)' },
    ],
    create: oauth2ClientCredentials,
  },
};

/** The environment variable of a credential or setting: `EXOTEL_API_KEY`. */
export function variableOf(provider: ProviderName, option: string): string {
  return `${provider}_${option}`.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** A placeholder for a required URL when a provider is only described. */
const NOWHERE = 'https://description.invalid';

/** A provider without credentials, created only to read its definition. */
export function described(name: ProviderName, settings: object = {}): TokenEndpointProvider {
  const { create, settings: known } = CATALOGUE[name];
  const required = known.filter(({ isRequired }) => isRequired).map(({ option }) => option);
  const options = {
    credentials: () => Promise.reject(new Error('There are none.')),
    ...Object.fromEntries(required.map((option) => [option, NOWHERE])),
    ...settings,
  };
  return create(options as never);
}

/** The names of a provider's credentials. */
export function credentialsOf(name: ProviderName): string[] {
  return Object.keys(described(name).credentialFields);
}

/** Its setting for a region or an environment, if it has one. */
export function choiceOf(name: ProviderName): Setting | undefined {
  return CATALOGUE[name].settings.find(({ option }) => /^(region|environment)$/.test(option));
}
