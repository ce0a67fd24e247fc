/*
 * PayPal REST APIs.
 * https://developer.paypal.com/api/rest/authentication/, read 2026-11-29 in a copy that says 2022-11-07, and the hosts in
 * paypal/paypal-rest-api-specifications, as of 2024-02-02. Error responses are not documented there.
 */
import { oneOf } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
});

/** Options of {@link paypal}. */
export type PaypalOptions = PresetOptions & {
  /** Each has its own credentials. @defaultValue 'live' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
};

/**
 * The provider for the REST APIs of PayPal. Its tokens live for about nine hours.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function paypal(options: PaypalOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'paypal',
      documentation: {
        url: 'https://developer.paypal.com/api/rest/authentication/',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It is in the PayPal Developer Dashboard.'),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)) },
    },
    ({ environment = 'live' }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/v1/oauth2/token',
      request: withBasic(),
    }),
  );
}
