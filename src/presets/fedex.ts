/*
 * FedEx APIs.
 * https://developer.fedex.com/api/en-us/catalog/authorization/docs.html and /guides/best-practices.html, read 2026-11-29 in undated
 * copies. The names of fields in the response and in errors are not in the copies.
 */
import { oneOf } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  production: 'https://apis.fedex.com',
  test: 'https://apis-sandbox.fedex.com',
});

/** Options of {@link fedex}. */
export type FedexOptions = PresetOptions & {
  /** @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
};

/**
 * The provider for the APIs of FedEx, for a project with an API key. Child keys (`csp_credentials`) are not covered.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function fedex(options: FedexOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'fedex',
      documentation: {
        url: 'https://developer.fedex.com/api/en-us/catalog/authorization/docs.html',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'It is the API key or secret key of the project in the FedEx Developer Portal.',
      ),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)) },
      defaultLifetimeSeconds: 3_600,
    },
    ({ environment = 'production' }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/oauth/token',
      request: inBody(),
    }),
  );
}
