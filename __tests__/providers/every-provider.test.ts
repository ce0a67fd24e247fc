import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { isBearerError } from '../../src/errors/index.js';
import {
  isProvider,
  type TokenEndpointProvider,
} from '../../src/provider-definition/define-provider.js';
import {
  exotel,
  learning360,
  oauth2ClientCredentials,
  singleview,
  truecaller,
  truecallerCalls,
  udara360,
} from '../../src/providers/index.js';
import { everythingShownOf, judge, misconfiguration, requestOf } from './conversation.js';

/** Each provider with the names of its credentials, and the one of them that is most secret. */
const providers: {
  name: string;
  file: string;
  create: (options: any) => TokenEndpointProvider<any>;
  fields: string[];
  secret: string;
}[] = [
  {
    name: 'exotel',
    file: 'exotel',
    create: exotel,
    fields: ['accountSid', 'apiKey', 'apiToken'],
    secret: 'apiToken',
  },
  {
    name: 'truecaller',
    file: 'truecaller',
    create: truecaller,
    fields: ['organisationId', 'apiKey', 'keyId'],
    secret: 'apiKey',
  },
  {
    name: 'truecallerCalls',
    file: 'truecaller-calls',
    create: truecallerCalls,
    fields: ['clientAccountId', 'apiKey', 'keyId'],
    secret: 'apiKey',
  },
  {
    name: 'learning360',
    file: 'learning360',
    create: learning360,
    fields: ['clientId', 'clientSecret'],
    secret: 'clientSecret',
  },
  {
    name: 'singleview',
    file: 'singleview',
    create: singleview,
    fields: ['clientId', 'clientCode', 'merchantId'],
    secret: 'clientCode',
  },
  {
    name: 'udara360',
    file: 'udara360',
    create: udara360,
    fields: ['clientId', 'clientSecret'],
    secret: 'clientSecret',
  },
  {
    name: 'oauth2',
    file: 'oauth2-client-credentials',
    create: (options: object) =>
      oauth2ClientCredentials({
        tokenUrl: 'https://idp.example/token',
        baseURL: 'https://api.example',
        ...options,
      } as never),
    fields: ['clientId', 'clientSecret'],
    secret: 'clientSecret',
  },
];

const credentialsFor = (fields: string[]) =>
  Object.fromEntries(fields.map((field) => [field, `fake-${field}-value`]));

const context = () => ({ params: {}, signal: new AbortController().signal });

describe.each(providers)('$name', ({ name, file, create, fields, secret }) => {
  const credentials = credentialsFor(fields);

  it('is a provider by its name', () => {
    const provider = create(credentials);

    expect(isProvider(provider)).toBe(true);
    expect(provider.name).toBe(name);
  });

  it('says where its token call is described, and when that was last checked', () => {
    const { documentation } = create(credentials);

    expect(documentation?.url).toMatch(/^https:\/\//);
    expect(documentation?.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const opening = readFileSync(
      new URL(`../../src/providers/${file}.ts`, import.meta.url),
      'utf8',
    ).slice(0, 300);
    expect(opening).toContain(`checked ${documentation!.checkedOn}`);
  });

  it('goes over https unless told otherwise', () => {
    expect(
      create(credentials).allowedOrigins.every((origin) => origin.startsWith('https://')),
    ).toBe(true);
    expect(
      misconfiguration(() => create({ ...credentials, baseURL: 'http://10.0.0.1' })).option,
    ).toBe('baseURL');
  });

  describe.each(fields)('%s', (field) => {
    it.each<[string, unknown, string]>([
      ['missing', undefined, 'is missing'],
      ['null', null, 'is missing'],
      ['empty', '', 'is empty'],
      ['blank', '   ', 'is empty'],
      ['a number', 42, 'is not a string'],
      ['read from a file with its line break', 'fake-value\n', 'ends with a line break'],
      ['copied with a blank', ' fake-value', 'starts with whitespace'],
    ])('is refused at creation when it is %s', (_, value, problem) => {
      const error = misconfiguration(() => create({ ...credentials, [field]: value }));

      expect(error).toMatchObject({
        code: 'ERR_BEARER_MISCONFIGURED',
        provider: name,
        option: field,
      });
      expect(error.message).toMatch(new RegExp(`^${name}: ${field} ${problem}\\. [A-Z].+\\.$`));
      for (const other of Object.values(credentials))
        expect(everythingShownOf(error)).not.toContain(other);
    });
  });

  it('refuses an option that it does not have, and passes one that is not set', () => {
    const error = misconfiguration(() => create({ ...credentials, baseUrl: 'https://a.example' }));

    expect(error).toMatchObject({ provider: name, option: 'baseUrl' });
    expect(error.message).toContain('is not an option of this provider. Did you mean `baseURL`?');
    expect(() => create({ ...credentials, baseUrl: undefined })).not.toThrow();
  });

  it('takes the test for rejected tokens as an option', () => {
    const isTokenRejection = ({ status }: { status: number }) => status === 403;

    expect(create({ ...credentials, isTokenRejection }).isTokenRejection).toBe(isTokenRejection);
    expect(
      misconfiguration(() => create({ ...credentials, isTokenRejection: true })).message,
    ).toContain('isTokenRejection is not a function');
  });

  it('takes its credentials from a function, checked when they come', async () => {
    const provider = create({ credentials: () => Promise.resolve(credentials) });
    const broken = create({ credentials: () => ({ ...credentials, [secret]: '' }) });

    expect(provider.hasFixedCredentials).toBe(false);
    expect(await requestOf(provider)).toEqual(await requestOf(create(credentials)));
    await expect(broken.resolveCredentials(context())).rejects.toMatchObject({ option: secret });
  });

  it('takes its credentials as an object under that name too', async () => {
    expect(await requestOf(create({ credentials }))).toEqual(await requestOf(create(credentials)));
  });

  it('turns a function that fails into an error of its own, with the cause', async () => {
    const cause = new Error('The vault is sealed.');
    const provider = create({ credentials: () => Promise.reject(cause) });
    const error: unknown = await provider.resolveCredentials(context()).catch((e: unknown) => e);

    expect(isBearerError(error, 'ERR_CREDENTIALS_UNAVAILABLE')).toBe(true);
    expect(error).toMatchObject({ provider: name, phase: 'credentials', retryable: true, cause });
  });

  it('lets a token go to the origins that are named, and to no other', () => {
    const { allowedOrigins } = create({ ...credentials, origins: ['https://tenant.example.com'] });
    const { allowedOrigins: own } = create(credentials);

    expect(own).toHaveLength(1);
    expect(allowedOrigins).toEqual([...own, 'https://tenant.example.com']);
    expect(() => create({ ...credentials, origins: ['http://plain.example.com'] })).toThrow(
      'origins uses plain http',
    );
  });

  it.each([undefined, null, 42, 'text', {}])(
    'refuses nonsense from that function: %p',
    async (nonsense) => {
      const provider = create({ credentials: () => nonsense });

      await expect(provider.resolveCredentials(context())).rejects.toMatchObject({
        code: 'ERR_BEARER_MISCONFIGURED',
        provider: name,
      });
    },
  );

  it('behaviour 40: marks the secret as one, so that it is part of the identity and never shown', () => {
    const { credentialFields } = create(credentials);

    expect(Object.keys(credentialFields)).toEqual(fields);
    expect(credentialFields[secret]).toMatchObject({ secret: true });
  });

  it('behaviour 45: shows no credential when it is logged or serialised', () => {
    const shown = everythingShownOf(create(credentials));

    for (const value of Object.values(credentials)) expect(shown).not.toContain(value);
  });

  it('does not write to its options', () => {
    expect(() => create(Object.freeze({ ...credentials }))).not.toThrow();
  });

  it.each([
    ['HTML', '<html>Bad gateway</html>', 'malformed: is not JSON'],
    ['nothing', '', 'malformed: is empty'],
    ['a list', '[]', 'malformed: has no access token'],
    ['a number', '5', 'malformed: has no access token'],
    ['null', 'null', 'malformed: has no access token'],
  ])('behaviour 36: makes nothing of a 200 with %s', async (_, text, verdict) => {
    expect(await judge(create(credentials), 200, text)).toBe(verdict);
  });

  it.each([500, 502, 503, 504, 408, 429])(
    'behaviour 36: takes status %d for transient',
    async (status) => {
      expect(await judge(create(credentials), status, '<html>')).toBe('transient');
    },
  );

  it.each([401, 403])(
    'behaviour 7: takes status %d for rejected credentials, never for an old token',
    async (status) => {
      expect(await judge(create(credentials), status, {})).toBe('credentials');
    },
  );
});

describe('two providers of one kind', () => {
  it('share nothing', async () => {
    const one = exotel({ accountSid: 'one', apiKey: 'k', apiToken: 't', region: 'mumbai' });
    const other = exotel({ accountSid: 'other', apiKey: 'k', apiToken: 't' });

    expect((await requestOf(one)).url).toContain('ccm-api.in.exotel.com/v2/accounts/one/');
    expect((await requestOf(other)).url).toContain('ccm-api.exotel.com/v2/accounts/other/');
  });
});
