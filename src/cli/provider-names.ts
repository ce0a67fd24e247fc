/** The providers that the command line knows, by the names that the library gives them. */
export const PROVIDER_NAMES = [
  'exotel',
  'truecaller',
  'truecallerCalls',
  'learning360',
  'singleview',
  'udara360',
  'oauth2',
] as const;

export type ProviderName = (typeof PROVIDER_NAMES)[number];
