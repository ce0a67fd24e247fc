import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { generateKeyPairSync } from 'node:crypto';

import { createBearerAdapter } from '../src/axios/bearer-adapter.js';
import { createBearerFetch } from '../src/fetch/index.js';
import {
  attachBearer,
  createProviderClient,
  createTokenSource,
  defineProvider,
} from '../src/index.js';
import { createUserTokens, oauth2 } from '../src/oauth/index.js';
import { createOpenTelemetry } from '../src/opentelemetry/index.js';
import {
  auth0,
  box,
  entra,
  googleServiceAccount,
  marketo,
  okta,
  paypal,
} from '../src/presets/index.js';
import {
  exotel,
  inQuery,
  learning360,
  oauth2ClientCredentials,
  singleview,
  udara360,
} from '../src/providers/index.js';
import { createRedisStore } from '../src/redis/index.js';
import { createMemoryStore, createSharedStore } from '../src/store/index.js';
import {
  createChaosStore,
  createFakeClock,
  createFakeTokenEndpoint,
} from '../src/testing/index.js';

/*
 * Wrong values that people write in JavaScript, from environment variables and in files, for the options of every entry point: a typed
 * error at creation names the option and says what to do.
 */

const client = { clientId: 'client-1', clientSecret: 'fake-secret-of-at-least-32-letters' };
const API = { ...client, baseURL: 'https://api.acme.test' };
const SERVER = { ...API, tokenUrl: 'https://login.acme.test/token' };
const provider = oauth2ClientCredentials(SERVER);
const { privateKey: key } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const redis = { eval: () => undefined, evalSha: () => undefined, sendCommand: () => undefined };
const definition = {
  name: 'acme',
  baseURL: API.baseURL,
  credentials: { key: 'fake' },
  credentialFields: { key: {} },
  tokenRequest: () => ({ url: '/token' }),
  parseToken: () => ({ accessToken: 'fake' }),
};
const users = {
  createTokenSource,
  ...SERVER,
  load: () => undefined,
  save: () => undefined,
};

type Create = (options: never) => unknown;

const NO_TEXT = [null, '', ' x ', 7, true, {}, []];
const NO_URL = [...NO_TEXT, 'api.acme.test', 'localhost:3000', new URL(API.baseURL)];
const NO_FLAG = [null, '', 'true', 1, {}];
const NO_NUMBER = [null, '', '30', NaN, Infinity, -1, true];
const NO_FUNCTION = [null, '', 'x', true, {}];
const NO_OBJECT = [null, '', 'x', 7, true, ['x'], Promise.resolve({})];
const NO_LIST = [null, 'x', {}, [7], [null], ['']];
const NO_PARAMS = [...NO_OBJECT, { tenant: null }, { tenant: 7 }];
const NO_SCOPE = [null, '', ' x ', 7, {}, [], [7]];

const table: readonly [
  name: string,
  create: Create,
  right: object,
  wrong: Readonly<Record<string, readonly unknown[]>>,
][] = [
  [
    'createTokenSource',
    (options) => createTokenSource(provider, options),
    {},
    {
      'options.cacheIdentity': NO_TEXT,
      'options.clock': [...NO_OBJECT, { now: Date.now }],
      'options.random': NO_FUNCTION,
      'options.transport': NO_OBJECT,
      'options.keepWarm': NO_FLAG,
      'options.flightTimeoutMs': NO_NUMBER,
    },
  ],
  [
    'attachBearer',
    (options) => attachBearer(axios.create(), provider, options),
    {},
    {
      'options.onForeignOrigin': NO_TEXT,
      'options.onReplay': NO_FUNCTION,
      'options.transport': NO_OBJECT,
    },
  ],
  [
    'the config of createProviderClient',
    (config) => createProviderClient(provider, config),
    {},
    { 'config.keepWarm': [true] },
  ],
  [
    'createBearerAdapter',
    (options) => createBearerAdapter(provider, options),
    {},
    { 'options.onForeignOrigin': NO_TEXT, 'options.keepWarm': NO_FLAG },
  ],
  [
    'createBearerFetch',
    (options) => createBearerFetch(provider, options),
    {},
    { 'options.fetch': NO_FUNCTION, 'options.cacheIdentity': NO_TEXT },
  ],
  [
    'defineProvider',
    defineProvider,
    definition,
    {
      name: NO_TEXT,
      baseURL: NO_URL,
      origins: [...NO_LIST, ['api.acme.test']],
      paramNames: NO_LIST,
      allowInsecureHttp: NO_FLAG,
      singleActiveToken: NO_FLAG,
      defaultLifetimeSeconds: NO_NUMBER,
      tokenBudget: NO_OBJECT,
      tokenPlacement: [...NO_OBJECT, inQuery],
      credentialFields: NO_OBJECT,
      tokenRequest: NO_FUNCTION,
      diagnose: NO_FUNCTION,
    },
  ],
  [
    'a rule for a credential',
    (rules) => defineProvider({ ...definition, credentialFields: { key: rules } }),
    {},
    {
      'credentialFields.key.secret': NO_FLAG,
      'credentialFields.key.perCall': NO_FLAG,
      'credentialFields.key.maxLength': NO_NUMBER,
    },
  ],
  [
    'a token budget',
    (tokenBudget) => defineProvider({ ...definition, tokenBudget }),
    { calls: 3, windowMs: 60_000 },
    { 'tokenBudget.calls': NO_NUMBER, 'tokenBudget.windowMs': NO_NUMBER },
  ],
  [
    'oauth2ClientCredentials',
    oauth2ClientCredentials,
    SERVER,
    {
      tokenUrl: [...NO_URL, 'http://login.acme.test/token'],
      baseURL: NO_URL,
      name: NO_TEXT,
      bodyEncoding: NO_TEXT,
      clientAuthentication: NO_TEXT,
      scope: NO_SCOPE,
      audience: NO_TEXT,
      resource: NO_SCOPE,
      extraParams: NO_PARAMS,
      paramNames: NO_LIST,
      defaultLifetimeSeconds: NO_NUMBER,
      singleActiveToken: NO_FLAG,
      credentials: [null, '', 'x', []],
    },
  ],
  [
    'oauth2',
    oauth2,
    SERVER,
    {
      tokenUrl: NO_URL,
      name: NO_TEXT,
      audience: NO_TEXT,
      resource: NO_SCOPE,
      extraParams: NO_PARAMS,
      clientAuthentication: [null, '', 'basic', 7],
      allowInsecureHttp: NO_FLAG,
      credentials: [null],
    },
  ],
  [
    'oauth2 with a protected resource',
    oauth2,
    { ...API, protectedResource: API.baseURL, issuers: ['https://login.acme.test'] },
    { protectedResource: NO_URL, issuers: [...NO_LIST, [], ['login.acme.test']] },
  ],
  [
    'an assertion as grant',
    (grant) => oauth2({ ...SERVER, grant }),
    { type: 'jwt-bearer', key },
    {
      'grant.keyId': NO_TEXT,
      'grant.claims': NO_OBJECT,
      'grant.scopeInClaims': NO_FLAG,
      'grant.lifetimeSeconds': NO_NUMBER,
    },
  ],
  [
    'a token exchange',
    (grant) => oauth2({ ...SERVER, grant }),
    { type: 'token-exchange', subjectToken: 'fake', subjectTokenType: 'jwt' },
    { 'grant.subjectTokenType': NO_TEXT, 'grant.requestedTokenType': NO_TEXT },
  ],
  [
    'a token exchange for an actor',
    (grant) => oauth2({ ...SERVER, grant }),
    {
      ...{ type: 'token-exchange', subjectToken: 'fake', subjectTokenType: 'jwt' },
      ...{ actorToken: 'fake', actorTokenType: 'jwt' },
    },
    {
      'grant.actorToken': [undefined, ...NO_TEXT],
      'grant.actorTokenType': [undefined, ...NO_TEXT],
    },
  ],
  [
    'private_key_jwt',
    (clientAuthentication) => oauth2({ ...SERVER, clientSecret: undefined, clientAuthentication }),
    { method: 'private_key_jwt', key },
    {
      'clientAuthentication.audience': NO_TEXT,
      'clientAuthentication.keyId': NO_TEXT,
      'clientAuthentication.lifetimeSeconds': NO_NUMBER,
    },
  ],
  [
    'createUserTokens',
    createUserTokens,
    users,
    { tokenUrl: NO_URL, extraParams: NO_PARAMS, name: NO_TEXT, load: NO_FUNCTION },
  ],
  [
    'the source of createUserTokens',
    (options) => createUserTokens(users, options),
    {},
    { 'options.cacheIdentity': NO_TEXT, 'options.maxAttempts': NO_NUMBER },
  ],
  [
    'exotel',
    exotel,
    { accountSid: 'acme', apiKey: 'fake', apiToken: 'fake' },
    { baseURL: NO_URL, region: NO_TEXT, isTokenRejection: NO_FUNCTION },
  ],
  ['learning360', learning360, client, { region: NO_TEXT, userId: NO_TEXT, companyId: NO_TEXT }],
  ['udara360', udara360, client, { environment: NO_TEXT, baseURL: NO_URL }],
  [
    'singleview',
    singleview,
    { clientId: 'client-1', clientCode: 'fake', merchantId: 'shop' },
    { grantType: NO_TEXT, environment: NO_TEXT, tokenHeaders: NO_OBJECT },
  ],
  [
    'marketo',
    marketo,
    { ...API, identityUrl: 'https://acme.mktorest.test/identity' },
    { identityUrl: NO_URL, tokenUrl: NO_URL, baseURL: NO_URL },
  ],
  [
    'auth0',
    auth0,
    { ...API, domain: 'acme.test', audience: 'a' },
    { domain: NO_TEXT, audience: NO_TEXT, organization: NO_TEXT },
  ],
  [
    'okta',
    okta,
    { ...API, domain: 'acme.test', scope: 's' },
    { domain: NO_TEXT, scope: NO_SCOPE, authorizationServerId: NO_TEXT },
  ],
  ['entra', entra, { ...API, tenantId: 't', scope: 's' }, { tenantId: NO_TEXT, scope: NO_SCOPE }],
  ['box', box, { ...client, userId: '42' }, { userId: NO_TEXT }],
  ['paypal', paypal, client, { environment: NO_TEXT, tokenUrl: NO_URL }],
  [
    'googleServiceAccount',
    googleServiceAccount,
    { credentials: () => ({}), baseURL: API.baseURL, scope: 's' },
    { subject: NO_TEXT, tokenUrl: NO_URL },
  ],
  ['createMemoryStore', createMemoryStore, {}, { 'options.clock': [null, {}, Date.now] }],
  [
    'createSharedStore',
    createSharedStore,
    { open: () => undefined },
    { 'store.check': NO_FUNCTION },
  ],
  [
    'createRedisStore',
    (options) => createRedisStore(redis as never, options),
    {},
    { 'options.keyPrefix': NO_TEXT },
  ],
  [
    'createOpenTelemetry',
    (options) => createOpenTelemetry(createTokenSource(provider), options),
    {},
    {
      'options.spans': NO_FLAG,
      'options.meterProvider': NO_OBJECT,
      'options.tracerProvider': NO_OBJECT,
    },
  ],
  [
    'createFakeClock',
    createFakeClock,
    {},
    { now: [null, '30', NaN], monotonic: [null, '30', NaN] },
  ],
  [
    'createFakeTokenEndpoint',
    createFakeTokenEndpoint,
    {},
    { clock: NO_OBJECT, toBody: NO_FUNCTION },
  ],
  [
    'createChaosStore',
    (options) => createChaosStore(createMemoryStore(), options),
    {},
    { schedule: NO_FUNCTION },
  ],
];

const refusalOf = (create: () => unknown) => {
  try {
    create();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe.each(table)('%s', (_, create, right, wrong) => {
  test('takes what is right', () => {
    expect(refusalOf(() => create(right as never))).toBeUndefined();
  });

  const rows = Object.entries(wrong).flatMap(([option, values]) =>
    values.map((value) => ({ option, value })),
  );
  test.each(rows)('refuses $option: $value', ({ option, value }) => {
    const name = option.split('.').at(-1) ?? option;
    const error = refusalOf(() => create({ ...right, [name]: value } as never));
    expect([option, error]).toEqual([
      option,
      expect.objectContaining({ code: 'ERR_BEARER_MISCONFIGURED', option }),
    ]);
  });

  const needed = rows.filter(({ option }) => {
    const name = option.split('.').at(-1) ?? option;
    return refusalOf(() => create({ ...right, [name]: undefined } as never)) !== undefined;
  });
  if (needed.length > 0)
    test.each(needed)('does not say to leave out $option: $value', ({ option, value }) => {
      const name = option.split('.').at(-1) ?? option;
      const error = refusalOf(() => create({ ...right, [name]: value } as never));
      expect(String(error)).not.toMatch(/leave it out/i);
    });

  test.each([[null], ['https://api.acme.test'], [7], [true], [['x']], [Promise.resolve(right)]])(
    'refuses %p as all of the options',
    (options) => {
      expect(refusalOf(() => create(options as never))).toMatchObject({
        code: 'ERR_BEARER_MISCONFIGURED',
      });
    },
  );
});
