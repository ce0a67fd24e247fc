import type { AxiosInstance } from 'axios';
import { createHostOf, type HostOf } from '../api-hosts.js';

/** The portal takes the instance's bearer token, the webhook host two headers of its own. @internal */
export type TruecallerHost = 'portal' | 'webhooks';

/** @see https://docs.truecaller.com/truecaller-for-business/truecaller-for-business/verified-campaigns/api-webhook-documentation/webhook-connectors.md */
const DOCUMENTED_HOSTS = Object.freeze({
  portal: 'https://enterprise-portal-noneu.truecaller.com',
  webhooks: 'https://enterprise-webhooks-noneu.truecaller.com',
});

/**
 * The hosts of a Truecaller API: see `createHostOf`.
 *
 * @throws ApiInputError if nothing names a host, or if a host is not a plain URL.
 * @internal
 */
export function createTruecallerHostOf(
  instance: AxiosInstance,
  operation: string,
  parts: readonly TruecallerHost[],
  hosts: { readonly [Host in TruecallerHost]?: string | undefined } | undefined,
): HostOf<TruecallerHost> {
  const needed = parts.map((part) => `${part}: '${DOCUMENTED_HOSTS[part]}'`).join(', ');
  return createHostOf(instance, {
    api: 'truecaller',
    operation,
    parts,
    documented: { everywhere: DOCUMENTED_HOSTS },
    hosts,
    required: `is required: the axios instance has no baseURL that says where Truecaller is. Truecaller's own are { ${needed} }`,
  });
}
