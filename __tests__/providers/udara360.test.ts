import { describe, expect, it } from '@jest/globals';

import { udara360 } from '../../src/providers/index.js';
import { judge, misconfiguration, refusalOf, requestOf, SENT_AT } from './conversation.js';

const CREDENTIALS = { clientId: 'fake-client', clientSecret: 'fake-client-secret' };
const provider = udara360(CREDENTIALS);

describe('the token request of Udara360', () => {
  it('is the documented sample, byte for byte: clientId, and no grant type', async () => {
    expect(await requestOf(provider)).toEqual({
      method: 'POST',
      url: 'https://openapi.udara360.io/api/auth/v1/authenticate',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      data: '{"clientId":"fake-client","clientSecret":"fake-client-secret"}',
    });
  });

  it('goes to the test environment by option', async () => {
    const { url } = await requestOf(udara360({ ...CREDENTIALS, environment: 'test' }));

    expect(url).toBe('https://openapi.test.udara360.io/api/auth/v1/authenticate');
  });

  it('is refused for an environment that does not exist', () => {
    const create = () => udara360({ ...CREDENTIALS, environment: 'sandbox' as 'test' });

    expect(misconfiguration(create).message).toBe(
      'udara360: environment "sandbox" is not known. Use one of: test, live.',
    );
  });

  it.each(['clientId', 'clientSecret'] as const)(
    'allows 100 characters of %s and no more',
    (field) => {
      expect(() => udara360({ ...CREDENTIALS, [field]: 'x'.repeat(100) })).not.toThrow();
      expect(
        misconfiguration(() => udara360({ ...CREDENTIALS, [field]: 'x'.repeat(101) })),
      ).toMatchObject({
        option: field,
        message: `udara360: ${field} is longer than 100 characters. Udara360 sends it with your API access.`,
      });
    },
  );
});

describe('the answer of Udara360', () => {
  const inSeconds = SENT_AT / 1_000 + 1_800;
  const answer = (life: object) => ({
    accessToken: 'fake-udara-token',
    tokenType: 'Bearer',
    ...life,
  });

  it.each([
    ['a number', 3_600],
    ['a numeric string', '3600'],
  ])(
    'trusts tokenValiditySec first, as %s: it needs one clock only',
    async (_, tokenValiditySec) => {
      const life = { tokenValiditySec, expirationTime: inSeconds };

      expect(await judge(provider, 200, answer(life))).toEqual({
        token: 'fake-udara-token',
        seconds: 3_600,
      });
    },
  );

  it.each([
    ['seconds', inSeconds],
    ['milliseconds in a string', String(inSeconds * 1_000)],
  ])('takes expirationTime where it has to, in %s', async (_, expirationTime) => {
    for (const tokenValiditySec of [undefined, 0, 'long'])
      expect(
        await judge(provider, 200, answer({ tokenValiditySec, expirationTime })),
      ).toMatchObject({
        seconds: 1_800,
      });
  });

  it('behaviour 13: is an expired token if expirationTime alone says so', async () => {
    expect(await judge(provider, 200, answer({ expirationTime: SENT_AT - 1 }))).toBe(
      'malformed: holds a token that has already expired, a moment ago',
    );
  });

  it('stands for 55 minutes where it names no life, or only the words of the document', async () => {
    expect(await judge(provider, 200, answer({}))).toMatchObject({ seconds: 3_300 });
    expect(
      await judge(provider, 200, answer({ tokenValiditySec: 'long', expirationTime: 'long' })),
    ).toMatchObject({ seconds: 3_300 });
  });

  it('is malformed as the sample in the documentation', async () => {
    const sample = '{ "accessToken": "string", "expirationTime": "long",//EPOCH time\n }';

    expect(await judge(provider, 200, sample)).toBe('malformed: is not JSON');
  });

  it('hands on what the envelope of its other calls says, also where a 200 has no token', async () => {
    const body = { status: false, message: 'Invalid client', data: { statusCode: '63' } };
    const diagnosis = { code: '63', message: 'Invalid client' };

    expect((await refusalOf(provider, 401, body)).diagnosis).toEqual(diagnosis);
    expect(await refusalOf(provider, 200, body)).toMatchObject({
      code: 'ERR_TOKEN_RESPONSE_MALFORMED',
      diagnosis,
      message: expect.stringContaining('has no access token (63: Invalid client).'),
    });
  });
});
