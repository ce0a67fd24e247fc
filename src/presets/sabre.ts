/*
 * Sabre, REST APIs (OAuth Token Create, v2).
 * https://developer.sabre.com/guides/airline-carrier/how-to/rest-apis-token-credentials, /docs/read/rest_basics/authentication (the
 * lifetime) and /guides/travel-agency/reference/environments, read 2026-11-29 in undated copies; the body in
 * SabreDevStudio/postman-collections, as of 2026-04-22. A refusal is not documented there.
 */
import { oneOf } from '../errors/option-rules.js';
import { basicAuthorization } from '../platform/basic-authorization.js';
import { utf8Bytes } from '../platform/utf8.js';
import type { OAuth2ClientCredentials } from '../providers/oauth2-client-credentials.js';
import {
  clientFields,
  definePreset,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

const ENVIRONMENTS = Object.freeze({
  production: 'https://api.platform.sabre.com',
  certification: 'https://api.cert.platform.sabre.com',
});

/** Options of {@link sabre}. The client id is `V1:userid:group:domain`, and the client secret the password. */
export type SabreOptions = PresetOptions & {
  /** @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
};

const base64 = (text: string) => btoa(utf8Bytes(text));

/**
 * The provider for the REST APIs of Sabre, with sessionless tokens (v2). Id and secret are Base64 twice: each alone, and then together.
 *
 * @throws MisconfigurationError for an unknown environment or a missing credential
 */
export function sabre(options: SabreOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'sabre',
      documentation: {
        url: 'https://developer.sabre.com/guides/airline-carrier/how-to/rest-apis-token-credentials',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'Your Sabre account manager gives you the user id, group, domain and password.',
      ),
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)) },
      defaultLifetimeSeconds: 604_800,
    },
    ({ environment = 'production' }) => ({
      baseURL: ENVIRONMENTS[environment],
      tokenUrl: '/v2/auth/token',
      request: ({ clientId, clientSecret }: OAuth2ClientCredentials) => ({
        headers: { Authorization: basicAuthorization(base64(clientId), base64(clientSecret)) },
        body: { form: { grant_type: 'client_credentials' } },
      }),
    }),
  );
}
