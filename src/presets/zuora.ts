/*
 * Zuora REST API.
 * https://developer.zuora.com/v1-api-reference/api/oauth/createtoken, read 2026-11-29 in a copy of version 2026-02-20.
 */
import { definePreset, inBody, type PresetOptions, type PresetProvider } from './define-preset.js';

/** Options of {@link zuora}. */
export type ZuoraOptions = PresetOptions & {
  /** The REST host of your tenant, such as `https://rest.zuora.com`: there is one for each data centre and sandbox. */
  readonly baseURL: string;
};

const HINT = 'Create an OAuth client for the user: Settings > Administration > Manage Users.';

/**
 * The provider for the REST API of Zuora. Its token endpoint limits calls by IP address and answers 429.
 *
 * @throws MisconfigurationError for a missing `baseURL`, or a credential that is missing or too long
 */
export function zuora(options: ZuoraOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'zuora',
      documentation: {
        url: 'https://developer.zuora.com/v1-api-reference/api/oauth/createtoken',
        checkedOn: '2026-11-29',
      },
      credentialFields: {
        clientId: { maxLength: 36, hint: HINT },
        clientSecret: { secret: true, maxLength: 42, hint: HINT },
      },
      own: {},
    },
    ({ baseURL }) => ({ baseURL, tokenUrl: '/oauth/token', request: inBody() }),
  );
}
