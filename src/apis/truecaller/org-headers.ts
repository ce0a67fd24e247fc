import { ApiInputError } from '../api-input-error.js';
import type { ResolvedTruecallerApiOptions } from './truecaller-options.js';

/**
 * The two headers of the webhook host.
 *
 * @throws ApiInputError if the options have no webhook token.
 * @internal
 */
export async function orgHeaders(
  operation: string,
  options: ResolvedTruecallerApiOptions,
): Promise<Record<string, string>> {
  const webhook = await options.webhook();
  if (webhook === undefined || typeof webhook.token !== 'string' || webhook.token === '') {
    throw new ApiInputError({
      api: 'truecaller',
      operation,
      field: 'options.webhook.token',
      problem:
        'is required, because the webhook host takes no bearer token: make a webhook token in the console',
    });
  }
  return { 'X-Org-ID': webhook.orgId ?? options.organisationId, 'X-Org-Token': webhook.token };
}
