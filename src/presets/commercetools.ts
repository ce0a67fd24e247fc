/*
 * commercetools Composable Commerce, HTTP API.
 * https://docs.commercetools.com/api/authorization, read 2026-11-29 in commercetools/commercetools-api-reference (RAML and its client
 * credentials request), as of 2026-07-16. The lifetime and error responses are not documented there.
 */
import { oneOf, required } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

const REGIONS = Object.freeze({
  'us-central1.gcp': 'us-central1.gcp.commercetools.com',
  'us-east-2.aws': 'us-east-2.aws.commercetools.com',
  'europe-west1.gcp': 'europe-west1.gcp.commercetools.com',
  'eu-central-1.aws': 'eu-central-1.aws.commercetools.com',
  'australia-southeast1.gcp': 'australia-southeast1.gcp.commercetools.com',
});

/** Options of {@link commercetools}. */
export type CommercetoolsOptions = PresetOptions & {
  /** The region that hosts the project. */
  readonly region: keyof typeof REGIONS;
  /** Such as `view_products:my-project`. A request can override it with `params.scope`. @defaultValue the scopes of the API client */
  readonly scope?: Scope | undefined;
};

/**
 * The provider for commercetools.
 *
 * @throws MisconfigurationError for an unknown region or a missing credential
 */
export function commercetools(options: CommercetoolsOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'commercetools',
      documentation: {
        url: 'https://docs.commercetools.com/api/authorization',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It belongs to an API client of the project.'),
      own: { region: required(oneOf(Object.keys(REGIONS))), scope: textOrTexts },
      paramNames: ['scope'],
    },
    ({ region, scope }) => {
      const host = REGIONS[region];
      return {
        baseURL: `https://api.${host}`,
        tokenUrl: `https://auth.${host}/oauth/token`,
        request: withBasic({ scope }),
      };
    },
  );
}
