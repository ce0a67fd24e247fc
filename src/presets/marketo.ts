/*
 * Marketo Engage REST API.
 * https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/authentication and error-codes, read 2026-11-29 in
 * AdobeDocs/marketo-developer.en, as of 2026-08-04 and 2026-08-07.
 */
import { read } from '../concealment/any-object.js';
import { required } from '../errors/option-rules.js';
import { secureURL } from '../provider-definition/secure-url.js';
import type { ResourceResponse } from '../provider-definition/define-provider.js';
import type { OAuth2ClientCredentials } from '../providers/oauth2-client-credentials.js';
import {
  clientFields,
  definePreset,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link marketo}. */
export type MarketoOptions = PresetOptions & {
  /** The host of the endpoint URL under Admin > Integration > Web Services, without `/rest`. */
  readonly baseURL: string;
  /** The identity URL under Admin > Integration > Web Services. */
  readonly identityUrl: string;
};

/**
 * The provider for Marketo. A rejected token gets a 200 with code 601 or 602, which is recognised. Until a token expires, Marketo
 * answers each token call with the same token, so a new call cannot heal an earlier rejection.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `identityUrl` or credential
 */
export function marketo(options: MarketoOptions): PresetProvider {
  return definePreset<OAuth2ClientCredentials, MarketoOptions>(
    options,
    {
      name: 'marketo',
      documentation: {
        url: 'https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/authentication',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'Find it under Admin > Integration > LaunchPoint > View Details.',
      ),
      own: {
        identityUrl: required(secureURL, 'Find it under Admin > Integration > Web Services.'),
      },
      defaultLifetimeSeconds: 3_600,
      isTokenRejection,
    },
    ({ baseURL, identityUrl, tokenUrl }) => {
      const url = tokenUrl ?? `${identityUrl.replace(/\/+$/, '')}/oauth/token`;
      return {
        baseURL,
        tokenUrl: url,
        // The page also allows POST, but shows the fields only in the query.
        request: ({ clientId, clientSecret }) => ({
          method: 'GET',
          url: `${url}?${new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: clientId,
            client_secret: clientSecret,
          }).toString()}`,
        }),
      };
    },
  );
}

function isTokenRejection({ status, data }: ResourceResponse): boolean {
  const code = read(data, 'errors', '0', 'code');
  return status === 401 || (read(data, 'success') === false && (code === '601' || code === '602'));
}
