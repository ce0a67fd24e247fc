import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';

import {
  startSandbox,
  startSandboxUi,
  type Sandbox,
  type SandboxOptions,
  type SandboxUi,
  type SandboxUiOptions,
} from '../../../src/testing/index.js';
import { askExotel } from '../plain-http.js';
import { listening } from '../../setup/loopback-server.js';
import { ask, visit, type Visitor } from './visitor.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

interface Opened {
  readonly sandbox: Sandbox;
  readonly ui: SandboxUi;
  readonly visitor: Visitor;
}

async function open(
  options: Partial<SandboxUiOptions> = {},
  sandboxOptions: SandboxOptions = { only: ['exotel'] },
): Promise<Opened> {
  const sandbox = await startSandbox(sandboxOptions);
  opened.push(sandbox);
  const ui = await startSandboxUi({ sandbox, requestsPerSecond: 0, tokenCallMs: 300, ...options });
  opened.push(ui);
  const visitor = await visit(ui.url);
  opened.push({ close: () => visitor.leave() });
  return { sandbox, ui, visitor };
}

const BURST = 50;

/** Waits until that many requests have ended in all. One that failed counts: the test shall say so, and not wait for ever. */
function answered(visitor: Visitor, count: number, lane = 'exotel') {
  return visitor.until(
    ({ traffic }) => traffic.reduce((sum, { ok, failed }) => sum + ok + failed, 0) === count,
    lane,
  );
}

describe('the event stream', () => {
  test('greets a page with each provider', async () => {
    const { visitor, sandbox } = await open({}, {});
    expect(visitor.hello.requestsPerSecond).toBe(0);
    expect(visitor.hello.lanes.map(({ name, baseURL }) => [name, baseURL])).toEqual([
      ['exotel', sandbox.exotel.url],
      ['truecaller', sandbox.truecaller.url],
      ['truecallerCalls', sandbox.truecallerCalls.url],
      ['learning360', sandbox.learning360.url],
      ['singleview', sandbox.singleview.url],
      ['udara360', sandbox.udara360.url],
      ['oauth2', sandbox.oauth2.url],
    ]);
    expect(visitor.lane()).toMatchObject({ phase: 'none', faults: [], calls: [], marks: [] });
  });

  test('tells how a cold burst shares one token call at each provider', async () => {
    const { visitor } = await open({}, {});
    await visitor.press({ do: 'burst' });
    for (const { name } of visitor.hello.lanes) {
      const settled = await answered(visitor, BURST, name);
      expect(settled).toMatchObject({
        phase: 'fresh',
        token: { serial: 1 },
        counters: { tokenCalls: 1, joins: BURST - 1, waits: BURST, failures: 0, healed: 0 },
      });
      expect(settled.calls).toMatchObject([{ ended: { status: 200, reason: 'cold' } }]);
    }
  });

  test('tells a page that comes in the middle all that an earlier one knows, and nothing twice', async () => {
    const { visitor, ui } = await open();
    await visitor.press({ do: 'burst' });
    const late = await visit(ui.url);
    opened.push({ close: () => late.leave() });
    await Promise.all([answered(visitor, BURST), answered(late, BURST)]);
    expect(late.lane()).toEqual(visitor.lane());
    expect(late.hello.recent.map(({ kind }) => kind)).toContain('pressed');
  });

  test('sends requests at the load that is set, for as long as a page is open', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'load', perSecond: 200 });
    const { counters } = await visitor.until((lane) => lane.counters.requests >= 20);
    expect(counters.failures).toBe(0);
  });

  test('holds no token and no secret', async () => {
    const { visitor, sandbox } = await open({}, {});
    const all = visitor.hello.lanes.map(({ name }) => name);
    await visitor.press({ do: 'burst' });
    for (const name of all) await answered(visitor, BURST, name);
    await visitor.press({ do: 'press', fault: 'revoke' });
    await visitor.press({ do: 'burst' });
    for (const name of all) await visitor.until(({ counters }) => counters.healed > 0, name);

    const secrets = sandbox.providers.flatMap(({ issuedTokens, credentials }) => [
      ...issuedTokens,
      ...(Object.values(credentials) as string[]),
    ]);
    expect(secrets.length).toBeGreaterThan(20);
    for (const secret of secrets) expect(visitor.heard()).not.toContain(secret);
  });
});

describe('the buttons', () => {
  test('revoke: every request draws a 401, one token call heals them all, and no caller notices', async () => {
    const { visitor, sandbox } = await open();
    await visitor.press({ do: 'burst' });
    await answered(visitor, BURST);
    await visitor.press({ do: 'press', fault: 'revoke', lane: 'exotel' });
    await visitor.press({ do: 'burst', lane: 'exotel' });
    const lane = await visitor.until(({ counters }) => counters.healed === BURST);

    expect(lane.counters).toMatchObject({ tokenCalls: 2, replays: BURST, failures: 0 });
    expect(visitor.happened('phase').map(({ phase, token }) => [phase, token?.serial])).toEqual([
      ['fresh', 1],
      ['suspect', 1],
      ['fresh', 2],
    ]);
    expect(lane.marks).toContainEqual(
      expect.objectContaining({ kind: 'rejected', consequence: 'replay', count: BURST }),
    );
    expect(sandbox.exotel.tokenCalls).toBe(2);
  });

  test('revoke while a token call is under way: the token that it brings is good', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'burst' });
    await visitor.until(({ calls }) => calls.length === 1);
    await visitor.press({ do: 'press', fault: 'revoke' });
    const { counters } = await answered(visitor, BURST);
    expect(counters).toMatchObject({ tokenCalls: 1, healed: 0, failures: 0 });
  });

  test('expire: the provider ends a token before the time that it stated, and it is replaced', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'burst' });
    await answered(visitor, BURST);
    await visitor.press({ do: 'press', fault: 'expire' });
    await visitor.press({ do: 'burst' });
    const lane = await visitor.until(({ counters }) => counters.healed === BURST);
    expect(lane).toMatchObject({ token: { serial: 2 }, counters: { failures: 0 } });
  });

  test('fail: while a token lives, its refresh fails in the background and no request does', async () => {
    const { visitor } = await open({ tokenLifeSeconds: 8, tokenCallMs: 20 });
    await visitor.press({ do: 'burst' });
    await visitor.until(({ phase }) => phase === 'fresh');
    await visitor.press({ do: 'switch', fault: 'fail', on: true });
    await visitor.until(({ phase }) => phase === 'early');
    await visitor.press({ do: 'burst' });
    const lane = await visitor.until(({ coolDowns }) => coolDowns.length > 0);

    expect(lane.faults).toEqual(['fail']);
    expect(lane.calls.at(-1)).toMatchObject({ ended: { status: 503, reason: 'early' } });
    expect(visitor.happened('refresh-failed')).toMatchObject([{ stillServing: true }]);
    const settled = await answered(visitor, 2 * BURST);
    expect(settled.counters.failures).toBe(0);
  });

  test('fail without a token: callers are told, by a code and without a message', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'switch', fault: 'fail', on: true });
    await visitor.press({ do: 'burst' });
    const lane = await visitor.until(({ counters }) => counters.failures === BURST);
    expect(lane.marks).toContainEqual(
      expect.objectContaining({
        kind: 'failed',
        code: 'ERR_TOKEN_REQUEST_REFUSED',
        count: BURST,
      }),
    );
  });

  test('hang: a token call stays open until all is well again', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'switch', fault: 'hang', on: true });
    await visitor.press({ do: 'burst' });
    const hanging = await visitor.until(({ calls }) => calls.length === 1);
    expect(hanging.calls).toEqual([{ id: expect.any(Number), from: expect.any(Number) }]);
    await visitor.press({ do: 'recover', lane: 'exotel' });
    const lane = await visitor.until(({ phase }) => phase === 'fresh');
    expect(lane).toMatchObject({ faults: [], counters: { failures: 0 } });
  });

  test('rate-limit: the endpoint is left alone for as long as it asks', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'switch', fault: 'rate-limit', on: true });
    await visitor.press({ do: 'burst' });
    await visitor.until(({ coolDowns }) => coolDowns.length === 1);
    expect(visitor.happened('cool-down')).toMatchObject([{ cause: 'server-set', delayMs: 8_000 }]);
  });

  test('slow: a token call takes its time', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'switch', fault: 'slow', on: true });
    await visitor.press({ do: 'burst' });
    await visitor.until(({ phase }) => phase === 'fresh');
    expect(visitor.happened('called')[0]!.tookMs).toBeGreaterThanOrEqual(2_300);
  });

  test('one active token: a new token kills the one before it', async () => {
    const { visitor, sandbox } = await open();
    await visitor.press({ do: 'switch', fault: 'one-active-token', on: true });
    await visitor.press({ do: 'burst' });
    await answered(visitor, BURST);
    await askExotel(sandbox.exotel);
    expect(sandbox.exotel.liveTokens).toHaveLength(1);
    await visitor.press({ do: 'burst' });
    const lane = await visitor.until(({ counters }) => counters.healed === BURST);
    expect(lane.counters.failures).toBe(0);
  });

  test('of two faults that exclude each other, the later one stands', async () => {
    const { visitor } = await open();
    await visitor.press({ do: 'switch', fault: 'fail', on: true });
    await visitor.press({ do: 'switch', fault: 'slow', on: true });
    await visitor.press({ do: 'switch', fault: 'hang', on: true });
    const lane = await visitor.until(({ faults }) => faults.includes('hang'));
    expect(lane.faults).toEqual(['slow', 'hang']);
  });

  test('act at one provider only, where one is named', async () => {
    const { visitor } = await open({}, { only: ['exotel', 'udara360'] });
    await visitor.press({ do: 'switch', fault: 'slow', on: true, lane: 'udara360' });
    await visitor.until(({ faults }) => faults.includes('slow'), 'udara360');
    expect(visitor.lane('exotel').faults).toEqual([]);
  });
});

describe('starting and closing', () => {
  test('close ends the page, its requests and its faults, and leaves the sandbox running', async () => {
    const { visitor, ui, sandbox } = await open();
    await visitor.press({ do: 'switch', fault: 'hang', on: true });
    await visitor.press({ do: 'burst' });
    await visitor.until(({ calls }) => calls.length === 1);

    await Promise.all([ui.close(), ui.close()]);
    await visitor.gone;
    await expect(ask(ui.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const echo = await ask(`${sandbox.exotel.url}/__sandbox/public-echo`);
    const token = await ask(sandbox.exotel.tokenUrl, { method: 'POST' });
    expect([echo.status, token.status]).toEqual([200, 401]); // The endpoint answers: it neither hangs nor holds.
  });

  test('a port that is taken is an error, and disturbs nothing', async () => {
    const port = await listening(createServer());
    const sandbox = await startSandbox({ only: ['exotel'] });
    opened.push(sandbox);

    await expect(startSandboxUi({ sandbox, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(sandbox.exotel.tokenCalls).toBe(0);
  });
});

test('an unknown option is refused by name', async () => {
  const options = { sandbox: await startSandbox({ only: ['oauth2'] }), ports: 0 };
  opened.push(options.sandbox);
  await expect(startSandboxUi(options)).rejects.toThrow(
    "ports is not an option of the sandbox's page. Did you mean `port`?",
  );
});
