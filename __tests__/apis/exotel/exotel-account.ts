import axios, { type AxiosInstance } from 'axios';
import {
  createExotelApi,
  type ExotelApi,
  type ExotelApiOptions,
} from '../../../src/apis/exotel/index.js';

export const CCM = 'https://ccm-api.exotel.com';
export const VOICE = 'https://api.exotel.com';
export const TENANT = 'https://cms.tenant.example';

export const BASIC = { apiKey: 'fake-api-key', apiToken: 'fake-api-token' };
export const BASIC_HEADER = `Basic ${Buffer.from('fake-api-key:fake-api-token').toString('base64')}`;

/** An API over an instance that attaches a bearer token, unless the request says not to, as ours does. */
export function exotelApi(options: Partial<ExotelApiOptions> = {}): ExotelApi {
  return createExotelApi(authorisedInstance(), {
    accountSid: 'acme',
    region: 'singapore',
    basic: BASIC,
    tenantBasic: { username: 'admin', password: 'fake-password' },
    hosts: { tenant: TENANT },
    ...options,
  });
}

/** An app's own axios with the simplest way to attach a token. */
export function authorisedInstance(): AxiosInstance {
  const instance = axios.create();
  instance.interceptors.request.use((config) => {
    if (config.bearer !== false) config.headers.set('Authorization', 'Bearer fake-token');
    return config;
  });
  return instance;
}

export const A_CALL = {
  from: { contactUri: 'sip:someone@example.invalid' },
  to: '+910000000000',
  virtualNumber: '+910000000001',
} as const;

export const A_CAMPAIGN = {
  callerId: '08012345678',
  from: ['+910000000001', '+910000000002'],
  appId: '1',
} as const;

export const AN_SMS_CAMPAIGN = {
  contentType: 'static',
  lists: ['l-1'],
  dltEntityId: 12,
  dltTemplateId: 34,
  senderId: 'EXOTEL',
  messageType: 'Transactional',
  template: 'Hello',
} as const;
