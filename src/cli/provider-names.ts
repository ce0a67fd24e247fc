/** The providers of the command line, by their names in the library. */
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
