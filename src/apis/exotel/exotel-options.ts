import type { AxiosInstance } from 'axios';
import * as v from 'valibot';
import { givenOptions } from '../../concealment/given-options.js';
import { createHostOf, type HostOf } from '../api-hosts.js';
import { ApiInputError } from '../api-input-error.js';
import type { CountryCode } from '../calling-codes.js';
import {
  credential,
  filledText,
  givenOrAsked,
  httpUrl,
  oneOf,
  pathId,
  rateLimiterField,
} from '../input-fields.js';
import { countryCode, createPhoneFields, type PhoneFields } from '../phone-numbers.js';
import { withoutUndefined, type ApiRequestOptions } from '../request-options.js';
import { validateInput } from '../validate-input.js';
import { INDIA_OFFSET } from './exotel-time.js';
import type { ExotelRateLimiter } from './rate-limiter.js';

/** The account's region. Credentials of one region get a 401 in the other. */
export type ExotelRegion = 'singapore' | 'mumbai';

/** How a call authenticates: with the instance's own authorization, or with the API key and token of the options. */
export type ExotelAuthScheme = 'bearer' | 'basic';

/** The API key and token of the Exotel dashboard. */
export interface ExotelBasicCredentials {
  apiKey: string;
  apiToken: string;
}

/** A login for the tenant host, which takes a user's name and password instead of the API key and token. */
export interface ExotelTenantCredentials {
  username: string;
  password: string;
}

/**
 * Base addresses, each with or without a path. If one is left out, the instance's `baseURL` decides: if it is one of Exotel's, the host of
 * the same region, else the `baseURL` itself. Without a `baseURL`, `region` decides.
 */
export interface ExotelHosts {
  /** Voice v2 and v3, users, presence, contacts: `https://ccm-api.exotel.com` or `https://ccm-api.in.exotel.com`. */
  ccm?: string | undefined;
  /** Voice v1: `https://api.exotel.com` or `https://api.in.exotel.com`. */
  voice?: string | undefined;
  /**
   * The tenant's own host, for `configuration.*`. No region implies it: the docs derive it from the tenant's ECC domain
   * in two ways that contradict each other.
   */
  tenant?: string | undefined;
}

/**
 * Where Exotel's docs contradict each other about what to send. The defaults are what working code sends.
 */
export interface ExotelWire {
  /**
   * The field of `to` in CCM make call: third-party code that works sends `customer_contact_uri`, the new
   * docs say `number`.
   * @defaultValue `customer_contact_uri`
   * @see https://developer.exotel.com/docs/voice-api/api-reference/make-a-call
   */
  createCallTo: 'customer_contact_uri' | 'number';
  /**
   * The body of v3 make call: `nested` is the old portal's, seen in working code (`from.contact_uri`,
   * `to.contact_uri`, `recording: { record, channels }`); `flat` is the new docs' (as CCM make call).
   * @defaultValue `nested`
   * @see https://developer.exotel.com/api/ccm-make-call-connecting-two-numbers-beta
   */
  createCallV3: 'nested' | 'flat';
  /**
   * The host of v3 active calls and voice logs: the overview lists them under the CCM host, their samples call the
   * Voice host.
   * @defaultValue `ccm`
   * @see https://developer.exotel.com/docs/voice-v3/overview
   */
  v3ExtrasHost: 'ccm' | 'voice';
  /**
   * The end of the Voice v1 connect path. With `connect` the older pages answer XML, which is read as well.
   * @defaultValue `connect.json`
   * @see https://developer.exotel.com/api/make-a-call-api
   */
  connectPath: 'connect.json' | 'connect';
  /**
   * The encoding of the Voice v1 form: new pages say urlencoded, the old ones multipart form-data.
   * @defaultValue `urlencoded`
   * @see https://developer.exotel.com/docs/voice-v3/api-reference/connect-two-numbers
   */
  connectForm: 'urlencoded' | 'multipart';
  /**
   * How `StatusCallbackEvents` is written: `StatusCallbackEvents[]` in the new samples, `StatusCallbackEvents[0]` in
   * other guides.
   * @defaultValue `brackets`
   */
  callbackEvents: 'brackets' | 'indexed';
  /**
   * The name of the playback address in Voice v1: `StartPlaybackValueNew`, or `StartPlaybackValue` in the older text.
   * @defaultValue `StartPlaybackValueNew`
   */
  playbackField: 'StartPlaybackValueNew' | 'StartPlaybackValue';
  /**
   * The body that creates or changes campaigns, lists and contacts: `{ campaigns: [ … ] }` in Exotel's own samples and in
   * working code, the bare object (for contacts, the bare array) on the new pages.
   * @defaultValue `wrapped`
   * @see https://github.com/exotel/ExotelAPI — Campaign_Samples
   */
  campaignBody: 'wrapped' | 'bare';
  /**
   * The numbers of a campaign: an array in samples and working code, text with commas in the tables of fields.
   * @defaultValue `array`
   */
  campaignFrom: 'array' | 'text';
  /**
   * The fields of an SMS campaign: `template_id`, `from`, `message_type` and `message_status_callback` in working code;
   * `dlt_template_id`, `sender_id`, `sms_type` and `sms_status_callback` on the new page.
   * @defaultValue `message`
   * @see https://github.com/NooraHealth/exotel-python
   */
  smsCampaignFields: 'message' | 'sms';
}

/** Some of {@link ExotelWire}. */
export type ExotelWireChoices = { [Key in keyof ExotelWire]?: ExotelWire[Key] | undefined };

/** Options of `createExotelApi`. */
export interface ExotelApiOptions {
  /** The account's sid, as in the paths. */
  accountSid: string;
  /**
   * The account's region, for an instance without a `baseURL`. With a `baseURL` it is not needed, and must not
   * contradict it.
   */
  region?: ExotelRegion | undefined;
  /** For hosts that neither the instance's `baseURL` nor `region` names. */
  hosts?: ExotelHosts | undefined;
  /**
   * For calls that use Basic: Voice v1 and recordings, and every call whose page shows Basic. Without it the latter
   * use the instance's own authorization. May be a function, called before each such call.
   */
  basic?:
    | ExotelBasicCredentials
    | (() => ExotelBasicCredentials | Promise<ExotelBasicCredentials>)
    | undefined;
  /** For `configuration.listAssignedUsers` and `configuration.assignUsers`. May be a function, called before each such call. */
  tenantBasic?:
    | ExotelTenantCredentials
    | (() => ExotelTenantCredentials | Promise<ExotelTenantCredentials>)
    | undefined;
  /**
   * One scheme for every call that allows a choice. Voice v1 takes Basic only, and ignores this.
   * @defaultValue per endpoint, see {@link exotelAuthSchemes}
   */
  authScheme?: ExotelAuthScheme | undefined;
  wire?: ExotelWireChoices | undefined;
  /**
   * The offset of timestamps that carry no zone (Voice v1). None of the pages states it. India's is likely: v3 renders its
   * empty `end_time` in it, whatever the region.
   * @defaultValue `+05:30`
   */
  zonelessOffset?: string | undefined;
  /**
   * The country of phone numbers written without one, such as `IN`. Voice v1 and ExoPhones need none: there Exotel accepts
   * local digits.
   * @defaultValue none: they are refused
   */
  defaultCountry?: CountryCode | undefined;
  /**
   * The prefixes of recording addresses. For recordings, the API key goes only to these and to the Voice host.
   * @defaultValue `https://recordings.exotel.com/`, `https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/`
   */
  recordingHosts?: readonly string[] | undefined;
  /** Holds calls back before they exceed the account's limits. @defaultValue none; make one with `createExotelRateLimiter` */
  rateLimiter?: ExotelRateLimiter | undefined;
}

/** The last argument of each Exotel call: axios request config for this call, and overrides of the client's choices. */
export interface ExotelRequestOptions extends ApiRequestOptions {
  /** The scheme of this call. @defaultValue the client's, then the endpoint's */
  authScheme?: ExotelAuthScheme | undefined;
  wire?: ExotelWireChoices | undefined;
}

/** The last argument of iterators. */
export interface ExotelIterateOptions extends ExotelRequestOptions {
  /**
   * How many times a page is fetched again after a 429, a 5xx or a broken connection: after the time in `Retry-After`, else after
   * a second, doubled each time.
   * @defaultValue 0
   */
  retries?: number | undefined;
}

/** The last argument of calls that take Basic only. */
export type ExotelBasicOnlyOptions = Omit<ExotelRequestOptions, 'authScheme'>;

/** The options after defaults. @internal */
export interface ResolvedExotelApiOptions {
  readonly accountSid: string;
  readonly hostOf: HostOf<keyof ExotelHosts>;
  readonly basic: () => Promise<ExotelBasicCredentials | undefined>;
  readonly hasBasic: boolean;
  readonly tenantBasic: () => Promise<ExotelTenantCredentials | undefined>;
  readonly authScheme: ExotelAuthScheme | undefined;
  readonly wire: ExotelWire;
  /** Each ends with a slash. */
  readonly recordingHosts: readonly string[];
  readonly zonelessOffset: string;
  readonly defaultCountry: CountryCode | undefined;
  /** The fields of schemas that hold a phone number. */
  readonly phones: PhoneFields;
  readonly rateLimiter: ExotelRateLimiter | undefined;
}

/** @see https://developer.exotel.com/docs/voice-api/getting-started/authentication */
const HOSTS_BY_REGION = Object.freeze({
  singapore: { ccm: 'https://ccm-api.exotel.com', voice: 'https://api.exotel.com' },
  mumbai: { ccm: 'https://ccm-api.in.exotel.com', voice: 'https://api.in.exotel.com' },
});

/**
 * The two forms of address seen so far. The second host is shared by all S3 users, hence the path.
 *
 * @see https://custdev.freshdesk.com/support/solutions/articles/3000129985
 */
const RECORDING_HOSTS = Object.freeze([
  'https://recordings.exotel.com/',
  'https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/',
]);

const DEFAULT_WIRE: Readonly<ExotelWire> = Object.freeze({
  createCallTo: 'customer_contact_uri',
  createCallV3: 'nested',
  v3ExtrasHost: 'ccm',
  connectPath: 'connect.json',
  connectForm: 'urlencoded',
  callbackEvents: 'brackets',
  playbackField: 'StartPlaybackValueNew',
  campaignBody: 'wrapped',
  campaignFrom: 'array',
  smsCampaignFields: 'message',
});

const wireSchema = v.strictObject({
  createCallTo: v.optional(oneOf(['customer_contact_uri', 'number'])),
  createCallV3: v.optional(oneOf(['nested', 'flat'])),
  v3ExtrasHost: v.optional(oneOf(['ccm', 'voice'])),
  connectPath: v.optional(oneOf(['connect.json', 'connect'])),
  connectForm: v.optional(oneOf(['urlencoded', 'multipart'])),
  callbackEvents: v.optional(oneOf(['brackets', 'indexed'])),
  playbackField: v.optional(oneOf(['StartPlaybackValueNew', 'StartPlaybackValue'])),
  campaignBody: v.optional(oneOf(['wrapped', 'bare'])),
  campaignFrom: v.optional(oneOf(['array', 'text'])),
  smsCampaignFields: v.optional(oneOf(['message', 'sms'])),
});

const optionsSchema = v.strictObject({
  accountSid: pathId,
  region: v.optional(oneOf(['singapore', 'mumbai'])),
  authScheme: v.optional(oneOf(['bearer', 'basic'])),
  hosts: v.optional(
    v.strictObject({
      ccm: v.optional(filledText),
      voice: v.optional(filledText),
      tenant: v.optional(filledText),
    }),
  ),
  basic: givenOrAsked(v.object({ apiKey: credential, apiToken: credential })),
  tenantBasic: givenOrAsked(v.object({ username: credential, password: credential })),
  wire: v.optional(wireSchema),
  rateLimiter: rateLimiterField,
  defaultCountry: v.optional(countryCode),
  recordingHosts: v.optional(v.array(httpUrl)),
  zonelessOffset: v.optional(
    v.pipe(v.string(), v.regex(/^[+-]\d{2}:\d{2}$/, 'must look like +05:30')),
  ),
});

/**
 * Checks the options once and fills in the defaults.
 *
 * @throws ApiInputError naming the option that is wrong, or missing.
 * @internal
 */
export function resolveExotelOptions(
  instance: AxiosInstance,
  options: ExotelApiOptions,
  operation = 'createExotelApi',
): ResolvedExotelApiOptions {
  options = givenOptions(options);
  const { hosts } = validateInput(optionsSchema, options, { api: 'exotel', operation });
  return Object.freeze({
    accountSid: options.accountSid,
    hostOf: createHostOf(instance, {
      api: 'exotel',
      operation,
      parts: ['ccm', 'voice', 'tenant'],
      documented: HOSTS_BY_REGION,
      hosts,
      region: options.region,
      required:
        "or region ('singapore' or 'mumbai') is required: the axios instance has no baseURL that says where Exotel is",
    }),
    basic: asked(options.basic),
    hasBasic: options.basic !== undefined,
    tenantBasic: asked(options.tenantBasic),
    authScheme: options.authScheme,
    wire: resolveWire(DEFAULT_WIRE, options.wire),
    zonelessOffset: options.zonelessOffset ?? INDIA_OFFSET,
    recordingHosts: (options.recordingHosts ?? RECORDING_HOSTS).map((url) =>
      url.replace(/\/*$/, '/'),
    ),
    defaultCountry: options.defaultCountry,
    phones: createPhoneFields(options.defaultCountry),
    rateLimiter: options.rateLimiter,
  });
}

/** The client's wire choices with those of one call on top; an explicit `undefined` chooses nothing. @internal */
export function resolveWire(base: ExotelWire, chosen: ExotelWireChoices | undefined): ExotelWire {
  return Object.freeze({ ...base, ...withoutUndefined(chosen ?? {}) });
}

function asked<Credentials extends object>(
  source: Credentials | (() => Credentials | Promise<Credentials>) | undefined,
): () => Promise<Credentials | undefined> {
  return async () => {
    // JavaScript callers may return null.
    const given: Credentials | null | undefined =
      typeof source === 'function' ? await source() : source;
    return given ?? undefined;
  };
}

/** The two halves of the credentials, checked on use because they may come from a function. @internal */
export function requireCredential(value: unknown, operation: string, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ApiInputError({
    api: 'exotel',
    operation,
    field,
    problem: 'must be a non-empty string',
  });
}
