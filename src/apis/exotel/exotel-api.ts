import { fromEitherBuild, type ApiInstance } from '../api-instance.js';
import { createAccount, type ExotelAccount } from './account/account.js';
import {
  createAnyRequest,
  type ExotelAnyAnswer,
  type ExotelAnyRequest,
} from './account/any-request.js';
import { createExoPhones, type ExotelExoPhones } from './account/exo-phones.js';
import {
  createCampaignContacts,
  type ExotelCampaignContacts,
} from './campaigns/campaign-contacts.js';
import { createCampaignLists, type ExotelCampaignLists } from './campaigns/campaign-lists.js';
import { createCampaigns, type ExotelCampaigns } from './campaigns/campaigns.js';
import { createSmsCampaigns, type ExotelSmsCampaigns } from './campaigns/sms-campaigns.js';
import { createCalls, type ExotelCalls } from './calls.js';
import { createCallsV3, type ExotelCallsV3 } from './calls-v3.js';
import { createConfiguration, type ExotelConfiguration } from './configuration.js';
import { createContacts, type ExotelContacts } from './contacts.js';
import { createDevices, type ExotelDevices } from './devices.js';
import { createExotelClient } from './exotel-client.js';
import {
  resolveExotelOptions,
  type ExotelApiOptions,
  type ExotelRequestOptions,
} from './exotel-options.js';
import { createPresence, type ExotelPresence } from './presence.js';
import { createUsers, type ExotelUsers } from './users.js';
import { createVoice, type ExotelVoice } from './voice.js';

/**
 * Exotel's endpoints, by group. `docs/wrapped-apis.md` lists which are left out, and why.
 *
 * Every call throws an ApiInputError when its input is invalid (nothing was sent), an ExotelApiError when Exotel refuses, and an AxiosError
 * when no answer came (network, `timeout`, `signal`).
 */
export interface ExotelApi {
  /** CCM calls (Voice v2): agent first, then customer. */
  readonly calls: ExotelCalls;
  /** Voice v3, "Beta" according to its docs. */
  readonly callsV3: ExotelCallsV3;
  /** Voice v1. */
  readonly voice: ExotelVoice;
  readonly presence: ExotelPresence;
  readonly contacts: ExotelContacts;
  readonly users: ExotelUsers;
  readonly devices: ExotelDevices;
  /** Processes, campaigns and leads on the tenant's own host. */
  readonly configuration: ExotelConfiguration;
  /** Call campaigns: the auto-dialer. */
  readonly campaigns: ExotelCampaigns;
  readonly smsCampaigns: ExotelSmsCampaigns;
  /** Lists of contacts for campaigns. */
  readonly campaignLists: ExotelCampaignLists;
  /** The campaigns' own address book. */
  readonly campaignContacts: ExotelCampaignContacts;
  /** The account's numbers. */
  readonly exoPhones: ExotelExoPhones;
  /** Balance, and what Exotel knows about a number. */
  readonly account: ExotelAccount;
  /**
   * Sends a request to an endpoint that is not wrapped, with the credentials, hosts, errors and rate limiter of the
   * others. Basic by default.
   *
   * @throws ApiInputError if the path is not absolute, or leaves the host.
   * @throws What every call throws: {@link ExotelApi}.
   */
  readonly request: (
    request: ExotelAnyRequest,
    options?: ExotelRequestOptions,
  ) => Promise<ExotelAnyAnswer>;
}

/**
 * Exotel's calls, agents, campaigns, numbers and users over an axios instance.
 *
 * The instance attaches its own token to calls that take a bearer. Calls that take Basic carry the
 * options' API key and token, with `{ bearer: false }`.
 *
 * @example
 * ```ts
 * const http = createProviderClient(exotel({ accountSid, apiKey, apiToken, region: 'mumbai' }));
 * const api = createExotelApi(http, { accountSid, basic: { apiKey, apiToken } });
 * const call = await api.calls.create({ from: { userId }, to: '+919876543210', virtualNumber: '+918012345678' });
 * ```
 * @throws ApiInputError naming the option that is wrong, or `hosts` and `region` if the instance has no `baseURL`.
 * @see https://developer.exotel.com/docs/contact-center/api-reference/token-generation
 */
export function createExotelApi(given: ApiInstance, options: ExotelApiOptions): ExotelApi {
  const instance = fromEitherBuild(given);
  const client = createExotelClient(instance, resolveExotelOptions(instance, options));
  return Object.freeze({
    calls: createCalls(client),
    callsV3: createCallsV3(client),
    voice: createVoice(client),
    presence: createPresence(client),
    contacts: createContacts(client),
    users: createUsers(client),
    devices: createDevices(client),
    configuration: createConfiguration(client),
    campaigns: createCampaigns(client),
    smsCampaigns: createSmsCampaigns(client),
    campaignLists: createCampaignLists(client),
    campaignContacts: createCampaignContacts(client),
    exoPhones: createExoPhones(client),
    account: createAccount(client),
    request: createAnyRequest(client),
  });
}
