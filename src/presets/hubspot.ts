/*
 * HubSpot, client credentials of an app (webhooks journal API).
 * https://developers.hubspot.com/docs/api-reference/2026-03/authentication/manage-oauth-tokens, read 2026-11-29 in an undated copy, and
 * in HubSpot/HubSpot-public-api-spec-collection (Oauth/Rollouts/279897/2026-03/oauth.json), as of 2026-08-19. Version 2026-09 has no such grant.
 */
import { read } from '../concealment/any-object.js';
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

/** Options of {@link hubspot}. */
export type HubspotOptions = PresetOptions & {
  /** Such as `developer.webhooks_journal.read`. A request can override it with `params.scope`. */
  readonly scope: Scope;
};

/**
 * The provider for the webhooks journal API of HubSpot, which an app calls as itself. It calls the other APIs for an account that installed
 * it, with `createUserTokens`.
 *
 * @throws MisconfigurationError for a missing `scope` or credential
 */
export function hubspot(options: HubspotOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'hubspot',
      documentation: {
        url: 'https://developers.hubspot.com/docs/api-reference/2026-03/authentication/manage-oauth-tokens',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It is in the settings of your app at HubSpot.'),
      own: { scope: required(textOrTexts, 'Name a scope of the webhooks journal API.') },
      paramNames: ['scope'],
      diagnose: ({ body }) => ({ code: read(body, 'category'), message: read(body, 'message') }),
    },
    ({ scope }) => ({
      baseURL: 'https://api.hubapi.com',
      tokenUrl: '/oauth/2026-03/token',
      request: inBody({ scope }),
    }),
  );
}
