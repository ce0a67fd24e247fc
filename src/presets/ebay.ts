/*
 * eBay REST APIs, application tokens.
 * https://developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html and oauth-qref-client-credentials-grant.html, read
 * 2026-11-29 in undated copies; the default scope in eBay's own client, eBay/ebay-oauth-nodejs-client, as of 2022-09-13. The copies do not show
 * the lifetime and an error response.
 */
import { oneOf } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  production: 'https://api.ebay.com',
  sandbox: 'https://api.sandbox.ebay.com',
});

/** Options of {@link ebay}. */
export type EbayOptions = PresetOptions & {
  /** Each has its own credentials. @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
  /** A request can override it with `params.scope`. @defaultValue 'https://api.ebay.com/oauth/api_scope' */
  readonly scope?: Scope | undefined;
};

/**
 * The provider for the REST APIs of eBay that need no user.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function ebay(options: EbayOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'ebay',
      documentation: {
        url: 'https://developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'It is the App ID or Cert ID of your application keys at eBay.',
      ),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)), scope: textOrTexts },
      paramNames: ['scope'],
    },
    ({ environment = 'production', scope = 'https://api.ebay.com/oauth/api_scope' }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/identity/v1/oauth2/token',
      request: withBasic({ scope }),
    }),
  );
}
