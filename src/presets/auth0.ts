/*
 * Auth0, for your own API.
 * https://auth0.com/docs/api/authentication/client-credential-flow/get-token, read 2026-11-29 in auth0/docs-v2, as of 2026-08-06.
 * Error responses are not documented there.
 */
import { required, text, textOr } from '../errors/option-rules.js';
import {
  clientFields,
  definePreset,
  hostName,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link auth0}. */
export type Auth0Options = PresetOptions & {
  /** The URL of your API. */
  readonly baseURL: string;
  /** The domain of the tenant, such as `acme.eu.auth0.com`, or your custom domain. */
  readonly domain: string;
  /** The identifier of the API, from its settings. A request can override it with `params.audience`. */
  readonly audience: string;
  /** The organization to act for. A request can override it with `params.organization`. @defaultValue none */
  readonly organization?: string | undefined;
};

/**
 * The provider for an API that Auth0 protects.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `domain`, `audience` or credential
 */
export function auth0(options: Auth0Options): PresetProvider {
  return definePreset(
    options,
    {
      name: 'auth0',
      documentation: {
        url: 'https://auth0.com/docs/api/authentication/client-credential-flow/get-token',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        "It is on the settings tab of the application in Auth0's dashboard.",
      ),
      own: {
        domain: hostName('acme.eu.auth0.com'),
        audience: required(textOr('It is the identifier of the API, from its settings.')),
        organization: text,
      },
      paramNames: ['audience', 'organization'],
    },
    ({ baseURL, domain, audience, organization }) => ({
      baseURL,
      tokenUrl: `https://${domain}/oauth/token`,
      request: inBody({
        audience,
        organization,
      }),
    }),
  );
}
