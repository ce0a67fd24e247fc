import { afterEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';

import { attachBearer } from '../../src/axios/attach-bearer.js';
import { givenOptions } from '../../src/concealment/given-options.js';
import { defineProvider } from '../../src/provider-definition/define-provider.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  truecallerCalls,
  udara360,
} from '../../src/providers/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';

const polluted = new Set<string>();

/** What a dependency lets a stranger do. */
function pollute(members: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(members)) {
    polluted.add(name);
    (Object.prototype as Record<string, unknown>)[name] = value;
  }
}

afterEach(() => {
  for (const name of polluted) Reflect.deleteProperty(Object.prototype, name);
  polluted.clear();
});

const EVIL = {
  baseURL: 'https://evil.example.com',
  origins: ['https://evil.example.com'],
  region: 'evil',
  environment: 'evil',
  name: 'evil',
  allowInsecureHttp: true,
  clientAuthentication: 'client_secret_post',
  scope: 'evil',
  extraParams: { evil: 'yes' },
  credentials: () => ({ clientId: 'evil', clientSecret: 'evil' }),
  tokenHeaders: { evil: 'yes' },
  userId: 'evil',
  optional: true,
};

const OAUTH2 = {
  tokenUrl: 'https://login.example.com/token',
  baseURL: 'https://api.example.com',
  clientId: 'id',
  clientSecret: 'secret',
};

describe('an option that only Object.prototype carries', () => {
  it.each([
    ['exotel', () => exotel({ accountSid: 'acme', apiKey: 'key', apiToken: 'token' })],
    ['learning360', () => learning360({ clientId: 'id', clientSecret: 'secret' })],
    ['oauth2ClientCredentials', () => oauth2ClientCredentials(OAUTH2)],
    ['singleview', () => singleview({ clientId: 'id', clientCode: 'code', merchantId: 'm' })],
    ['truecaller', () => truecaller({ organisationId: 'o', apiKey: 'key', keyId: 'id' })],
    [
      'truecallerCalls',
      () => truecallerCalls({ clientAccountId: 'c', apiKey: 'key', keyId: 'id' }),
    ],
    ['udara360', () => udara360({ clientId: 'id', clientSecret: 'secret' })],
  ])('changes nothing about a provider: %s', async (_, create) => {
    const described = async () => {
      const { tokenRequest, ...provider } = create();
      const credentials = await provider.resolveCredentials({
        params: {},
        signal: AbortSignal.timeout(1_000),
      });
      const request = (tokenRequest as (credentials: object, params: object) => unknown)(
        credentials,
        {},
      );
      return JSON.stringify([provider, credentials, request]);
    };
    const before = await described();

    pollute(EVIL);

    expect(await described()).toBe(before);
  });

  it('is no part of a provider definition, and no credential', () => {
    pollute({ singleActiveToken: true, defaultLifetimeSeconds: 1, optional: true, secret: 'evil' });
    const define = (credentials: object) =>
      defineProvider({
        name: 'mine',
        baseURL: 'https://api.example.com',
        credentials: credentials as { secret: string },
        credentialFields: { secret: {} },
        tokenRequest: () => ({ url: '/token' }),
        parseToken: () => ({ accessToken: 'a-token' }),
      });

    expect(define({ secret: 'mine' })).toMatchObject({
      singleActiveToken: undefined,
      defaultLifetimeSeconds: undefined,
    });
    expect(() => define({})).toThrow('secret is missing');
  });

  it('is neither one of a token source nor one of an attachment', async () => {
    const sent: string[] = [];
    const adapterOf = (name: string) => (config: object) => {
      sent.push(`${name}: ${JSON.stringify(config, ['url', 'method', 'proxy', 'host'])}`);
      return Promise.reject(new Error('unused'));
    };
    const source = createTokenSource(oauth2ClientCredentials(OAUTH2), {
      transport: { adapter: adapterOf('mine') },
      maxAttempts: 1,
    });
    pollute({ store: {}, cacheIdentity: 7, maxAttempts: 'evil', onForeignOrigin: 'evil' });
    pollute({ adapter: adapterOf('evil'), proxy: { host: 'evil.example.com' }, method: 'GET' });

    await expect(source.getToken()).rejects.toMatchObject({
      code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE',
    });
    expect(sent).toEqual(['mine: {"url":"https://login.example.com/token","method":"post"}']);
    createTokenSource(oauth2ClientCredentials(OAUTH2), {}).close();
    const instance = axios.create();
    attachBearer(instance, oauth2ClientCredentials(OAUTH2), {}).detach();
  });
});

it.each([[undefined], [null], ['text'], [7]])(
  'options that are %p are refused as such, whatever Object.prototype carries',
  (options) => {
    pollute({ maxAttempts: 9 });
    expect(() => defineProvider(options as never)).toThrow('options is not an object');
  },
);

describe('options count as given', () => {
  class Defaults {
    readonly #maxAttempts = 2;
    get maxAttempts() {
      return this.#maxAttempts;
    }
  }
  const inherited = Object.create({ maxAttempts: 2 }) as { maxAttempts: number };
  const rootless = Object.assign(Object.create(null) as object, { maxAttempts: 2 });

  it.each([
    ['as members of an object', { maxAttempts: 2 }],
    ['as those of Object.create(defaults)', inherited],
    ['as getters of a class', new Defaults()],
    ['in an object without a prototype', rootless],
    ['in one that inherits from it', Object.create(rootless) as { maxAttempts: number }],
  ])('%s, whatever Object.prototype carries', (_, options: { maxAttempts?: number }) => {
    expect(givenOptions(options).maxAttempts).toBe(2);
    pollute({ maxAttempts: 9, get: 9, value: 9 });
    expect(givenOptions(options).maxAttempts).toBe(2);
    expect(givenOptions<{ maxAttempts?: number }>({}).maxAttempts).toBeUndefined();
  });

  it('are checked where they are inherited as well', () => {
    const provider = oauth2ClientCredentials(OAUTH2);
    const create = (defaults: object) => () =>
      createTokenSource(provider, Object.create(defaults) as object);

    expect(create({ maxAttempts: 0 })).toThrow('options.maxAttempts must be a whole number');
    expect(create({ maxAttempt: 1 })).toThrow('options.maxAttempt is not an option');
  });
});
