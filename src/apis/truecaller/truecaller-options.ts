import type { CountryCode } from 'libphonenumber-js/core';
import * as v from 'valibot';
import { toHost } from '../api-host.js';
import { filledText, flag, pathId } from '../input-fields.js';
import type { ApiRequestOptions } from '../request-options.js';
import { validateInput } from '../validate-input.js';

/** The credentials of the webhook host, made in the console. Making new ones ends the old ones at once. */
export interface TruecallerWebhookCredentials {
  /** The webhook token: `X-Org-Token`. */
  token: string;
  /** `X-Org-ID`. @defaultValue the client's `organisationId` */
  orgId?: string | undefined;
}

/** Options of `createTruecallerApi`. */
export interface TruecallerApiOptions {
  /** From the console's API Setup page. */
  organisationId: string;
  hosts?:
    | {
        /** Token and bulk upload. @defaultValue `https://enterprise-portal-noneu.truecaller.com` */
        portal?: string | undefined;
        /** Campaign trigger and exit. @defaultValue `https://enterprise-webhooks-noneu.truecaller.com` */
        webhooks?: string | undefined;
      }
    | undefined;
  /** For `trigger` and `exit`. May be a function, asked before each such call. */
  webhook?:
    | TruecallerWebhookCredentials
    | (() => TruecallerWebhookCredentials | Promise<TruecallerWebhookCredentials>)
    | undefined;
  /**
   * Sends the SHA-256 of each receiver number in place of the number. A removal has to use the same form as the
   * upload, hence one switch for the client.
   * @defaultValue false
   */
  hashReceivers?: boolean | undefined;
  /** The country of receiver numbers that are written without one, such as `IN`. @defaultValue none: they are refused */
  defaultCountry?: CountryCode | undefined;
}

/** The last argument of each Truecaller call: axios request config for this call. */
export type TruecallerRequestOptions = ApiRequestOptions;

/** The options after defaults. @internal */
export interface ResolvedTruecallerApiOptions {
  readonly organisationId: string;
  readonly hosts: { readonly portal: string; readonly webhooks: string };
  readonly webhook: () => Promise<TruecallerWebhookCredentials | undefined>;
  readonly hashReceivers: boolean;
  readonly defaultCountry: CountryCode | undefined;
}

/** @see https://docs.truecaller.com/truecaller-for-business/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-connectors.md */
const DEFAULT_HOSTS = Object.freeze({
  portal: 'https://enterprise-portal-noneu.truecaller.com',
  webhooks: 'https://enterprise-webhooks-noneu.truecaller.com',
});

const optionsSchema = v.looseObject({
  organisationId: pathId,
  hosts: v.optional(
    v.strictObject({ portal: v.optional(filledText), webhooks: v.optional(filledText) }),
  ),
  hashReceivers: v.optional(flag),
  defaultCountry: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'must be a country of two capital letters, like IN')),
  ),
});

/**
 * Checks the options once and fills in the defaults.
 *
 * @throws ApiInputError naming the option that is wrong.
 * @internal
 */
export function resolveTruecallerOptions(
  options: TruecallerApiOptions,
): ResolvedTruecallerApiOptions {
  const operation = 'createTruecallerApi';
  validateInput(optionsSchema, options, { api: 'truecaller', operation });
  const host = (name: 'portal' | 'webhooks') =>
    toHost('truecaller', operation, `hosts.${name}`, options.hosts?.[name] ?? DEFAULT_HOSTS[name]);
  const { webhook } = options;
  return Object.freeze({
    organisationId: options.organisationId,
    hosts: Object.freeze({ portal: host('portal'), webhooks: host('webhooks') }),
    webhook: async () => (typeof webhook === 'function' ? await webhook() : webhook),
    hashReceivers: options.hashReceivers ?? false,
    defaultCountry: options.defaultCountry,
  });
}
