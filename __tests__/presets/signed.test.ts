import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';

import type { TokenEndpointProvider } from '../../src/index.js';
import { docusign, googleServiceAccount } from '../../src/presets/index.js';
import { createFakeClock, createFakeTokenEndpoint } from '../../src/testing/index.js';
import { createTokenSource } from '../../src/axios/create-token-source.js';
import {
  everythingShownOf,
  misconfiguration,
  refusalOf,
  SENT_AT,
} from '../providers/conversation.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' }) as string;

interface Signed {
  readonly name: string;
  readonly create: (options: object) => TokenEndpointProvider<any>;
  readonly options: Readonly<Record<string, string>>;
  readonly tokenUrl: string;
  /** The documented claims; `iat`, `exp` and `jti` come on top. */
  readonly claims: object;
  readonly lifetimeSeconds: number;
}

const signed: readonly Signed[] = [
  {
    name: 'googleServiceAccount',
    create: (options) => googleServiceAccount(options as never),
    options: {
      clientEmail: 'robot@project.iam.gserviceaccount.example',
      privateKey: pem(privateKey),
      baseURL: 'https://storage.googleapis.com',
      scope: 'https://www.googleapis.com/auth/devstorage.read_only',
      subject: 'user@example.com',
    },
    tokenUrl: 'https://oauth2.googleapis.com/token',
    claims: {
      iss: 'robot@project.iam.gserviceaccount.example',
      aud: 'https://oauth2.googleapis.com/token',
      sub: 'user@example.com',
      scope: 'https://www.googleapis.com/auth/devstorage.read_only',
    },
    lifetimeSeconds: 3_600,
  },
  {
    name: 'docusign',
    create: (options) => docusign(options as never),
    options: {
      clientId: 'integration-key',
      userId: 'user-guid',
      privateKey: pem(privateKey),
      baseURL: 'https://demo.docusign.net/restapi',
      environment: 'demo',
    },
    tokenUrl: 'https://account-d.docusign.com/oauth/token',
    claims: {
      iss: 'integration-key',
      sub: 'user-guid',
      aud: 'account-d.docusign.com',
      scope: 'signature',
    },
    lifetimeSeconds: 600,
  },
];

/** Header and claims of a JWT, if the key has signed it. */
function verified(assertion: unknown) {
  const [header, claims, signature] = String(assertion).split('.');
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    createPublicKey(privateKey),
    Buffer.from(signature ?? '', 'base64url'),
  );
  const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  return isSigned ? { header: read(header), claims: read(claims) } : undefined;
}

describe.each(signed)('$name', ({ name, create, options, tokenUrl, claims, lifetimeSeconds }) => {
  it('is named as it is exported', () => {
    expect(create(options).name).toBe(name);
  });

  it('sends a signed assertion with the documented claims, and a new one each time', async () => {
    const endpoint = createFakeTokenEndpoint();
    const source = createTokenSource(create(options), {
      clock: createFakeClock({ now: SENT_AT }),
      transport: { adapter: endpoint.adapter },
    });
    await source.getToken();
    source.clear();
    await source.getToken();
    source.close();
    const [first, second] = endpoint.calls.map(({ params }) => verified(params['assertion']));

    expect(endpoint.calls.map(({ url }) => url)).toEqual([tokenUrl, tokenUrl]);
    expect(Object.keys(endpoint.lastCall.params)).toEqual(['grant_type', 'assertion']);
    expect(endpoint.lastCall.params['grant_type']).toBe(
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    );
    const iat = SENT_AT / 1_000;
    expect(first).toEqual({
      header: expect.objectContaining({ alg: 'RS256' }),
      claims: { ...claims, iat, exp: iat + lifetimeSeconds, jti: expect.any(String) },
    });
    expect(second?.claims).not.toEqual(first?.claims);
  });

  it('gets its token over HTTP', async () => {
    await using endpoint = createFakeTokenEndpoint();
    const source = createTokenSource(create({ ...options, tokenUrl: await endpoint.listen() }));

    expect((await source.getToken()).value).toBe('fake-token-1');
    // What is signed does not change with the place that it is sent to.
    expect(verified(endpoint.lastCall.params['assertion'])?.claims).toMatchObject(claims);
    source.close();
  });

  it('signs the scope that one request asks for', async () => {
    const endpoint = createFakeTokenEndpoint();
    const source = createTokenSource(create(options), { transport: { adapter: endpoint.adapter } });
    await source.getToken({ params: { scope: ['one', 'two'] } });
    source.close();

    expect(verified(endpoint.lastCall.params['assertion'])?.claims).toMatchObject({
      scope: 'one two',
    });
  });

  it('treats invalid_grant as rejected credentials', async () => {
    const error = await refusalOf(create(options), 400, { error: 'invalid_grant' });

    expect(error.code).toBe('ERR_CREDENTIALS_REJECTED');
  });

  it.each([
    ['text that is no key', 'not a key'],
    ['a key of another kind', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ])('refuses %s at creation, without showing it', (_, key) => {
    const error = misconfiguration(() => create({ ...options, privateKey: key }));

    expect(error).toMatchObject({ provider: name, option: 'privateKey.key' });
    expect(everythingShownOf(error)).not.toContain(key.slice(30, 60).trim() || key);
  });

  it.each(['baseURL', 'privateKey'])('says so when %s is missing', (option) => {
    const error = misconfiguration(() => create({ ...options, [option]: undefined }));

    expect(error).toMatchObject({ provider: name, option });
  });
});
