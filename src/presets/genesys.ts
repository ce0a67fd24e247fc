/*
 * Genesys Cloud.
 * https://developer.genesys.cloud/authorization/platform-auth/use-client-credentials is the page; what is here was read 2026-11-29 in
 * Genesys' own client, MyPureCloud/platform-client-sdk-javascript, as of 2026-08-15. Error responses are not documented there.
 */
import { oneOf, required } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const REGIONS = Object.freeze({
  us_east_1: 'mypurecloud.com',
  us_east_2: 'use2.us-gov-pure.cloud',
  us_west_2: 'usw2.pure.cloud',
  ca_central_1: 'cac1.pure.cloud',
  mx_central_1: 'mxc1.pure.cloud',
  sa_east_1: 'sae1.pure.cloud',
  eu_west_1: 'mypurecloud.ie',
  eu_west_2: 'euw2.pure.cloud',
  eu_central_1: 'mypurecloud.de',
  eu_central_2: 'euc2.pure.cloud',
  eusc_de_east_1: 'edee1.eusc-pure.cloud',
  me_central_1: 'mec1.pure.cloud',
  ap_northeast_1: 'mypurecloud.jp',
  ap_northeast_2: 'apne2.pure.cloud',
  ap_northeast_3: 'apne3.pure.cloud',
  ap_south_1: 'aps1.pure.cloud',
  ap_southeast_1: 'apse1.pure.cloud',
  ap_southeast_2: 'mypurecloud.com.au',
});

/** Options of {@link genesys}. */
export type GenesysOptions = PresetOptions & {
  /** The region of the organization. */
  readonly region: keyof typeof REGIONS;
};

/**
 * The provider for Genesys Cloud.
 *
 * @throws MisconfigurationError for an unknown region or a missing credential
 */
export function genesys(options: GenesysOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'genesys',
      documentation: {
        url: 'https://developer.genesys.cloud/authorization/platform-auth/use-client-credentials',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It belongs to an OAuth client of the organization.'),
      own: { region: required(oneOf(Object.keys(REGIONS))) },
    },
    ({ region }) => {
      const host = REGIONS[region];
      return {
        baseURL: `https://api.${host}`,
        tokenUrl: `https://login.${host}/oauth/token`,
        request: withBasic(),
      };
    },
  );
}
