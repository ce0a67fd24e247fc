import { fromEitherBuild, type ApiInstance } from '../api-instance.js';
import { createCampaigns, type TruecallerCampaigns } from './campaigns.js';
import { createTruecallerClient } from './truecaller-client.js';
import { resolveTruecallerOptions, type TruecallerApiOptions } from './truecaller-options.js';

/**
 * The documented endpoints of Verified Campaigns.
 *
 * Every call throws an ApiInputError when its input is invalid (nothing was sent), a TruecallerApiError when Truecaller refuses, and an AxiosError
 * when no answer came (network, `timeout`, `signal`).
 */
export interface TruecallerApi {
  readonly campaigns: TruecallerCampaigns;
}

/**
 * Truecaller Verified Campaigns over an axios instance.
 *
 * The instance authorises the bulk upload. The webhook host takes other credentials, the options'
 * `webhook`, with `{ bearer: false }`.
 *
 * @example
 * ```ts
 * const http = createProviderClient(truecaller({ organisationId, apiKey, keyId }));
 * const api = createTruecallerApi(http, { organisationId });
 * await api.campaigns.bulkUpload([
 *   { campaignId, receiverNumber: '+91 98765 43210', contents: [{ displayUnit: 'cid', title: 'Hello', subTitle: 'World' }] },
 * ]);
 * ```
 * @throws ApiInputError naming the option that is wrong, or `hosts` if the instance has no `baseURL`.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-campaigns/api-webhook-documentation/bulk-api/verified-campaigns-bulk-api
 */
export function createTruecallerApi(
  given: ApiInstance,
  options: TruecallerApiOptions,
): TruecallerApi {
  const instance = fromEitherBuild(given);
  const resolved = resolveTruecallerOptions(instance, options);
  const client = createTruecallerClient(instance, resolved.hostOf, resolved.orgHeaders);
  return Object.freeze({ campaigns: createCampaigns(client, resolved) });
}
