import type { TokenEndpointProvider } from '../index.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  truecallerCalls,
  udara360,
  type ExotelOptions,
  type Learning360Options,
  type OAuth2ClientCredentialsOptions,
  type SingleviewOptions,
  type TruecallerCallsOptions,
  type TruecallerOptions,
  type Udara360Options,
} from '../providers/index.js';
import type { ProviderName } from './provider-names.js';

/** An option of a provider that is no credential. */
export interface Setting {
  /** The option's name in the library. */
  readonly option: string;
  /** What it may be, if that is a short list; the default comes first. */
  readonly values?: readonly string[];
  readonly isRequired?: boolean;
  readonly meaning: string;
}

export interface CatalogueEntry {
  readonly title: string;
  /** The function of `axios-bearer/providers`. */
  readonly factory: string;
  readonly settings: readonly Setting[];
  /** Makes the provider. What comes from outside is strings; the provider itself checks them. */
  readonly create: (options: object) => TokenEndpointProvider;
}

const BASE_URL: Setting = { option: 'baseURL', meaning: 'takes the place of the address' };

/**
 * What the provider definitions do not say of themselves: their options, and the values that these take. A test compares it
 * with the definitions.
 */
export const CATALOGUE: Readonly<Record<ProviderName, CatalogueEntry>> = {
  exotel: {
    title: 'Exotel Contact Center',
    factory: 'exotel',
    settings: [
      { option: 'region', values: ['singapore', 'mumbai'], meaning: 'where the account lives' },
      BASE_URL,
    ],
    create: (options) => exotel(options as ExotelOptions),
  },
  truecaller: {
    title: 'Truecaller for Business, Verified Campaigns',
    factory: 'truecaller',
    settings: [BASE_URL],
    create: (options) => truecaller(options as TruecallerOptions),
  },
  truecallerCalls: {
    title: 'Truecaller for Business, Verified Business calls',
    factory: 'truecallerCalls',
    settings: [BASE_URL],
    create: (options) => truecallerCalls(options as TruecallerCallsOptions),
  },
  learning360: {
    title: '360Learning',
    factory: 'learning360',
    settings: [
      { option: 'region', values: ['eu', 'us'], meaning: 'the platform of the company' },
      { option: 'userId', meaning: 'the user to act for' },
      { option: 'companyId', meaning: 'the company to act for' },
      BASE_URL,
    ],
    create: (options) => learning360(options as Learning360Options),
  },
  singleview: {
    title: 'SingleView open banking',
    factory: 'singleview',
    settings: [
      { option: 'environment', values: ['sandbox'], meaning: 'for production give the base URL' },
      {
        option: 'grantType',
        values: ['client_credentials', 'client_Credentials', 'Client_Credentials'],
        meaning: 'how the grant is spelled',
      },
      BASE_URL,
    ],
    create: (options) => singleview(options as SingleviewOptions),
  },
  udara360: {
    title: 'Udara360 core banking',
    factory: 'udara360',
    settings: [
      { option: 'environment', values: ['live', 'test'], meaning: 'which of the two systems' },
      BASE_URL,
    ],
    create: (options) => udara360(options as Udara360Options),
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
      { option: 'scope', meaning: 'separated by spaces' },
      { option: 'audience', meaning: 'for whom the token is meant' },
      { option: 'resource', meaning: 'the same, by RFC 8707' },
    ],
    create: (options) => oauth2ClientCredentials(options as OAuth2ClientCredentialsOptions),
  },
};

/** The environment variable of a credential or setting: `EXOTEL_API_KEY`. */
export function variableOf(provider: ProviderName, option: string): string {
  return `${provider}_${option}`.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** What a required URL is while a provider is only described. */
const NOWHERE = 'https://description.invalid';

/** A provider to read the description of: it has no credentials. */
export function described(name: ProviderName, settings: object = {}): TokenEndpointProvider {
  const { create, settings: known } = CATALOGUE[name];
  const required = known.filter(({ isRequired }) => isRequired).map(({ option }) => option);
  return create({
    credentials: () => Promise.reject(new Error('There are none.')),
    ...Object.fromEntries(required.map((option) => [option, NOWHERE])),
    ...settings,
  });
}

/** Names of the credentials of a provider. */
export function credentialsOf(name: ProviderName): string[] {
  return Object.keys(described(name).credentialFields);
}
