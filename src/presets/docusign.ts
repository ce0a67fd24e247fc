/*
 * DocuSign, JWT grant.
 * https://docs.docusign.com/esign/guide/authentication/oa2_jwt.html, read 2026-11-29 in an undated copy, and in DocuSign's own client,
 * docusign/docusign-esign-node-client, as of 2025-06-09. The lifetime and error responses are not in the copies.
 */
import { oneOf } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import type { TokenEndpointProvider } from '../provider-definition/define-provider.js';
import { classifyInvalidGrant } from '../providers/oauth2-parts.js';
import { definePreset, type PresetOptions, type Scope } from './define-preset.js';
import { joined, withAssertion } from './signed-assertion.js';

/** The credentials of an app that acts for a user. */
export interface DocusignCredentials {
  /** The integration key. */
  readonly clientId: string;
  /** The user to act for, who has given consent. */
  readonly userId: string;
  /** The RSA key of the integration key, as PEM (PKCS#8). */
  readonly privateKey: string;
}

const ENVIRONMENTS = Object.freeze({
  production: 'account.docusign.com',
  demo: 'account-d.docusign.com',
});

/** Options of {@link docusign}. */
export type DocusignOptions = PresetOptions<DocusignCredentials> & {
  /** The base URI of the account; in the sandbox `https://demo.docusign.net/restapi`. */
  readonly baseURL: string;
  /** @defaultValue 'production' */
  readonly environment?: keyof typeof ENVIRONMENTS | undefined;
  /** A request can override it with `params.scope`. @defaultValue 'signature' */
  readonly scope?: Scope | undefined;
};

const HINT = 'It belongs to the integration key at DocuSign.';

/**
 * The provider for DocuSign, for one user. It signs an assertion for each token call; with a shared store, set a `cacheIdentity`.
 *
 * @throws MisconfigurationError for a missing `baseURL` or credential, an unknown environment, or a key that cannot sign
 */
export function docusign(options: DocusignOptions): TokenEndpointProvider<DocusignCredentials> {
  return definePreset<DocusignCredentials, DocusignOptions>(
    options,
    {
      name: 'docusign',
      documentation: {
        url: 'https://docs.docusign.com/esign/guide/authentication/oa2_jwt.html',
        checkedOn: '2026-11-29',
      },
      credentialFields: {
        clientId: { hint: HINT },
        userId: { hint: HINT },
        privateKey: { secret: true, hint: HINT },
      },
      own: { environment: oneOf(Object.keys(ENVIRONMENTS)), scope: textOrTexts },
      paramNames: ['scope'],
      classifyFailure: classifyInvalidGrant,
      rejectedCredentialsAdvice:
        'Check the credentials, and whether the user has given consent to the app.',
    },
    ({ baseURL, environment = 'production', scope: usual = 'signature' }) => {
      // As `aud` it is the host alone.
      const aud = ENVIRONMENTS[environment];
      return {
        baseURL,
        tokenUrl: `https://${aud}/oauth/token`,
        request: ({ clientId, userId, privateKey }, params, context) => {
          const scope = joined(params['scope'] ?? usual);
          const claims = { iss: clientId, sub: userId, aud, scope };
          return withAssertion('docusign', { privateKey, claims, lifetimeSeconds: 600 }, context);
        },
      };
    },
  );
}
