/*
 * Adobe APIs with the OAuth Server-to-Server credential (Adobe Identity Management Services).
 * https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/ims, read 2026-11-29 in
 * AdobeDocs/adobe-dev-console, as of 2025-06-27. Error responses are not documented there.
 */
import { required } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

/** Options of {@link adobe}. */
export type AdobeOptions = PresetOptions & {
  /** The URL of the Adobe API that you call. */
  readonly baseURL: string;
  /** The scopes of the credential, as the Adobe Developer Console lists them. Adobe separates them by commas. */
  readonly scope: Scope;
};

/**
 * The provider for Adobe APIs (OAuth Server-to-Server). The APIs also expect the client id in `x-api-key`; set it yourself.
 * Adobe may slow down clients that ask for more tokens than they need.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `scope` or credential
 */
export function adobe(options: AdobeOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'adobe',
      documentation: {
        url: 'https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/ims',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('Find it in the Adobe Developer Console.'),
      own: { scope: required(textOrTexts, 'Copy it from the Adobe Developer Console.') },
      // The page says "usually".
      defaultLifetimeSeconds: 86_400,
    },
    ({ baseURL, scope }) => ({
      baseURL,
      tokenUrl: 'https://ims-na1.adobelogin.com/ims/token/v3',
      request: inBody({
        scope: [scope].flat().join(','),
      }),
    }),
  );
}
