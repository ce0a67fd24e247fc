import type {
  ExotelApi,
  exotelAuthSchemes,
  ExotelRequestOptions,
} from '../../../src/apis/exotel/index.js';
import { A_CALL, A_CAMPAIGN, AN_SMS_CAMPAIGN } from './exotel-account.js';

export type Call = (api: ExotelApi, options?: ExotelRequestOptions) => Promise<unknown>;
export const PLACE = { contactCenterId: 1, processId: 2, campaignId: 3 };

/** The calls whose scheme can be chosen. */
export const CHOOSABLE: Record<keyof typeof exotelAuthSchemes, Call> = {
  'calls.create': ({ calls }, options) => calls.create(A_CALL, options),
  'calls.get': ({ calls }, options) => calls.get('s', options),
  'calls.list': ({ calls }, options) => calls.list(options),
  'callsV3.create': ({ callsV3 }, options) => callsV3.create(A_CALL, options),
  'callsV3.get': ({ callsV3 }, options) => callsV3.get('s', options),
  'callsV3.legs': ({ callsV3 }, options) => callsV3.legs('s', options),
  'callsV3.active': ({ callsV3 }, options) => callsV3.active(options),
  'callsV3.voiceLog': ({ callsV3 }, options) => callsV3.voiceLog('s', {}, options),
  'presence.list': ({ presence }, options) => presence.list({}, options),
  'presence.get': ({ presence }, options) => presence.get('u', options),
  'presence.set': ({ presence }, options) => presence.set('u', 'offline', options),
  'contacts.upload': ({ contacts }, options) =>
    contacts.upload({ contacts: [{ phoneNumber: '+910000000000' }] }, options),
  'contacts.status': ({ contacts }, options) => contacts.status('u', options),
  'contacts.errors': ({ contacts }, options) => contacts.errors('u', options),
  'users.list': ({ users }, options) => users.list({}, options),
  'users.get': ({ users }, options) => users.get('u', options),
  'users.create': ({ users }, options) =>
    users.create({ firstName: 'Asha', lastName: 'Rao' }, options),
  'users.update': ({ users }, options) => users.update('u', { firstName: 'Asha' }, options),
  'users.delete': ({ users }, options) => users.delete('u', options),
  'devices.update': ({ devices }, options) => devices.update('u', 1, { available: true }, options),
  'devices.setPassword': ({ devices }, options) => devices.setPassword('u', 1, 'Abcdefg1', options),
  'configuration.listProcesses': ({ configuration }, options) =>
    configuration.listProcesses({ contactCenterId: 1 }, options),
  'configuration.listCampaigns': ({ configuration }, options) =>
    configuration.listCampaigns(1, options),
  'configuration.listCampaignLeads': ({ configuration }, options) =>
    configuration.listCampaignLeads(PLACE, options),
  request: ({ request }, options) =>
    request({ method: 'GET', host: 'ccm', path: '/v2/accounts/acme/things' }, options),
};

/** The calls that take Basic only. */
export const FIXED: Record<string, Call> = {
  'voice.connectNumbers': ({ voice }) =>
    voice.connectNumbers({ from: '+910000000000', to: '+910000000001', callerId: '08000000000' }),
  'voice.connectToFlow': ({ voice }) =>
    voice.connectToFlow({ from: '+910000000000', callerId: '08000000000', appId: '7' }),
  'voice.get': ({ voice }) => voice.get('s'),
  'voice.list': ({ voice }) => voice.list(),
  'configuration.listAssignedUsers': ({ configuration }) =>
    configuration.listAssignedUsers({ ...PLACE, leadId: 4, limit: 10, offset: 0 }),
  'configuration.assignUsers': ({ configuration }) =>
    configuration.assignUsers({
      leadId: 4,
      campaignId: 3,
      assignedUserIds: ['u'],
      unassignedUserIds: [],
    }),
  'campaigns.create': ({ campaigns }) => campaigns.create(A_CAMPAIGN),
  'campaigns.get': ({ campaigns }) => campaigns.get('c'),
  'campaigns.list': ({ campaigns }) => campaigns.list(),
  'campaigns.update': ({ campaigns }) => campaigns.update('c', { name: 'Diwali' }),
  'campaigns.pause': ({ campaigns }) => campaigns.pause('c'),
  'campaigns.resume': ({ campaigns }) => campaigns.resume('c'),
  'campaigns.complete': ({ campaigns }) => campaigns.complete('c'),
  'campaigns.archive': ({ campaigns }) => campaigns.archive('c'),
  'campaigns.delete': ({ campaigns }) => campaigns.delete('c'),
  'campaigns.listCalls': ({ campaigns }) => campaigns.listCalls('c'),
  'smsCampaigns.create': ({ smsCampaigns }) => smsCampaigns.create(AN_SMS_CAMPAIGN),
  'smsCampaigns.get': ({ smsCampaigns }) => smsCampaigns.get('c'),
  'smsCampaigns.list': ({ smsCampaigns }) => smsCampaigns.list(),
  'smsCampaigns.pause': ({ smsCampaigns }) => smsCampaigns.pause('c'),
  'smsCampaigns.listMessages': ({ smsCampaigns }) => smsCampaigns.listMessages('c'),
  'campaignLists.create': ({ campaignLists }) => campaignLists.create({ name: 'VIP' }),
  'campaignLists.createMany': ({ campaignLists }) => campaignLists.createMany([{ name: 'VIP' }]),
  'campaignLists.get': ({ campaignLists }) => campaignLists.get('l'),
  'campaignLists.list': ({ campaignLists }) => campaignLists.list(),
  'campaignLists.rename': ({ campaignLists }) => campaignLists.rename('l', 'VIP'),
  'campaignLists.renameMany': ({ campaignLists }) =>
    campaignLists.renameMany([{ listSid: 'l', name: 'VIP' }]),
  'campaignLists.delete': ({ campaignLists }) => campaignLists.delete('l'),
  'campaignLists.listContacts': ({ campaignLists }) => campaignLists.listContacts('l'),
  'campaignLists.addContacts': ({ campaignLists }) => campaignLists.addContacts('l', ['c']),
  'campaignLists.removeContact': ({ campaignLists }) => campaignLists.removeContact('l', 'c'),
  'campaignLists.uploadCsv': ({ campaignLists }) =>
    campaignLists.uploadCsv({ listName: 'VIP', csv: 'number\n+910000000000', type: 'static' }),
  'campaignLists.csvStatus': ({ campaignLists }) => campaignLists.csvStatus('u'),
  'campaignContacts.create': ({ campaignContacts }) =>
    campaignContacts.create({ number: '+910000000000' }),
  'campaignContacts.createMany': ({ campaignContacts }) =>
    campaignContacts.createMany([{ number: '+910000000000' }]),
  'campaignContacts.get': ({ campaignContacts }) => campaignContacts.get('c'),
  'campaignContacts.list': ({ campaignContacts }) => campaignContacts.list(),
  'campaignContacts.update': ({ campaignContacts }) => campaignContacts.update('c', { tag: 'vip' }),
  'campaignContacts.updateMany': ({ campaignContacts }) =>
    campaignContacts.updateMany([{ contactSid: 'c', tag: 'vip' }]),
  'campaignContacts.delete': ({ campaignContacts }) => campaignContacts.delete('c'),
  'exoPhones.available': ({ exoPhones }) =>
    exoPhones.available({ country: 'IN', type: 'Landline' }),
  'exoPhones.list': ({ exoPhones }) => exoPhones.list(),
  'exoPhones.get': ({ exoPhones }) => exoPhones.get('e'),
  'exoPhones.buy': ({ exoPhones }) => exoPhones.buy({ phoneNumber: '+918012345678' }),
  'exoPhones.update': ({ exoPhones }) => exoPhones.update('e', { friendlyName: 'Sales' }),
  'exoPhones.release': ({ exoPhones }) => exoPhones.release('e'),
  'exoPhones.health': ({ exoPhones }) => exoPhones.health('e'),
  'account.balance': ({ account }) => account.balance(),
  'account.numberMetadata': ({ account }) => account.numberMetadata('+910000000000'),
};
