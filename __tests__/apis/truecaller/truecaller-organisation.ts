import axios from 'axios';
import {
  createTruecallerApi,
  type TruecallerApi,
  type TruecallerApiOptions,
  type TruecallerEntry,
} from '../../../src/apis/truecaller/index.js';

export const PORTAL = 'https://enterprise-portal-noneu.truecaller.com';
export const WEBHOOKS = 'https://enterprise-webhooks-noneu.truecaller.com';
export const WEBHOOK_TOKEN = 'fake-webhook-token';

/** An API over an instance that attaches a bearer token, unless the request says not to, as ours does. */
export function truecallerApi(options: Partial<TruecallerApiOptions> = {}): TruecallerApi {
  const instance = axios.create({ baseURL: PORTAL });
  instance.interceptors.request.use((config) => {
    if (config.bearer !== false) config.headers.set('Authorization', 'Bearer fake-token');
    return config;
  });
  return createTruecallerApi(instance, {
    organisationId: 'fake-org',
    webhook: { token: WEBHOOK_TOKEN },
    ...options,
  });
}

export const RECEIVED = { message: 'Payload received successfully for processing' };

export function anEntry(changes: Partial<TruecallerEntry> = {}): TruecallerEntry {
  return {
    campaignId: 'fake-campaign-1',
    receiverNumber: '910000000000',
    contents: [{ displayUnit: 'cid', title: 'Hello', subTitle: 'World' }],
    ...changes,
  };
}
