import { afterEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';
import {
  createExotelApi,
  createExotelV4Api,
  type ExotelApi,
  type ExotelApiOptions,
} from '../../src/apis/exotel/index.js';
import {
  createTruecallerApi,
  type TruecallerApi,
  type TruecallerApiOptions,
} from '../../src/apis/truecaller/index.js';
import { createProviderClient } from '../../src/index.js';
import { exotel, truecaller } from '../../src/providers/index.js';
import { startSandbox, type SandboxControls } from '../../src/testing/index.js';
import { answerNext, failureOf } from './canned-answer.js';
import { A_CALL, BASIC, BASIC_HEADER } from './exotel/exotel-account.js';
import { nock } from '../setup/nock.js';
import { anEntry, PORTAL, WEBHOOKS } from './truecaller/truecaller-organisation.js';

/*
 * Nothing goes to a host that neither the instance's `baseURL` nor an option names: a client of a sandbox must not ring
 * telephones in production, nor take the account's key there.
 */

const SINGAPORE = { ccm: 'https://ccm-api.exotel.com', voice: 'https://api.exotel.com' };
const MUMBAI = { ccm: 'https://ccm-api.in.exotel.com', voice: 'https://api.in.exotel.com' };
const TRUECALLER = { portal: PORTAL, webhooks: WEBHOOKS };
const PROXY = 'https://proxy.example/telephony';
const OTHER = 'https://other.example';

/** One call of each part of an API, and the path that follows the host's address. */
type Calls<Api> = Record<string, { send: (api: Api) => Promise<unknown>; path: string }>;

const EXOTEL_CALLS = {
  ccm: { send: ({ calls }) => calls.list(), path: '/v2/accounts/acme/calls' },
  voice: { send: ({ voice }) => voice.get('s'), path: '/v1/Accounts/acme/Calls/s.json' },
  tenant: {
    send: ({ configuration }) => configuration.listProcesses({ contactCenterId: 1 }),
    path: '/configuration/cc/1/process',
  },
} satisfies Calls<ExotelApi>;

const TRUECALLER_CALLS = {
  portal: {
    send: ({ campaigns }) => campaigns.bulkUpload([anEntry()]),
    path: '/organisations/org/campaigns/bulk-upload',
  },
  webhooks: {
    send: ({ campaigns }) =>
      campaigns.exit([{ campaignId: 'c', receiverNumbers: ['910000000000'] }]),
    path: '/v2/campaigns/exit',
  },
} satisfies Calls<TruecallerApi>;

/** The address that each part of an API is sought at, or the field of the error that says why it is not sought at all. */
async function addressesOf<Api>(
  http: AxiosInstance,
  create: (http: AxiosInstance) => Api,
  calls: Calls<Api>,
): Promise<Record<string, string>> {
  const api = create(http);
  const found: [string, string][] = [];
  for (const [part, { send, path }] of Object.entries(calls)) {
    let uri: string | undefined;
    const stop = http.interceptors.request.use((config) => {
      uri = axios.getUri(config).split('?')[0];
      throw new Error('far enough');
    });
    const error = await failureOf(send(api));
    http.interceptors.request.eject(stop);
    found.push([
      part,
      uri?.endsWith(path) ? uri.slice(0, -path.length) : (uri ?? String(error.field)),
    ]);
  }
  return Object.fromEntries(found);
}

const instanceAt = (baseURL: string | undefined, config = {}) =>
  axios.create({ ...config, ...(baseURL === undefined ? {} : { baseURL }) });

describe('Exotel', () => {
  const exotelAt = (options: Partial<ExotelApiOptions>) => (http: AxiosInstance) =>
    createExotelApi(http, { accountSid: 'acme', basic: BASIC, ...options });

  const MISSING = 'options.hosts.';
  const inSingapore = { ...SINGAPORE, tenant: `${MISSING}tenant` };
  const inMumbai = { ...MUMBAI, tenant: `${MISSING}tenant` };
  const all = (url: string) => ({ ccm: url, voice: url, tenant: url });

  it.each([
    // A host of Exotel's as baseURL stands for the region, whatever path follows it.
    [SINGAPORE.ccm, {}, inSingapore],
    [SINGAPORE.voice, {}, inSingapore],
    [MUMBAI.ccm, {}, inMumbai],
    [MUMBAI.voice, {}, inMumbai],
    ['https://api.in.exotel.com/v1/Accounts/acme', {}, inMumbai],
    ['HTTPS://API.IN.EXOTEL.COM/', {}, inMumbai],
    ['http://api.in.exotel.com', {}, inMumbai],
    [MUMBAI.voice, { region: 'mumbai' }, inMumbai],
    // Any other one takes everything, its path kept.
    [OTHER, {}, all(OTHER)],
    [PROXY, {}, all(PROXY)],
    [`${PROXY}/`, {}, all(PROXY)],
    ['https://api.exotel.com:8443', {}, all('https://api.exotel.com:8443')],
    ['https://api.exotel.com.example', {}, all('https://api.exotel.com.example')],
    ['/exotel', {}, all('/exotel')],
    // Without one, the region says it.
    [undefined, { region: 'mumbai' }, inMumbai],
    ['', { region: 'singapore' }, inSingapore],
    // What `hosts` names goes first; the rest follows the baseURL or the region, or is never called.
    [OTHER, { hosts: { ccm: ` ${PROXY}/ ` } }, { ...all(OTHER), ccm: PROXY }],
    [MUMBAI.ccm, { hosts: { ccm: PROXY } }, { ...inMumbai, ccm: PROXY }],
    [undefined, { region: 'mumbai', hosts: { tenant: OTHER } }, { ...MUMBAI, tenant: OTHER }],
    [
      undefined,
      { hosts: { ccm: PROXY } },
      { ccm: PROXY, voice: `${MISSING}voice`, tenant: `${MISSING}tenant` },
    ],
    [
      undefined,
      { hosts: { tenant: OTHER, ccm: undefined } },
      { ccm: `${MISSING}ccm`, voice: `${MISSING}voice`, tenant: OTHER },
    ],
    // Hosts that are all named overrule a region and a baseURL that contradict each other.
    [SINGAPORE.ccm, { region: 'mumbai', hosts: MUMBAI }, inMumbai],
    [OTHER, { region: 'mumbai', hosts: MUMBAI }, { ...MUMBAI, tenant: OTHER }],
  ] satisfies [string | undefined, Partial<ExotelApiOptions>, object][])(
    'with baseURL %j and %j goes to %j',
    async (baseURL, options, addresses) => {
      expect(await addressesOf(instanceAt(baseURL), exotelAt(options), EXOTEL_CALLS)).toEqual(
        addresses,
      );
    },
  );

  it.each([
    [undefined, {}, 'hosts', "hosts or region ('singapore' or 'mumbai') is required"],
    ['', {}, 'hosts', 'is required'],
    [undefined, { hosts: {} }, 'hosts', 'is required'],
    [undefined, { hosts: { ccm: 'ftp://host.example' } }, 'hosts.ccm', 'http or https URL'],
    [SINGAPORE.voice, { region: 'mumbai' }, 'region', "a host of 'singapore'"],
    [OTHER, { region: 'mumbai' }, 'region', "none of that region's hosts"],
    [OTHER, { region: 'mumbai', hosts: { ccm: PROXY } }, 'region', 'leave region out'],
  ] satisfies [string | undefined, Partial<ExotelApiOptions>, string, string][])(
    'with baseURL %j and %j is not made, for want of %s',
    (baseURL, options, field, says) => {
      for (const create of [createExotelApi, createExotelV4Api]) {
        expect(() =>
          create(instanceAt(baseURL), { accountSid: 'acme', basic: BASIC, ...options }),
        ).toThrow(
          expect.objectContaining({
            code: 'ERR_API_INPUT',
            operation: create.name,
            field,
            message: expect.stringContaining(says),
          }),
        );
      }
    },
  );

  it('goes there on an instance that forbids absolute URLs', async () => {
    const http = instanceAt(PROXY, { allowAbsoluteUrls: false });
    const api = exotelAt({ hosts: { voice: OTHER } });
    expect(await addressesOf(http, api, EXOTEL_CALLS)).toEqual({ ...all(PROXY), voice: OTHER });
  });

  it('follows a baseURL that is changed later, and calls nothing when it then contradicts the region', async () => {
    const http = instanceAt(MUMBAI.ccm);
    const api = exotelAt({})(http);
    const withRegion = exotelAt({ region: 'mumbai' })(http);
    http.defaults.baseURL = PROXY;
    expect(await addressesOf(http, () => api, EXOTEL_CALLS)).toEqual(all(PROXY));
    expect(await addressesOf(http, () => withRegion, EXOTEL_CALLS)).toEqual(all('region'));
  });

  it('v4 follows the same rule', async () => {
    const create = (http: AxiosInstance) => createExotelV4Api(http, { accountSid: 'acme' });
    const users = {
      users: {
        send: (api: ReturnType<typeof create>) => api.users.list(),
        path: '/v4/accounts/acme/users',
      },
    };
    expect(await addressesOf(instanceAt(PROXY), create, users)).toEqual({ users: PROXY });
    expect(await addressesOf(instanceAt(MUMBAI.voice), create, users)).toEqual({
      users: MUMBAI.ccm,
    });
  });
});

describe('Truecaller', () => {
  const truecallerAt = (options: Partial<TruecallerApiOptions>) => (http: AxiosInstance) =>
    createTruecallerApi(http, { organisationId: 'org', webhook: { token: 't' }, ...options });
  const all = (url: string) => ({ portal: url, webhooks: url });

  it.each([
    [TRUECALLER.portal, {}, TRUECALLER],
    [TRUECALLER.webhooks, {}, TRUECALLER],
    [`${TRUECALLER.portal}/organisations/org`, {}, TRUECALLER],
    [OTHER, {}, all(OTHER)],
    [PROXY, {}, all(PROXY)],
    [PROXY, { hosts: { webhooks: OTHER } }, { portal: PROXY, webhooks: OTHER }],
    [undefined, { hosts: TRUECALLER }, TRUECALLER],
    [
      undefined,
      { hosts: { portal: OTHER } },
      { portal: OTHER, webhooks: 'options.hosts.webhooks' },
    ],
  ] satisfies [string | undefined, Partial<TruecallerApiOptions>, object][])(
    'with baseURL %j and %j goes to %j',
    async (baseURL, options, addresses) => {
      expect(
        await addressesOf(instanceAt(baseURL), truecallerAt(options), TRUECALLER_CALLS),
      ).toEqual(addresses);
    },
  );

  it.each([{}, { hosts: {} }])(
    'without a baseURL and with %j is not made, and is told its hosts',
    (options) => {
      expect(() => truecallerAt(options)(axios.create())).toThrow(
        expect.objectContaining({
          code: 'ERR_API_INPUT',
          operation: 'createTruecallerApi',
          field: 'hosts',
          message: expect.stringContaining(TRUECALLER.webhooks),
        }),
      );
    },
  );
});

describe('a client of the sandbox', () => {
  let sandbox: SandboxControls | undefined;
  afterEach(async () => {
    await sandbox?.close();
  });

  it('rings, lists and configures in the sandbox, and never in production', async () => {
    const rang: string[] = [];
    for (const host of [...Object.values(SINGAPORE), ...Object.values(MUMBAI)]) {
      const note = (path: string) => (rang.push(host + path), '{}');
      nock(host).persist().get(/.*/).reply(200, note).post(/.*/).reply(200, note);
    }
    const running = await startSandbox({ only: ['exotel'] });
    sandbox = running;
    const { url, credentials, agents, tenantCredentials } = running.exotel;
    const { accountSid, ...basic } = credentials;
    const http = createProviderClient(exotel({ ...credentials, region: 'mumbai', baseURL: url }));
    const api = createExotelApi(http, { accountSid, basic, tenantBasic: tenantCredentials });

    await api.calls.create({ ...A_CALL, from: { userId: agents[0]!.userId } });
    await api.voice.connectNumbers({
      from: '+910000000000',
      to: '+910000000001',
      callerId: '08000000000',
    });
    await api.callsV3.active({ wire: { v3ExtrasHost: 'voice' } });
    await api.configuration.listProcesses({ contactCenterId: 1 });

    expect([running.exotel.calls.length, running.exotel.voiceCalls.length]).toEqual([1, 1]);
    expect(running.exotel.requests).toHaveLength(4);
    expect(rang).toEqual([]);
  });

  it('adds people to campaigns and removes them in the sandbox', async () => {
    const running = await startSandbox({ only: ['truecaller'] });
    sandbox = running;
    const { url, credentials, webhookCredentials } = running.truecaller;
    const { organisationId } = credentials;
    const { orgId, orgToken: token } = webhookCredentials;
    const http = createProviderClient(truecaller({ ...credentials, baseURL: url }));
    const { campaigns } = createTruecallerApi(http, { organisationId, webhook: { orgId, token } });

    await campaigns.bulkUpload([anEntry()]);
    await campaigns.trigger(anEntry());
    await campaigns.exit([{ campaignId: 'c', receiverNumbers: ['910000000000'] }]);

    const { bulkUploads, pushes, exits } = running.truecaller;
    expect([bulkUploads.length, pushes.length, exits.length]).toEqual([1, 1, 1]);
  });
});

describe("the account's key", () => {
  it('does not follow a redirect, not even to a host below the named one', async () => {
    const sent = answerNext(PROXY.replace('/telephony', ''), 'GET', {
      status: 302,
      headers: { location: 'https://elsewhere.proxy.example/' },
    });
    const stolen = answerNext('https://elsewhere.proxy.example', 'GET', {});
    const api = createExotelApi(instanceAt(PROXY), { accountSid: 'acme', basic: BASIC });
    await expect(api.voice.get('s')).rejects.toMatchObject({ status: 302 });
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([BASIC_HEADER]);
    expect(stolen).toEqual([]);
  });
});
