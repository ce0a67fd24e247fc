import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../../src/testing/index.js';
import { askOAuth2, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const clock = createFakeClock();
const oauth2 = useSandbox('oauth2', { now: clock.now });

async function mint(params?: Record<string, string>): Promise<string> {
  return (await askOAuth2(oauth2, params)).data.access_token as string;
}

async function statusWith(token: unknown): Promise<number> {
  return (await http.get(`${oauth2.url}/resource`, bearer(token))).status;
}

describe('tokens of the sandbox', () => {
  it('are different each time and all live side by side', async () => {
    const tokens = [await mint(), await mint()];

    expect(new Set(tokens).size).toBe(2);
    expect(oauth2.liveTokens).toEqual(tokens);
    expect(oauth2.issuedTokens).toEqual(tokens);
    expect(await Promise.all(tokens.map(statusWith))).toEqual([200, 200]);
  });

  it('die together when they are revoked; a later one lives', async () => {
    const [first, second] = [await mint(), await mint()];

    oauth2.revokeTokens();
    const third = await mint();

    expect(await Promise.all([first, second, third].map(statusWith))).toEqual([401, 401, 200]);
    expect([oauth2.tokenState(first), oauth2.liveTokens]).toEqual(['revoked', [third]]);
  });

  it('die one by one when one is revoked', async () => {
    const [first, second] = [await mint(), await mint()];

    oauth2.revokeToken(first);

    expect(await Promise.all([first, second].map(statusWith))).toEqual([401, 200]);
  });

  it('reach their end when they are expired', async () => {
    const token = await mint();

    oauth2.expireTokens();

    expect([await statusWith(token), oauth2.tokenState(token)]).toEqual([401, 'expired']);
  });

  it('live as long as they are told to, and say so', async () => {
    oauth2.issueTokensLiving(60);
    const { data } = await askOAuth2(oauth2);

    clock.advance(59_999);
    const before = await statusWith(data.access_token);
    clock.advance(1);

    expect(data.expires_in).toBe(60);
    expect([before, await statusWith(data.access_token)]).toEqual([200, 401]);
  });

  it('kill the last one where only one may be active', async () => {
    oauth2.allowOneActiveToken();
    const [first, second] = [await mint(), await mint()];

    expect(await Promise.all([first, second].map(statusWith))).toEqual([401, 200]);

    oauth2.allowOneActiveToken(false);
    const third = await mint();
    expect(oauth2.liveTokens).toEqual([second, third]);
  });

  it('come back as the same string, dead or alive, while that is switched on', async () => {
    oauth2.issueSameToken();
    const first = await mint();
    clock.advance(1_000_000);
    const again = await askOAuth2(oauth2);
    oauth2.revokeTokens();
    const dead = await mint();
    oauth2.issueSameToken(false);
    const other = await mint();

    expect([again.data.access_token, dead]).toEqual([first, first]);
    expect(again.data.expires_in).toBe(2600);
    expect(await Promise.all([dead, other].map(statusWith))).toEqual([401, 200]);
    expect(oauth2.issuedTokens).toEqual([first, first, first, other]);
  });

  it('are expired from the start while that is switched on', async () => {
    oauth2.issueExpiredTokens();
    const { data } = await askOAuth2(oauth2);

    expect([data.expires_in, await statusWith(data.access_token)]).toEqual([-1, 401]);
    expect(oauth2.liveTokens).toEqual([]);
  });

  it('state any lifetime, none, or the true one', async () => {
    const stated = async () => (await askOAuth2(oauth2)).data as unknown;

    oauth2.writeLifetimeAs('"0000"');
    const asText = await stated();
    oauth2.writeLifetimeAs('0000');
    const asNonsense = await stated();
    oauth2.omitLifetime();
    const omitted = await stated();
    oauth2.writeTrueLifetime();

    expect(asText).toMatchObject({ expires_in: '0000' });
    expect(asNonsense).toContain('"expires_in":0000}');
    expect(omitted).not.toHaveProperty('expires_in');
    expect(await stated()).toMatchObject({ expires_in: 3600 });
  });

  it('are unknown to the sandbox if it did not issue them', async () => {
    expect([await statusWith('made-up'), oauth2.tokenState('made-up')]).toEqual([401, 'unknown']);
  });
});

describe('credentials of the sandbox', () => {
  it('stop working when they are rotated, while tokens live on', async () => {
    const token = await mint();
    const old = oauth2.credentials;

    const successors = oauth2.rotateCredentials();
    const refused = await askOAuth2({ ...oauth2, tokenUrl: oauth2.tokenUrl, credentials: old });
    const accepted = await askOAuth2(oauth2);

    expect(oauth2.credentials).toEqual(successors);
    expect([refused.status, accepted.status, await statusWith(token)]).toEqual([401, 200, 200]);
  });
});
