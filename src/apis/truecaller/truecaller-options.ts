import type { AxiosInstance } from 'axios';
import * as v from 'valibot';
import { givenOptions } from '../../concealment/given-options.js';
import type { HostOf } from '../api-hosts.js';
import { ApiInputError } from '../api-input-error.js';
import type { CountryCode } from '../calling-codes.js';
import { credential, filledText, flag, givenOrAsked, pathId } from '../input-fields.js';
import { countryCode } from '../phone-numbers.js';
import type { ApiRequestOptions } from '../request-options.js';
import { validateInput } from '../validate-input.js';
import { createTruecallerHostOf, type TruecallerHost } from './truecaller-hosts.js';

/** The credentials of the webhook host, made in the console. New ones invalidate the old ones at once. */
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
  /**
   * Base addresses, each with or without a path. If one is left out, the instance's `baseURL` decides: if it is one of
   * Truecaller's, the other of their hosts, else the `baseURL` itself.
   */
  hosts?:
    | {
        /** Token and bulk upload: `https://enterprise-portal-noneu.truecaller.com`. */
        portal?: string | undefined;
        /** Campaign trigger and exit: `https://enterprise-webhooks-noneu.truecaller.com`. */
        webhooks?: string | undefined;
      }
    | undefined;
  /** For `trigger` and `exit`. May be a function, called before each such call. */
  webhook?:
    | TruecallerWebhookCredentials
    | (() => TruecallerWebhookCredentials | Promise<TruecallerWebhookCredentials>)
    | undefined;
  /**
   * Sends the SHA-256 of each receiver number instead of the number. A removal has to use the same form as the
   * upload, hence one switch for the client.
   * @defaultValue false
   */
  hashReceivers?: boolean | undefined;
  /** The country of receiver numbers written without one, such as `IN`. @defaultValue none: they are refused */
  defaultCountry?: CountryCode | undefined;
}

/** The last argument of each Truecaller call: axios request config for this call. */
export type TruecallerRequestOptions = ApiRequestOptions;

/** The options after defaults. @internal */
export interface ResolvedTruecallerApiOptions {
  readonly organisationId: string;
  readonly hostOf: HostOf<TruecallerHost>;
  /** The two headers of the webhook host. Throws an ApiInputError if there is no webhook token. */
  readonly orgHeaders: (operation: string) => Promise<Record<string, string>>;
  readonly hashReceivers: boolean;
  readonly defaultCountry: CountryCode | undefined;
}

const optionsSchema = v.strictObject({
  organisationId: pathId,
  hosts: v.optional(
    v.strictObject({ portal: v.optional(filledText), webhooks: v.optional(filledText) }),
  ),
  webhook: givenOrAsked(v.object({ token: credential, orgId: v.optional(credential) })),
  hashReceivers: v.optional(flag),
  defaultCountry: v.optional(countryCode),
});

/**
 * Checks the options once and fills in the defaults.
 *
 * @throws ApiInputError naming the option that is wrong, or missing.
 * @internal
 */
export function resolveTruecallerOptions(
  instance: AxiosInstance,
  options: TruecallerApiOptions,
): ResolvedTruecallerApiOptions {
  const operation = 'createTruecallerApi';
  options = givenOptions(options);
  const { hosts } = validateInput(optionsSchema, options, { api: 'truecaller', operation });
  const { organisationId, webhook } = options;
  return Object.freeze({
    organisationId,
    hostOf: createTruecallerHostOf(instance, operation, ['portal', 'webhooks'], hosts),
    orgHeaders: (operation: string) => orgHeaders(operation, organisationId, webhook),
    hashReceivers: options.hashReceivers ?? false,
    defaultCountry: options.defaultCountry,
  });
}

async function orgHeaders(
  operation: string,
  organisationId: string,
  webhook: TruecallerApiOptions['webhook'],
): Promise<Record<string, string>> {
  const credentials = typeof webhook === 'function' ? await webhook() : webhook;
  if (typeof credentials?.token === 'string' && credentials.token !== '') {
    return { 'X-Org-ID': credentials.orgId ?? organisationId, 'X-Org-Token': credentials.token };
  }
  throw new ApiInputError({
    api: 'truecaller',
    operation,
    field: 'options.webhook.token',
    problem:
      'is required, because the webhook host takes no bearer token: make a webhook token in the console',
  });
}
