import { describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';

import {
  checkClient,
  clientAuthenticator,
  type Client,
  type ClientAuthentication,
} from '../../../src/oauth/client-authentication/authenticate-client.js';
import { adviceOnRejection } from '../../../src/oauth/client-authentication/rejection-advice.js';
import { misconfiguration } from '../../providers/conversation.js';
import { keys, pemOf } from '../key-samples.js';

const NOW = Date.UTC(2026, 0, 1, 0, 0, 0, 900);
const ENDPOINT = { tokenUrl: 'https://idp.example/token', nowMs: NOW };
const SECRET = 'a secret that is long enough for HS256';
const key = pemOf(keys.ES256);

interface Options extends Client {
  readonly clientAuthentication?: ClientAuthentication;
}

function checked({ clientAuthentication, ...options }: Options) {
  const client = { clientId: 'client', ...options };
  const authenticator = clientAuthenticator(clientAuthentication, 'oauth2');
  checkClient(client, authenticator, 'oauth2');
  return (endpoint = ENDPOINT) => authenticator.authenticate(client, endpoint);
}

const refusal = (options: Options) => misconfiguration(() => checked(options));

describe('a client adds to its request', () => {
  it.each<[string, object, object]>([
    [
      'client_secret_basic, form-encoded (RFC 6749, section 2.3.1)',
      { clientSecret: 'a+b:c d' },
      { headers: { Authorization: `Basic ${btoa('client:a%2Bb%3Ac+d')}` } },
    ],
    [
      'client_secret_basic_interop, as it is',
      { clientSecret: 'a+b:c d', clientAuthentication: 'client_secret_basic_interop' },
      { headers: { Authorization: `Basic ${btoa('client:a+b:c d')}` } },
    ],
    [
      'client_secret_post',
      { clientSecret: 'a+b:c d', clientAuthentication: 'client_secret_post' },
      { fields: { client_id: 'client', client_secret: 'a+b:c d' } },
    ],
    ['none', { clientAuthentication: 'none' }, { fields: { client_id: 'client' } }],
    ['none, without a client', { clientAuthentication: 'none', clientId: undefined }, {}],
    [
      'tls_client_auth, the id alone (RFC 8705, section 2)',
      { clientAuthentication: 'tls_client_auth' },
      { fields: { client_id: 'client' } },
    ],
    [
      'an assertion that something else signs',
      { clientAuthentication: { method: 'private_key_jwt', assertion: () => 'from elsewhere' } },
      {
        fields: {
          client_id: 'client',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: 'from elsewhere',
        },
      },
    ],
  ])('%s', async (_, options, added) => {
    expect(await checked(options)()).toEqual(added);
  });
});

describe('the advice when a client is rejected names what it authenticates with', () => {
  it.each<[ClientAuthentication, RegExp]>([
    ['client_secret_basic', /^Check clientId and clientSecret, .* another clientAuthentication/],
    ['client_secret_basic_interop', /^Check clientId and clientSecret, .*'client_secret_basic'/],
    ['client_secret_post', /^Check clientId and clientSecret, .*'client_secret_basic'/],
    ['client_secret_jwt', /^Check clientSecret, .*audience/],
    [{ method: 'private_key_jwt', key }, /public key, by the `keyId`/],
    ['tls_client_auth', /`transport.httpsAgent`/],
    ['none', /^Check clientId, /],
  ])('%j', (clientAuthentication, advice) => {
    expect(adviceOnRejection(clientAuthenticator(clientAuthentication, 'oauth2'))).toMatch(advice);
  });
});

describe.each<[string, Options, Parameters<typeof jwtVerify>[1]]>([
  [
    'private_key_jwt',
    { clientAuthentication: { method: 'private_key_jwt', key, keyId: 'k1' } },
    createPublicKey(keys.ES256),
  ],
  [
    'client_secret_jwt',
    { clientAuthentication: 'client_secret_jwt', clientSecret: SECRET },
    Buffer.from(SECRET),
  ],
])('the assertion of %s', (_, options, verifyingKey) => {
  const claimsOf = async (changes: object, endpoint: object = {}) => {
    const given = Object(options.clientAuthentication) as object;
    const clientAuthentication = {
      ...(typeof options.clientAuthentication === 'string'
        ? { method: options.clientAuthentication }
        : given),
      ...changes,
    } as ClientAuthentication;
    const authenticate = checked({ ...options, clientAuthentication });
    const { fields } = await authenticate({ ...ENDPOINT, ...endpoint });
    const currentDate = new Date(NOW);
    return (await jwtVerify(fields!['client_assertion']!, verifyingKey, { currentDate })).payload;
  };

  it('is issued by and for the client, at the token endpoint, for a minute', async () => {
    const iat = Math.floor(NOW / 1000);

    expect(await claimsOf({})).toEqual({
      iss: 'client',
      sub: 'client',
      aud: ENDPOINT.tokenUrl,
      jti: expect.stringMatching(/^[\da-f]{32}$/),
      iat,
      exp: iat + 60,
    });
  });

  it('is for the issuer where that is known, for the audience that is set, and as long as that is set', async () => {
    expect(await claimsOf({}, { issuer: 'https://idp.example' })).toMatchObject({
      aud: 'https://idp.example',
    });
    expect(
      await claimsOf(
        { audience: 'urn:a', lifetimeSeconds: 300 },
        { issuer: 'https://idp.example' },
      ),
    ).toMatchObject({ aud: 'urn:a', exp: Math.floor(NOW / 1000) + 300 });
  });
});

describe('is refused at creation', () => {
  const jwt = { method: 'private_key_jwt', key } as const;

  it.each<[string, Options, string, RegExp]>([
    [
      'no client id',
      { clientId: undefined, clientAuthentication: jwt },
      'clientId',
      /private_key_jwt needs it/,
    ],
    ['no secret', {}, 'clientSecret', /is missing/],
    [
      'no secret for an assertion',
      { clientAuthentication: 'client_secret_jwt' },
      'clientSecret',
      /is missing/,
    ],
    [
      'a secret given in vain',
      { clientSecret: SECRET, clientAuthentication: 'tls_client_auth' },
      'clientSecret',
      /tls_client_auth does not send it/,
    ],
    [
      'a secret too short for HS256',
      { clientSecret: 'hunter2', clientAuthentication: 'client_secret_jwt' },
      'clientSecret',
      /shorter than the 32 bytes/,
    ],
    [
      'another method',
      { clientAuthentication: 'spiffe_jwt' as never },
      'clientAuthentication',
      /Use one of: client_secret_basic,/,
    ],
    [
      'a method without its key',
      { clientAuthentication: 'private_key_jwt' as never },
      'clientAuthentication.key',
      /is missing/,
    ],
    [
      'an option mistyped',
      { clientAuthentication: { ...jwt, kid: 'k1' } as never },
      'clientAuthentication.kid',
      /not an option/,
    ],
    [
      'a lifetime that is none',
      { clientAuthentication: { ...jwt, lifetimeSeconds: 0 } },
      'clientAuthentication.lifetimeSeconds',
      /positive number/,
    ],
    [
      'an assertion with a line break',
      { clientAuthentication: { method: 'private_key_jwt', assertion: 'eyJhbGci\n' } },
      'clientAuthentication.assertion',
      /Trim it/,
    ],
  ])('%s', (_, options, option, message) => {
    const error = refusal(options);

    expect(error.option).toBe(option);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/hunter2|eyJhbGci/);
  });
});

it('an assertion that comes empty is a typed error, and is asked for again next time', async () => {
  const texts = ['', 'assertion'];
  const authenticate = checked({
    clientAuthentication: { method: 'private_key_jwt', assertion: () => texts.shift()! },
  });

  await expect(authenticate()).rejects.toMatchObject({
    option: 'clientAuthentication.assertion()',
  });
  expect((await authenticate()).fields).toMatchObject({ client_assertion: 'assertion' });
});
