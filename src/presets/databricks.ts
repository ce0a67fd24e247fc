/*
 * Databricks, OAuth of a service principal (machine to machine).
 * https://docs.databricks.com/dev-tools/auth/oauth-m2m.html, read 2026-11-29 in an undated copy for the lifetime; the token call in
 * Databricks' own client, databricks/databricks-sdk-py, as of 2026-08-19. An error response has `error` or, there, `errorCode`.
 */
import { read } from '../concealment/any-object.js';
import { textOrTexts } from '../providers/param-rules.js';
import {
  clientFields,
  definePreset,
  withBasic,
  type PresetOptions,
  type PresetProvider,
  type Scope,
} from './define-preset.js';

/** Options of {@link databricks}. */
export type DatabricksOptions = PresetOptions & {
  /** The URL of the workspace. */
  readonly baseURL: string;
  /** A request can override it with `params.scope`. @defaultValue 'all-apis' */
  readonly scope?: Scope | undefined;
};

/**
 * The provider for a Databricks workspace and a service principal.
 *
 * @throws MisconfigurationError for a missing `baseURL` or credential
 */
export function databricks(options: DatabricksOptions): PresetProvider {
  return definePreset(
    options,
    {
      name: 'databricks',
      documentation: {
        url: 'https://docs.databricks.com/dev-tools/auth/oauth-m2m.html',
        checkedOn: '2026-11-29',
      },
      credentialFields: clientFields('It is an OAuth secret of the service principal.'),
      own: { scope: textOrTexts },
      paramNames: ['scope'],
      defaultLifetimeSeconds: 3_600,
      diagnose: ({ body }) => ({
        code: read(body, 'errorCode'),
        message: read(body, 'errorSummary'),
      }),
    },
    ({ baseURL, scope = 'all-apis' }) => ({
      baseURL,
      tokenUrl: '/oidc/v1/token',
      request: withBasic({ scope }),
    }),
  );
}
