import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

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

/*
 * What may differ from one provider to another. What `defineProvider` does for all of them alike, such as the checks of a
 * credential, is in provider-definition/define-provider.test.ts.
 */

const TOKEN_URL = 'https://idp.example/token';

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
        tokenUrl: TOKEN_URL,
        baseURL: 'https://api.example',
        ...options,
      } as never),
    fields: ['clientId', 'clientSecret'],
    secret: 'clientSecret',
  },
];

/** Frozen: no provider writes to its options. */
const credentialsFor = (fields: string[]) =>
  Object.freeze(Object.fromEntries(fields.map((field) => [field, `fake-${field}-value`])));

describe.each(providers)('$name', ({ name, file, create, fields, secret }) => {
  const credentials = credentialsFor(fields);

  it('is a provider by its name, and says which page describes its token call, and when that was checked', () => {
    const provider = create(credentials);
    const { documentation } = provider;
    const source = readFileSync(new URL(`../../src/providers/${file}.ts`, import.meta.url), 'utf8');

    expect(isProvider(provider)).toBe(true);
    expect(provider.name).toBe(name);
    expect(documentation?.url).toMatch(/^https:\/\//);
    expect(documentation?.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(source.slice(0, 300)).toContain(`checked ${documentation!.checkedOn}`);
  });

  it.each(fields)('says so when %s is missing, and shows none of the others', (field) => {
    const error = misconfiguration(() => create({ ...credentials, [field]: undefined }));

    expect(error).toMatchObject({ provider: name, option: field });
    expect(error.message).toMatch(new RegExp(`^${name}: ${field} is missing\\. [A-Z].+\\.$`));
    for (const other of Object.values(credentials))
      expect(everythingShownOf(error)).not.toContain(other);
  });

  it('takes the options that every provider has', async () => {
    const isTokenRejection = ({ status }: { status: number }) => status === 403;
    const provider = create({
      ...credentials,
      baseURL: 'http://10.0.0.1/x/',
      allowInsecureHttp: true,
      origins: ['https://tenant.example.com'],
      isTokenRejection,
    });
    const { url } = await requestOf(provider);

    expect(provider.allowedOrigins).toEqual(['http://10.0.0.1', 'https://tenant.example.com']);
    expect(provider.isTokenRejection).toBe(isTokenRejection);
    expect(url.startsWith('http://10.0.0.1/x/') || url === TOKEN_URL).toBe(true);
  });

  it('takes its credentials under that name too, from a function or as an object', async () => {
    const request = await requestOf(create(credentials));

    expect(await requestOf(create({ credentials }))).toEqual(request);
    expect(await requestOf(create({ credentials: () => Promise.resolve(credentials) }))).toEqual(
      request,
    );
  });

  it('behaviour 40: marks the secret as one, so that it is part of the identity and never shown', () => {
    const { credentialFields } = create(credentials);

    expect(Object.keys(credentialFields)).toEqual(fields);
    expect(credentialFields[secret]).toMatchObject({ secret: true });
  });

  it('behaviour 45: shows no credential when it is logged or serialised', () => {
    const shown = everythingShownOf(create(credentials));

    for (const value of Object.values(credentials)) expect(shown).not.toContain(value);
  });

  it.each([
    ['HTML', '<html>Bad gateway</html>', 'malformed: is not JSON'],
    ['a list', '[]', 'malformed: has no access token'],
    ['null', 'null', 'malformed: has no access token'],
  ])('behaviour 36: makes nothing of a 200 with %s', async (_, text, verdict) => {
    expect(await judge(create(credentials), 200, text)).toBe(verdict);
  });

  it.each([503, 429])('behaviour 36: takes status %d for transient', async (status) => {
    expect(await judge(create(credentials), status, '<html>')).toBe('transient');
  });

  it.each([401, 403])(
    'behaviour 7: takes status %d for rejected credentials, never for an old token',
    async (status) => {
      expect(await judge(create(credentials), status, {})).toBe('credentials');
    },
  );
});

it('an option that providers do not have is refused with a suggestion, and passes if it is not set', () => {
  const withOption = (baseUrl?: string) =>
    exotel({ accountSid: 'sid', apiKey: 'key', apiToken: 'token', baseUrl } as never);
  const error = misconfiguration(() => withOption('https://a.example'));

  expect(error).toMatchObject({ provider: 'exotel', option: 'baseUrl' });
  expect(error.message).toContain('is not an option of this provider. Did you mean `baseURL`?');
  expect(() => withOption(undefined)).not.toThrow();
});
