/*
 * Microsoft Entra ID, client credentials with a shared secret: Microsoft Graph, and your own APIs.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow, read 2026-11-29 in
 * MicrosoftDocs/entra-docs at commit 03033ebd (the page says 2023-02-13). National clouds are not on that page: give their `tokenUrl`.
 */
import { read } from '../concealment/any-object.js';
import { required, textOr } from '../errors/option-rules.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  inBody,
  type PresetOptions,
  type PresetProvider,
} from './define-preset.js';

/** Options of {@link entra}. */
export type EntraOptions = PresetOptions & {
  /** The URL of the API, such as `https://graph.microsoft.com`. */
  readonly baseURL: string;
  /** The directory tenant: a GUID or a domain name. */
  readonly tenantId: string;
  /** One resource with `/.default`, such as `https://graph.microsoft.com/.default`. A request can override it with `params.scope`. */
  readonly scope: string;
};

/**
 * The provider for an API behind Microsoft Entra ID.
 *
 * @throws MisconfigurationError for a missing `baseURL`, `tenantId`, `scope` or credential
 */
export function entra(options: EntraOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'entra',
      documentation: {
        url: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields(
        'It is in the app registration, in the Microsoft Entra admin center.',
      ),
      own: {
        tenantId: required(textOr('Pass the GUID or domain name of the tenant.')),
        scope: required(textOrTexts, 'Pass the URI of the resource, followed by /.default.'),
      },
      paramNames: ['scope'],
      // The description begins with the AADSTS code. Support asks for the trace id.
      diagnose: ({ body }) => ({ requestId: read(body, 'trace_id') }),
    },
    ({ baseURL, tenantId, scope }) => ({
      baseURL,
      tokenUrl: `https://login.microsoftonline.com/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
      request: inBody({ scope }),
    }),
  );
}
