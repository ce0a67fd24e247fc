import { describe, expect, jest, test } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';

import {
  attachBearer,
  bearerOf,
  createTokenSource,
  type Provider,
  createProviderClient,
} from '../../src/index.js';
import {
  oauth2ClientCredentials,
  type OAuth2ClientCredentialsOptions,
} from '../../src/providers/index.js';
import { misconfiguration } from '../providers/conversation.js';
import { createMemoryServer } from './support.js';

const { provider } = createMemoryServer();
const fake = { clientId: 'fake-client', clientSecret: 'fake-secret' };

/** The same provider as `provider`, but for what is given. */
function another(options: object): Provider {
  const { name, baseURL } = provider;
  const credentials = 'credentials' in options ? {} : fake;
  const description = { name, baseURL, tokenUrl: `${baseURL}/token`, ...credentials, ...options };
  return oauth2ClientCredentials(description as OAuth2ClientCredentialsOptions);
}

const NO_INSTANCE =
  'instance is not an axios instance. Pass what axios.create() returns, or axios itself; ' +
  'a mock needs both interceptors with `use`.';

const refusalOf = (attach: () => unknown) => misconfiguration(attach).message;

describe('an instance that already has a token source', () => {
  test('keeps its attachment when a provider made of the same data is attached, as by a handler at each request', () => {
    const http = axios.create();
    const attachment = attachBearer(http, another({}));
    expect(attachBearer(http, another({}))).toBe(attachment);
    attachment.detach();
  });

  test('keeps its attachment when the same provider, or the same source, is attached once more', () => {
    const http = axios.create();
    const attachment = attachBearer(http, provider);
    expect(attachBearer(http, provider)).toBe(attachment);
    expect(attachBearer(http, attachment.source)).toBe(attachment);
    attachment.detach();
  });

  test.each<[string, () => Provider | ReturnType<typeof createTokenSource>]>([
    ['another client of the same provider', () => another({ clientId: 'another-client' })],
    ['one whose credentials come from a function', () => another({ credentials: () => fake })],
    ['another source of the same provider', () => createTokenSource(provider)],
  ])('refuses %s, and says what to do', (_, other) => {
    const http = axios.create();
    const attachment = attachBearer(http, provider);
    expect(refusalOf(() => attachBearer(http, other() as Provider))).toBe(
      `${provider.name}: the instance already has ${provider.name} attached for ${provider.baseURL}. ` +
        'Detach that first, use another instance, or pass the same provider object or token source again.',
    );
    expect(bearerOf(http)).toBe(attachment);
  });

  test('keeps a later attachment when an earlier one is detached again', () => {
    const http = axios.create();
    const first = attachBearer(http, provider);
    first.detach();
    const second = attachBearer(http, provider);
    first.detach();
    expect(bearerOf(http)).toBe(second);
    second.detach();
    expect(bearerOf(http)).toBeUndefined();
  });
});

describe('what cannot work is refused at once', () => {
  test.each([
    ['onForeignOrgin', 'onForeignOrigin'],
    ['earlyWindow', 'earlyWindowMs'],
  ])('an unknown option, with a suggestion: %s', (name, meant) => {
    const attach = () => attachBearer(axios.create(), provider, { [name]: 'error' });
    expect(refusalOf(attach)).toContain(
      `options.${name} is not an option of an attachment. Did you mean \`${meant}\`?`,
    );
    expect(() =>
      attachBearer(axios.create(), provider, { [name]: undefined }).detach(),
    ).not.toThrow();
  });

  test('a base URL outside the provider’s origins, with all that are allowed', () => {
    const twoOrigins = { ...provider, allowedOrigins: ['https://a.example', 'https://b.example'] };
    const http = axios.create({ baseURL: 'https://c.example' });
    expect(refusalOf(() => attachBearer(http, twoOrigins as Provider))).toBe(
      `${provider.name}: the instance's baseURL is not one of the origins that the token may go to ` +
        "(https://a.example, https://b.example). Set the provider's baseURL or origins to match.",
    );
  });

  test('but no base URL that an earlier attachment serves', () => {
    const http = axios.create({ baseURL: provider.baseURL });
    attachBearer(http, provider);
    const other = attachBearer(http, another({ name: 'other', baseURL: 'https://b.example' }));
    expect(bearerOf(http, 'https://b.example/x')).toBe(other);
  });

  test.each(['maxStaleMs', 'onReplay', 'keepWarm'])(
    'an option of ours among those of axios: %s',
    (option) => {
      const create = () => createProviderClient(provider, { [option]: 1 });
      expect(refusalOf(create)).toBe(
        `${provider.name}: config.${option} has no effect on axios. Pass it in the third argument.`,
      );
    },
  );

  test('but no transport, which is an option of axios too', () => {
    const transport = { request: () => undefined };
    const { defaults } = createProviderClient(provider, { transport });
    expect(defaults).toMatchObject({ transport, baseURL: provider.baseURL });
  });

  test('but no base URL that is a path, whatever it names: only the page it is on knows its origin', () => {
    const http = axios.create({ baseURL: '/proxy/https://c.example' });
    expect(() => attachBearer(http, provider).detach()).not.toThrow();
  });

  test('an unknown value of onForeignOrigin', () => {
    const options = { onForeignOrigin: 'deny' as never };
    expect(refusalOf(() => attachBearer(axios.create(), provider, options))).toBe(
      `${provider.name}: options.onForeignOrigin "deny" is not known. Use one of: pass, error.`,
    );
  });

  const manager = { use: () => 0 };

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['request interceptors alone', { interceptors: { request: manager } }],
    ['response interceptors alone', { interceptors: { response: manager } }],
    ['managers that take nothing', { interceptors: { request: manager, response: {} } }],
  ])('%s in place of an instance', (_, instance) => {
    expect(refusalOf(() => attachBearer(instance as AxiosInstance, provider))).toBe(NO_INSTANCE);
  });

  test.each([undefined, null, 'https://acme.test'])('the attachment of %p', (instance) => {
    expect(refusalOf(() => bearerOf(instance as never))).toBe(NO_INSTANCE);
  });
});

test.each([undefined, { get: () => undefined }])(
  'a client of a mocked axios is what that creates: %p',
  (mock) => {
    const create = jest.spyOn(axios, 'create').mockReturnValue(mock as never);
    expect(createProviderClient(provider)).toBe(mock);
    create.mockRestore();
  },
);

test.each<[string, unknown]>([
  ['a factory that was not called', () => undefined],
  [
    'a definition that defineProvider() has not seen',
    { name: 'acme', baseURL: 'https://acme.test' },
  ],
  ['nothing', undefined],
])('refuses %s for a provider', (_, provider) => {
  expect(() => createProviderClient(provider as never)).toThrow(/^provider is /);
  expect(() => attachBearer(axios.create(), provider as never)).toThrow(/^provider is /);
  expect(() => createTokenSource(provider as never)).toThrow(/^provider is /);
});
