/*
 * UPS APIs.
 * https://developer.ups.com/api/reference/oauth/client-credentials, read 2026-11-29 in UPS-API/api-documentation
 * (OAuthClientCredentials.yaml), as of 2025-08-20. The error codes are not documented there.
 */
import { read } from '../concealment/any-object.js';
import { oneOf, text } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  production: 'https://onlinetools.ups.com',
  test: 'https://wwwcie.ups.com',
});

/** Options of {@link ups}. */
export type UpsOptions = PresetOptions & {
  /** `test` is the Customer Integration Environment. @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
  /** The UPS account, six digits. @defaultValue none */
  readonly accountNumber?: string | undefined;
};

/**
 * The provider for the APIs of UPS, where you are also the shipper. A 403 from the token endpoint means that the account is blocked.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function ups(options: UpsOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'ups',
      documentation: {
        url: 'https://developer.ups.com/api/reference/oauth/client-credentials',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It is on the page of your app at the UPS Developer Portal.'),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)), accountNumber: text },
      diagnose: ({ body }) => {
        const error = read(body, 'response', 'errors', '0');
        return { code: read(error, 'code'), message: read(error, 'message') };
      },
    },
    ({ environment = 'production', accountNumber }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/security/v1/oauth/token',
      request: withBasic({}, accountNumber === undefined ? {} : { 'x-merchant-id': accountNumber }),
    }),
  );
}
