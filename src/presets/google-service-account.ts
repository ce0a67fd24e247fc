/*
 * Google APIs with a service account.
 * https://developers.google.com/identity/protocols/oauth2/service-account is the page; what is here was read 2026-11-29 in Google's
 * own client, googleapis/node-gtoken, as of 2025-02-07. Error responses are not documented there.
 */
import { required, text } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import type { TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { classifyInvalidGrant } from '../providers/oauth2-parts.js';
import { definePreset, type PresetOptions, type Scope } from './define-preset.js';
import { joined, withAssertion } from './signed-assertion.js';

/** The credentials of a service account, from its key file. */
export interface GoogleServiceAccountCredentials {
  /** `client_email` of the key file. */
  readonly clientEmail: string;
  /** `private_key` of the key file. */
  readonly privateKey: string;
}

/** Options of {@link googleServiceAccount}. */
export type GoogleServiceAccountOptions = PresetOptions<GoogleServiceAccountCredentials> & {
  /** The URL of the Google API that you call. */
  readonly baseURL: string;
  /** A request can override it with `params.scope`. */
  readonly scope: Scope;
  /** The user to act for, with domain-wide delegation. @defaultValue none */
  readonly subject?: string | undefined;
};

const NAME = 'googleServiceAccount';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/**
 * The provider for Google APIs with a service account. It signs an assertion for each token call; with a shared store, set a
 * `cacheIdentity`.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `scope` or credential, or a key that cannot sign
 */
export function googleServiceAccount(
  options: GoogleServiceAccountOptions,
): TokenEndpointProvider<GoogleServiceAccountCredentials> {
  return definePreset<GoogleServiceAccountCredentials, GoogleServiceAccountOptions>(
    options,
    {
      name: NAME,
      documentation: {
        url: 'https://developers.google.com/identity/protocols/oauth2/service-account',
        checkedOn: '2026-11-29',
      },
      credentialFields: {
        clientEmail: { hint: 'It is client_email in the key file.' },
        privateKey: { secret: true, hint: 'It is private_key in the key file.' },
      },
      own: { scope: required(textOrTexts, 'Google has scopes for each API.'), subject: text },
      paramNames: ['scope'],
      classifyFailure: classifyInvalidGrant,
    },
    ({ baseURL, scope: usual, subject }) => {
      return {
        baseURL,
        tokenUrl: TOKEN_URL,
        request: ({ clientEmail, privateKey }, params, context) => {
          const claims = { iss: clientEmail, aud: TOKEN_URL, sub: subject };
          const scope = joined(params['scope'] ?? usual);
          return withAssertion(
            NAME,
            { privateKey, claims: { ...claims, scope }, lifetimeSeconds: 3_600 },
            context,
          );
        },
      };
    },
  );
}
