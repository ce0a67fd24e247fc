import { fromEitherBuild, type ApiInstance } from '../api-instance.js';
import * as v from 'valibot';
import { givenOptions } from '../../concealment/given-options.js';
import { filledText, pathId, rateLimiterField } from '../input-fields.js';
import { validateInput } from '../validate-input.js';
import { createCallRecords, type TruecallerCallRecords } from './call-records.js';
import type { TruecallerRateLimiter } from './rate-limiter.js';
import { createTruecallerClient } from './truecaller-client.js';
import { createTruecallerHostOf } from './truecaller-hosts.js';

/** Options of {@link createTruecallerCallsApi}. */
export interface TruecallerCallsApiOptions {
  /** From the console's Manage API Keys page. */
  clientAccountId: string;
  /** Base address, with or without a path. Left out, it follows the instance's `baseURL`. */
  hosts?:
    | {
        /** `https://enterprise-portal-noneu.truecaller.com`. */
        portal?: string | undefined;
      }
    | undefined;
  /** Holds requests back: `createTruecallerRateLimiter()`, or your own. @defaultValue none */
  rateLimiter?: TruecallerRateLimiter | undefined;
}

/**
 * The call personalisation of Verified Business.
 *
 * Every call throws an ApiInputError when its input is invalid (nothing was sent), a TruecallerApiError when Truecaller refuses, and an AxiosError
 * when no answer came (network, `timeout`, `signal`).
 */
export interface TruecallerCallsApi {
  readonly callRecords: TruecallerCallRecords;
}

const optionsSchema = v.strictObject({
  clientAccountId: pathId,
  hosts: v.optional(v.strictObject({ portal: v.optional(filledText) })),
  rateLimiter: rateLimiterField,
});

/**
 * Truecaller for Business calls (Verified Business) over an axios instance that attaches the token of
 * `truecallerCalls`. Campaigns use a different token.
 *
 * @example
 * ```ts
 * const http = createProviderClient(truecallerCalls({ clientAccountId, apiKey, keyId }));
 * const { callRecords } = createTruecallerCallsApi(http, { clientAccountId });
 * const startsAt = new Date();
 * const endsAt = new Date(startsAt.getTime() + 600_000);
 * await callRecords.push(
 *   { callerNumber, receiverNumber, labelId, callReason: 'About your parcel', startsAt, endsAt },
 *   { timeout: 800 },
 * );
 * ```
 * @throws ApiInputError naming the option that is wrong, or `hosts` if the instance has no `baseURL`.
 * @see https://docs.truecaller.com/truecaller-for-business/verified-business-api-documentation/call-personalisation
 */
export function createTruecallerCallsApi(
  given: ApiInstance,
  options: TruecallerCallsApiOptions,
): TruecallerCallsApi {
  const instance = fromEitherBuild(given);
  const operation = 'createTruecallerCallsApi';
  options = givenOptions(options);
  const { clientAccountId, hosts } = validateInput(optionsSchema, options, {
    api: 'truecaller',
    operation,
  });
  const hostOf = createTruecallerHostOf(instance, operation, ['portal'], hosts);
  const client = createTruecallerClient(instance, hostOf);
  return Object.freeze({
    callRecords: createCallRecords(client, clientAccountId, options.rateLimiter),
  });
}
