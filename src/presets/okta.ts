/*
 * Okta, for your own API (custom authorization server).
 * https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/, read 2026-11-29 in okta/okta-developer-docs, as of
 * 2026-08-05. Error responses are not documented there.
 */
import { required, text } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  hostName,
  withBasic,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

/** Options of {@link okta}. */
export type OktaOptions = PresetOptions & {
  /** The URL of your API. */
  readonly baseURL: string;
  /** The Okta domain, such as `acme.okta.com`. */
  readonly domain: string;
  /** At least one custom scope of the authorization server. A request can override it with `params.scope`. */
  readonly scope: Scope;
  /** @defaultValue 'default' */
  readonly authorizationServerId?: string | undefined;
};

/**
 * The provider for an API that an Okta authorization server protects.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `domain`, `scope` or credential
 */
export function okta(options: OktaOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'okta',
      documentation: {
        url: 'https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It is on the General tab of the app integration.'),
      own: {
        domain: hostName('acme.okta.com'),
        scope: required(textOrTexts, 'Okta needs at least one custom scope.'),
        authorizationServerId: text,
      },
      paramNames: ['scope'],
    },
    ({ baseURL, domain, scope, authorizationServerId = 'default' }) => ({
      baseURL,
      tokenUrl: `https://${domain}/oauth2/${encodeURIComponent(authorizationServerId)}/v1/token`,
      request: withBasic({ scope }),
    }),
  );
}
