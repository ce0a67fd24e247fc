import { afterAll, expect, test } from '@jest/globals';

import { useSandbox } from '../testing/use-sandbox.js';
import { bundleChild, type ChildScript } from './child/processes.js';

const oauth2 = useSandbox('oauth2');
const scripts: ChildScript[] = [];

afterAll(() => {
  for (const script of scripts) script.remove();
});

function child(name: string): ChildScript {
  const script = bundleChild(name);
  scripts.push(script);
  return script;
}

function environment(): Record<string, string> {
  const { url, tokenUrl, credentials } = oauth2;
  return {
    SANDBOX_URL: url,
    TOKEN_URL: tokenUrl,
    CLIENT_ID: credentials.clientId,
    CLIENT_SECRET: credentials.clientSecret,
  };
}

test.each([
  { keepWarm: 'no', ownAgent: 'no' },
  { keepWarm: 'yes', ownAgent: 'no' },
  { keepWarm: 'no', ownAgent: 'yes' },
  { keepWarm: 'no', ownAgent: 'of another kind' },
])(
  'behaviour 45: a background refresh that hangs keeps no process alive (keepWarm: $keepWarm, own agent: $ownAgent)',
  async ({ keepWarm, ownAgent }) => {
    const { tokenEndpoint } = oauth2;
    tokenEndpoint.failNext(1, { status: 200, body: { access_token: 'of-unknown-life' } });
    const first = oauth2.nextTokenRequest();
    const running = child('one-early-request').start({
      ...environment(),
      KEEP_WARM: keepWarm,
      OWN_AGENT: ownAgent,
    });
    await first;
    tokenEndpoint.hang();
    await oauth2.nextTokenRequest();
    const hangingSince = Date.now();
    running.process.send('the renewal is under way');

    const { code, output } = await running.ended;
    expect(output.trim()).toBe('served while it is renewed');
    expect(code).toBe(0);
    // The call itself would end after two minutes.
    expect(Date.now() - hangingSince).toBeLessThan(60_000);
  },
);

test('a caller who waits for a token does keep the process alive', async () => {
  oauth2.tokenEndpoint.delay(300);
  const { code, output } = await child('one-cold-request').start(environment()).ended;
  expect(output.trim()).toBe('got the token');
  expect(code).toBe(0);
});

test('a request that waits for the socket of a background refresh is not lost with the process', async () => {
  const { tokenEndpoint } = oauth2;
  tokenEndpoint.failNext(1, { status: 200, body: { access_token: 'of-unknown-life' } });
  const first = oauth2.nextTokenRequest();
  const running = child('request-behind-a-refresh').start(environment());
  await first;
  tokenEndpoint.delay(300);
  const { code, output } = await running.ended;
  expect(output.trim()).toBe('answered');
  expect(code).toBe(0);
});
