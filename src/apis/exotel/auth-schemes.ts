import type { ExotelAuthScheme } from './exotel-options.js';

/**
 * The scheme of each call, unless the client or the call says otherwise. Without the option `basic`, calls that would
 * use Basic go out with the instance's own authorization.
 *
 * The docs contradict each other: the token page says that the CCM API takes the bearer token and shows it on
 * the list of calls; the general pages say that every request takes Basic. Basic is the default where the call's own page
 * shows it, bearer where that page shows bearer.
 *
 * @see https://developer.exotel.com/docs/contact-center/api-reference/token-generation
 * @see https://developer.exotel.com/docs/voice-api/getting-started/authentication
 */
export const exotelAuthSchemes = Object.freeze({
  'calls.create': 'basic',
  'calls.get': 'basic',
  'calls.list': 'basic',
  'callsV3.create': 'basic',
  'callsV3.get': 'basic',
  'callsV3.legs': 'basic',
  'callsV3.active': 'basic',
  'callsV3.voiceLog': 'basic',
  'presence.list': 'bearer',
  'presence.get': 'bearer',
  'presence.set': 'bearer',
  'contacts.upload': 'bearer',
  'contacts.status': 'bearer',
  'contacts.errors': 'bearer',
  'users.list': 'basic',
  'users.get': 'basic',
  'users.create': 'basic',
  'users.update': 'basic',
  'users.delete': 'basic',
  'devices.update': 'basic',
  'devices.setPassword': 'basic',
  'configuration.listProcesses': 'bearer',
  'configuration.listCampaigns': 'bearer',
  'configuration.listCampaignLeads': 'bearer',
  request: 'basic',
} satisfies Record<string, ExotelAuthScheme>);

/** The calls whose scheme can be chosen. */
export type ExotelChoosableOperation = keyof typeof exotelAuthSchemes;
