/*
 * Salesforce, OAuth 2.0 client credentials flow.
 * https://developer.salesforce.com/docs/atlas.en-us.262.0.chatterapi.meta/chatterapi/quickstart_connecting.htm, read 2026-11-29 in an
 * undated copy of version 262.0. The response has no lifetime, and error responses are not documented there.
 */
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link salesforce}. */
export type SalesforceOptions = PresetOptions & {
  /** Your My Domain, such as `https://acme.my.salesforce.com`. */
  readonly baseURL: string;
};

/**
 * The provider for the APIs of Salesforce. The token response does not say how long a token lives: it depends on your settings, so a token
 * is renewed every 15 minutes and after a 401.
 *
 * @throws MisconfigurationError for a missing `baseURL` or credential
 */
export function salesforce(options: SalesforceOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'salesforce',
      documentation: {
        url: 'https://developer.salesforce.com/docs/atlas.en-us.262.0.chatterapi.meta/chatterapi/quickstart_connecting.htm',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'It is the consumer key or consumer secret of the external client app.',
      ),
      own: {},
    },
    ({ baseURL }) => ({ baseURL, tokenUrl: '/services/oauth2/token', request: inBody() }),
  );
}
