import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { accountCredentials } from '../../src/provider-definition/credentials.js';
import { isBearerError } from '../../src/errors/index.js';
import {
  defineProvider,
  describesTheSame,
  isProvider,
  type Provider,
  type ProviderDefinition,
} from '../../src/provider-definition/define-provider.js';
import { misconfiguration } from '../providers/conversation.js';

interface Credentials {
  readonly account: string;
  readonly secret: string;
  readonly tenant?: string;
}

const SECRET = 'fake-acme-secret';

/** A provider with nothing special about it, except for what the test changes. */
const definition = (
  changes: Partial<ProviderDefinition<Credentials>> = {},
): ProviderDefinition<Credentials> => ({
  name: 'acme',
  baseURL: 'https://api.acme.example/v1',
  credentials: { account: 'a-1', secret: SECRET },
  credentialFields: {
    account: { hint: 'It is on the settings page.' },
    secret: { secret: true, maxLength: 20 },
    tenant: { optional: true },
  },
  tokenRequest: ({ account, secret }) => ({ url: '/token', body: { json: { account, secret } } }),
  parseToken: ({ body }) => ({ accessToken: body }),
  ...changes,
});

const acme = (changes?: Partial<ProviderDefinition<Credentials>>) =>
  defineProvider(definition(changes));

const context = () => ({ params: {}, signal: new AbortController().signal });

describe('a provider', () => {
  it('is frozen, and recognised by copies of the package', () => {
    const provider = acme();

    expect(Object.isFrozen(provider)).toBe(true);
    expect(isProvider(provider)).toBe(true);
    expect(isProvider({ [Symbol.for('axios-bearer.provider')]: true })).toBe(true);
  });

  it.each([undefined, null, 'acme', 5, {}, definition()])('is not %p', (value) => {
    expect(isProvider(value)).toBe(false);
  });

  it('does not write to the definition', () => {
    const given = Object.freeze(definition());

    expect(() => defineProvider(given)).not.toThrow();
  });

  it.each([
    [undefined, 'name is missing'],
    ['', ': name is empty'],
    [5, 'name is not a string'],
  ])('needs a name: %p is none', (name, problem) => {
    expect(misconfiguration(() => acme({ name: name as string }))).toMatchObject({
      option: 'name',
      message: `${problem}. Give the provider a name.`,
    });
  });

  it.each([0, Number.NaN])('has a documented life above zero, if any: %d is none', (seconds) => {
    const error = misconfiguration(() => acme({ defaultLifetimeSeconds: seconds }));

    expect(error.option).toBe('defaultLifetimeSeconds');
    expect(error.message).toBe(
      'acme: defaultLifetimeSeconds is not a positive number. Pass it in seconds.',
    );
  });
});

describe('a member of a definition', () => {
  it('that is unknown is refused, with a suggestion', () => {
    const error = misconfiguration(() => acme({ isTokenRejected: () => true } as never));

    expect(error.option).toBe('isTokenRejected');
    expect(error.message).toMatch(
      /^acme: isTokenRejected is not an option of a provider definition\. Did you mean `isTokenRejection`\? /,
    );
    expect(() => acme({ isTokenRejected: undefined } as never)).not.toThrow();
  });

  it('may come from another provider, with the rest of it', () => {
    const derived = defineProvider({ ...acme(), credentials: definition().credentials, name: 'b' });

    expect(derived.name).toBe('b');
    expect(misconfiguration(() => acme({ allowedOrigins: [] } as never)).option).toBe(
      'allowedOrigins',
    );
  });

  it.each(['secrets', 'maxlength'])(
    'that is a rule for a credential is one that exists: %s would be none',
    (rule) => {
      const credentialFields = { account: {}, secret: { [rule]: true }, tenant: {} };
      const error = misconfiguration(() => acme({ credentialFields: credentialFields }));

      expect(error.option).toBe(`credentialFields.secret.${rule}`);
    },
  );

  it.each(['tokenRequest', 'parseToken', 'classifyFailure', 'diagnose', 'isTokenRejection'])(
    'that is called is a function: %s',
    (method) => {
      expect(misconfiguration(() => acme({ [method]: 'yes' }))).toMatchObject({
        provider: 'acme',
        option: method,
        message: expect.stringContaining(`${method} is not a function. Pass a function`),
      });
    },
  );

  it.each([undefined, 'acme'])('is missed where there is no definition: %p', (definition) => {
    expect(misconfiguration(() => defineProvider(definition as never)).message).toBe(
      'options is not an object. Pass the options of a provider definition as an object.',
    );
  });
});

describe('behaviour 6: the origins that a token may go to', () => {
  it('are that of the base URL and those added, each once', () => {
    const provider = acme({
      origins: [
        'https://files.acme.example/x',
        'https://api.acme.example:443',
        'https://files.acme.example',
      ],
    });

    expect(provider.allowedOrigins).toEqual([
      'https://api.acme.example',
      'https://files.acme.example',
    ]);
    expect(Object.isFrozen(provider.allowedOrigins)).toBe(true);
  });

  it.each(['http://localhost:8080', 'http://[::1]:99'])(
    'may be plain http on this very machine: %s',
    (baseURL) => {
      expect(acme({ baseURL }).allowedOrigins).toEqual([baseURL]);
    },
  );

  it.each(['http://localhost.evil.example', 'http://10.0.0.1'])(
    'may not be plain http anywhere else: %s',
    (baseURL) => {
      expect(misconfiguration(() => acme({ baseURL }))).toMatchObject({
        provider: 'acme',
        option: 'baseURL',
        message:
          'acme: baseURL uses plain http, which exposes the token to the network. Use https, or set allowInsecureHttp.',
      });
    },
  );

  it('may be plain http by an explicit option', () => {
    const provider = acme({ baseURL: 'http://10.0.0.1', allowInsecureHttp: true });

    expect(provider.allowedOrigins).toEqual(['http://10.0.0.1']);
  });

  const NOT_ABSOLUTE =
    'is not an absolute URL. Include scheme and host, such as https://api.example.com.';
  const MISSING = NOT_ABSOLUTE.replace('not an absolute URL', 'missing');
  const NOT_TEXT = NOT_ABSOLUTE.replace('an absolute URL', 'a string');
  const NOT_HTTP = NOT_ABSOLUTE.replace(
    'is not an absolute URL',
    'does not begin with https:// or http://',
  );
  const WITH_USER =
    'contains a user name or password. Pass them as credentials: URLs end up in logs.';
  it.each([
    ['baseURL', { baseURL: 'api.acme.example' }, NOT_ABSOLUTE],
    ['baseURL', { baseURL: undefined as never }, MISSING],
    ['baseURL', { baseURL: new URL('https://api.acme.example') as never }, NOT_TEXT],
    ['baseURL', { baseURL: 'ftp://acme.example' }, NOT_HTTP],
    ['baseURL', { baseURL: 'localhost:4001' }, NOT_HTTP],
    ['baseURL', { baseURL: 'https://key@acme.example' }, WITH_USER],
    ['baseURL', { baseURL: 'https://:pw@acme.example' }, WITH_USER],
    ['origins', { origins: ['/path'] }, NOT_ABSOLUTE],
  ])('need a usable URL: %s %j', (option, changes, problem) => {
    expect(misconfiguration(() => acme(changes))).toMatchObject({
      option,
      message: `acme: ${option} ${problem}`,
    });
  });

  it('do not let the secret go out in clear text either, to the token URL', () => {
    const tokenRequest = () => ({ url: 'http://idp.acme.example/token' });
    const error = misconfiguration(() => acme({ tokenRequest }));

    expect(error.option).toBe('token URL');
    expect(error.message).toContain('plain http');
    expect(error.message).not.toContain(SECRET);
  });
});

describe('a budget of token calls', () => {
  it.each([
    { calls: 0, windowMs: 1_000, wrong: 'calls' },
    { calls: 1.5, windowMs: 1_000, wrong: 'calls' },
    { calls: 10, windowMs: 0, wrong: 'windowMs' },
    { calls: 10, windowMs: Infinity, wrong: 'windowMs' },
  ])('of $calls in $windowMs ms is refused', ({ wrong, ...tokenBudget }) => {
    expect(misconfiguration(() => acme({ tokenBudget })).option).toBe(`tokenBudget.${wrong}`);
  });

  it('of a single call in a millisecond is one', () => {
    const tokenBudget = { calls: 1, windowMs: 1 };
    expect(acme({ tokenBudget }).tokenBudget).toEqual(tokenBudget);
  });
});

describe('fixed credentials', () => {
  it('are handed out as they were given, checked and frozen', async () => {
    const given = { account: 'a-1', secret: SECRET };
    const provider = acme({ credentials: given });
    given.secret = 'changed later';
    const resolved = await provider.resolveCredentials(context());

    expect(provider.hasFixedCredentials).toBe(true);
    expect(resolved).toEqual({ account: 'a-1', secret: SECRET });
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['missing', undefined, 'is missing'],
    ['null', null, 'is missing'],
    ['blank', ' \t\n', 'is empty'],
    ['a number', 5, 'is not a string'],
    ['too long', 'x'.repeat(21), 'is longer than 20 characters'],
  ])('are refused at creation, naming the field that is %s', (_, secret, problem) => {
    const error = misconfiguration(() =>
      acme({ credentials: { account: 'a', secret: secret as string } }),
    );

    expect(error).toMatchObject({
      code: 'ERR_BEARER_MISCONFIGURED',
      provider: 'acme',
      option: 'secret',
      message: `acme: secret ${problem}. Check where the credentials come from.`,
    });
  });

  it.each([
    ['a-secret\n', 'ends with a line break'],
    ['a-secret\r\n', 'ends with a line break'],
    ['\na-secret\n', 'ends with a line break'],
    ['a-secret ', 'ends with whitespace'],
    ['a-secret\u00a0', 'ends with whitespace'],
    ['\ta-secret', 'starts with whitespace'],
    ['\ufeffa-secret', 'starts with whitespace'],
  ])('are refused where a file left its mark on them: %j', (secret, problem) => {
    const error = misconfiguration(() => acme({ credentials: { account: 'a', secret } }));

    expect(error).toMatchObject({
      option: 'secret',
      message: `acme: secret ${problem}. Trim it: files often end with a line break.`,
    });
  });

  it('may have whitespace around them if they are keys of several lines', async () => {
    const secret = '-----BEGIN\nfake\nEND-----\n';
    const provider = acme({
      credentials: { account: 'a', secret },
      credentialFields: { account: {}, secret: { secret: true }, tenant: { optional: true } },
    });

    expect(await provider.resolveCredentials(context())).toEqual({ account: 'a', secret });
  });

  it('may be as long as the document allows', () => {
    expect(() => acme({ credentials: { account: 'a', secret: 'x'.repeat(20) } })).not.toThrow();
  });

  it('may lack what is optional, and may not have it empty', () => {
    const credentials = { account: 'a', secret: 's', tenant: '' };

    expect(() => acme()).not.toThrow();
    expect(misconfiguration(() => acme({ credentials })).option).toBe('tenant');
  });

  it('are asked for with a hint where one is known', () => {
    const credentials = { account: '', secret: SECRET };

    expect(misconfiguration(() => acme({ credentials })).message).toBe(
      'acme: account is empty. It is on the settings page.',
    );
  });

  it.each([undefined, 'a string'])('are missing if they are %p', (credentials) => {
    const error = misconfiguration(() => acme({ credentials: credentials as never }));

    expect(error.option).toBe('account');
  });
});

describe('credentials from a function', () => {
  const NO_OBJECT = 'are not an object. Return an object with one property per credential.';
  it.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'credentials', NO_OBJECT],
    ['null', null, 'credentials', NO_OBJECT],
    ['a string', SECRET, 'credentials', NO_OBJECT],
    ['an empty object', {}, 'account', 'is missing. It is on the settings page.'],
    ['a list', [SECRET], 'account', 'is missing. It is on the settings page.'],
    [
      'a secret as a file holds it',
      { account: 'a', secret: `${SECRET}\n` },
      'secret',
      'ends with a line break. Trim it: files often end with a line break.',
    ],
    [
      'an empty field',
      { account: 'a', secret: '' },
      'secret',
      'is empty. Check where the credentials come from.',
    ],
  ])(
    'that return %s lead to an error that names what is wrong',
    async (_, value, option, problem) => {
      const provider = acme({ credentials: () => value as Credentials });
      const error: unknown = await provider.resolveCredentials(context()).catch((e: unknown) => e);

      expect(isBearerError(error, 'ERR_BEARER_MISCONFIGURED')).toBe(true);
      expect(error).toMatchObject({ option, message: `acme: ${option} ${problem}` });
      expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
    },
  );
});

describe('a token request that throws without parameters', () => {
  const credentials = { account: 'a', secret: SECRET };
  const tenants: Record<string, { url: string }> = { north: { url: '/north/token' } };
  const tokenRequest: ProviderDefinition<Credentials>['tokenRequest'] = (_credentials, params) => ({
    url: tenants[String(params['tenant'])]!.url,
  });

  it('is left to the token call, which has them', () => {
    const provider = acme({ credentials, tokenRequest, paramNames: ['tenant'] });
    expect(describesTheSame(provider as unknown as Provider, provider as unknown as Provider)).toBe(
      false,
    );
  });

  it.each([[undefined], [[]]])(
    'is thrown at creation if there are none to come: %p',
    (paramNames) => {
      expect(() => acme({ credentials, tokenRequest, paramNames })).toThrow(TypeError);
    },
  );
});

describe('a token request that is a promise', () => {
  const credentials = { account: 'a', secret: SECRET };

  it('is not waited for at creation, and its failure is no unhandled rejection there', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    acme({ credentials, tokenRequest: () => Promise.reject(new Error('no key yet')) });
    acme({ credentials, tokenRequest: () => Promise.resolve({ url: 'http://idp.acme.example' }) });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
  });

  it('does not make two providers the same: its request is not known at once', () => {
    const tokenRequest = () => Promise.resolve({ url: '/token' });

    expect(
      describesTheSame(
        acme({ credentials, tokenRequest }) as unknown as Provider,
        acme({ credentials, tokenRequest }) as unknown as Provider,
      ),
    ).toBe(false);
  });
});

describe('a perCall credential', () => {
  const credentialFields = {
    account: {},
    secret: { secret: true, perCall: true },
    tenant: { optional: true },
  };

  it('comes from a function, since an object is the same for each call', () => {
    const error = misconfiguration(() => acme({ credentialFields }));

    expect(error.option).toBe('credentialFields.secret.perCall');
    expect(error.message).toContain('Pass `credentials` as a function.');
  });

  it('says nothing about the account', () => {
    const provider = acme({ credentialFields, credentials: () => ({ account: 'a', secret: 's' }) });

    expect(accountCredentials(provider, { secret: 's', account: 'a', more: undefined })).toEqual([
      ['account', 'a'],
    ]);
  });
});

describe('behaviour 45: a provider that is shown', () => {
  it.each<[string, (provider: Provider<Credentials>) => string]>([
    ['logged', (provider) => inspect(provider, { depth: 9, showHidden: true })],
    ['serialised', (provider) => JSON.stringify(provider)],
  ])('has no secret in sight when %s', (_, show) => {
    expect(show(acme())).not.toContain(SECRET);
  });
});
