/*
 * Amadeus for Developers, Self-Service APIs.
 * https://developers.amadeus.com/self-service/apis-docs/guides/developer-guides/API-Keys/authorization/ and common-errors, read
 * 2026-11-29 in amadeus4dev/developer-guides, as of 2025-10-23.
 */
import { read } from '../concealment/any-object.js';
import { oneOf } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  test: 'https://test.api.amadeus.com',
  production: 'https://api.amadeus.com',
});

/** Options of {@link amadeus}. */
export type AmadeusOptions = PresetOptions & {
  /** Each has its own API key. @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
};

/**
 * The provider for the Self-Service APIs of Amadeus. Its tokens live for half an hour.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function amadeus(options: AmadeusOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'amadeus',
      documentation: {
        url: 'https://developers.amadeus.com/self-service/apis-docs/guides/developer-guides/API-Keys/authorization/',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'It is the API key or API secret of your app at Amadeus for Developers.',
      ),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)) },
      diagnose: ({ body }) => ({
        code: read(body, 'code'),
        message: read(body, 'error_description'),
      }),
    },
    ({ environment = 'production' }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/v1/security/oauth2/token',
      request: inBody(),
    }),
  );
}
