import { afterEach, describe, expect, it } from '@jest/globals';
import type { Sandbox, SandboxOptions } from '../../../src/testing/index.js';
import { createFakeClock, createSeededRandom, startSandbox } from '../../../src/testing/index.js';
import { freePort } from '../../processes/free-port.js';
import { askLearning360, askOAuth2, bearer, http } from '../plain-http.js';

let open: Sandbox[] = [];
async function start(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  open.push(sandbox);
  return sandbox;
}
afterEach(async () => {
  await Promise.all(open.map((sandbox) => sandbox.close()));
  open = [];
});

describe('starting the sandbox', () => {
  it('serves seven providers on nine origins of their own', async () => {
    const sandbox = await start();

    const origins = [
      ...sandbox.providers.map((provider) => provider.url),
      sandbox.exotel.wrongRegionUrl,
      sandbox.truecaller.webhookUrl,
    ];

    expect(sandbox.providers.map((provider) => provider.name)).toEqual([
      'exotel',
      'truecaller',
      'truecallerCalls',
      'learning360',
      'singleview',
      'udara360',
      'oauth2',
    ]);
    expect(new Set(origins).size).toBe(9);
    for (const origin of origins) expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('starts only the providers that are asked for and says so when another is used', async () => {
    await using sandbox = await startSandbox({ only: ['udara360'] });

    expect(sandbox.providers).toHaveLength(1);
    // @ts-expect-error -- nor has its type any other
    expect(() => sandbox.exotel as unknown).toThrow(/without "exotel".*"only"/);
  });

  it('listens on the address that it is given', async () => {
    const { oauth2 } = await start({ only: ['oauth2'], host: 'localhost' });

    expect(oauth2.url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
    expect((await askOAuth2(oauth2)).status).toBe(200);
  });

  it('takes the port that it is given', async () => {
    const port = await freePort();
    const sandbox = await start({ only: ['oauth2'], ports: { oauth2: port } });

    expect(sandbox.oauth2.url).toBe(`http://127.0.0.1:${port}`);
  });

  it('leaves nothing open when one port is taken', async () => {
    const first = await start({ only: ['oauth2'] });
    const taken = Number(new URL(first.oauth2.url).port);
    const other = await freePort();

    const failed = startSandbox({
      only: ['learning360', 'oauth2'],
      ports: { learning360: other, oauth2: taken },
    });

    await expect(failed).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const again = await start({ only: ['learning360'], ports: { learning360: other } });
    expect(again.learning360.url).toContain(String(other));
  });

  it('lets tokens expire by the clock that it is given', async () => {
    const clock = createFakeClock();
    const { oauth2 } = await start({ only: ['oauth2'], now: clock.now });
    const { data } = await askOAuth2(oauth2);
    const call = () => http.get(`${oauth2.url}/resource`, bearer(data.access_token));

    const before = await call();
    clock.advance(3_600_000);
    const after = await call();

    expect([before.status, after.status]).toEqual([200, 401]);
    expect(Date.parse(after.headers.date as string)).toBe(clock.now());
  });

  it('writes the same opaque tokens for the same random source', async () => {
    const tokens = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const sandbox = await start({ only: ['oauth2'], random: createSeededRandom(seed) });
        return (await askOAuth2(sandbox.oauth2)).data.access_token as string;
      }),
    );

    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).not.toBe(tokens[2]);
  });

  it('keeps the newest requests when the log is full, and counts them all', async () => {
    const { oauth2 } = await start({ only: ['oauth2'], maxLogEntries: 10 });

    for (let call = 0; call < 25; call += 1) await askOAuth2(oauth2);

    expect(oauth2.tokenCalls).toBe(25);
    expect(oauth2.tokenRequests.length).toBeLessThanOrEqual(10);
    expect(oauth2.tokenRequests.at(-1)?.serial).toBe(25);
  });

  it('keeps every request if the log has no limit', async () => {
    const { oauth2 } = await start({ only: ['oauth2'], maxLogEntries: Infinity });

    for (let call = 0; call < 5; call += 1) await askOAuth2(oauth2);

    expect(oauth2.tokenRequests).toHaveLength(5);
  });
});

describe('closing the sandbox', () => {
  it('is done once, however often it is asked for', async () => {
    const sandbox = await start({ only: ['oauth2'] });

    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox[Symbol.asyncDispose]();

    await expect(http.get(`${sandbox.oauth2.url}/resource`)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('cuts requests that hang, are held or are delayed', async () => {
    const { oauth2, close } = await start({ only: ['oauth2'] });
    const { data } = await askOAuth2(oauth2);
    const held = oauth2.api.holdNext();
    oauth2.tokenEndpoint.hang();
    const calls = [
      http.get(`${oauth2.url}/resource`, bearer(data.access_token)),
      askOAuth2(oauth2),
      http.get(`${oauth2.url}/__sandbox/slow?ms=600000`, bearer(data.access_token)),
    ].map((call) =>
      call.then(
        () => 'answered',
        (error: unknown) => (error as Error).message,
      ),
    );
    await held.arrived;
    while (oauth2.requests.length < 2 || oauth2.tokenCalls < 2) await turn();

    await close();

    expect(await Promise.all(calls)).toEqual(Array(3).fill('socket hang up'));
  });

  it('ends the wait for a next request', async () => {
    const { oauth2, close } = await start({ only: ['oauth2'] });
    const next = oauth2.nextRequest();

    await close();

    await expect(next).rejects.toThrow(/closed before another request arrived/);
    await expect(oauth2.nextTokenRequest()).rejects.toThrow(/closed/);
  });

  it('leaves no server, socket or timer behind', async () => {
    const before = handles();
    const { oauth2, close } = await start({ only: ['oauth2'] });
    const { data } = await askOAuth2(oauth2);
    void http
      .get(`${oauth2.url}/__sandbox/slow?ms=600000`, bearer(data.access_token))
      .catch(() => undefined);
    await oauth2.nextRequest();

    await close();
    while (handles() > before) await turn();

    expect(handles()).toBeLessThanOrEqual(before);
  });
});

describe('resetting the sandbox', () => {
  it('makes logs, tokens, switches and credentials as they were', async () => {
    const sandbox = await start({ only: ['learning360'] });
    const { learning360 } = sandbox;
    const credentials = { ...learning360.credentials };
    const { url } = learning360;
    const { data } = await askLearning360(learning360);
    learning360.tokenEndpoint.fail({ status: 500 });
    learning360.api.fail({ status: 500 });
    learning360.issueTokensLiving(5);
    learning360.issueExpiredTokens();
    learning360.omitLifetime();
    learning360.rotateCredentials();
    learning360.addUsers(5);

    sandbox.reset();

    expect(learning360).toMatchObject({ url, credentials, tokenCalls: 0, issuedTokens: [] });
    expect(learning360.users).toHaveLength(3);
    expect(learning360.tokenState(String(data.access_token))).toBe('unknown');
    const fresh = await askLearning360(learning360);
    expect(fresh.data).toMatchObject({ expires_in: '3600' });
    expect(learning360.tokenState(String(fresh.data.access_token))).toBe('live');
    expect(fresh.data.access_token).not.toBe(data.access_token);
  });
});

it.each([
  [
    'a misspelt name',
    ['exotel', 'singlview'],
    /only "singlview" is not known. Use one of: exotel, /,
  ],
  ['a name alone', 'singleview', /is not a list/],
])('refuses %s before it starts anything', async (_, only, problem) => {
  const before = handles();
  await expect(startSandbox({ only: only as never })).rejects.toThrow(problem);
  expect(handles()).toBe(before);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCPServer|TCPSocket|Timeout/.test(name))
    .length;
}

describe('what a sandbox is asked for', () => {
  it('an unknown option is refused by name', async () => {
    const options = { onlys: ['oauth2'] };
    // @ts-expect-error -- that is what the compiler says, too
    await expect(startSandbox(options)).rejects.toThrow(
      /onlys is not an option of the sandbox.*Did you mean `only`/s,
    );
  });
});
