import { describe, expect, test } from '@jest/globals';

import type { TokenRequestContext } from '../../src/index.js';
import type { FakeTokenCall } from '../../src/testing/index.js';
import { fleet } from '../sharing/shared-fleet.js';
import { ACME, bench, ended, type AcmeCredentials } from '../token-source/hand-held.js';

/** A token that takes two calls: a ticket for the secret, and the token for the ticket. */
const withTicket = {
  async tokenRequest(
    { clientId, clientSecret }: AcmeCredentials,
    _params: object,
    { send }: TokenRequestContext,
  ) {
    const { body } = await send({ url: '/ticket', body: { form: { clientId, clientSecret } } });
    const { ticket } = body as { ticket: string };
    return { url: '/oauth/token', body: { form: { ticket } } };
  },
};

const isTicketCall = ({ url }: FakeTokenCall) => url.endsWith('/ticket');

/** Answers for a ticket by the test, and with a token for each ticket. */
function answering(forTicket: (call: FakeTokenCall, count: number) => void) {
  let tickets = 0;
  return (call: FakeTokenCall) =>
    isTicketCall(call)
      ? forTicket(call, (tickets += 1))
      : call.issue(`token-for-${String(call.params['ticket'])}`);
}

const pathsOf = (calls: readonly FakeTokenCall[]) =>
  calls.map(({ url, body }) => `${new URL(url).pathname} ${body}`);

describe('a token request that needs another call first', () => {
  test('uses what that call brings', async () => {
    const { source, endpoint } = bench({ provider: withTicket });
    endpoint.onCall = answering((call, count) => call.answer(200, { ticket: `t${count}` }));

    expect(await ended(source.getToken())).toBe('token-for-t1');
    expect(pathsOf(endpoint.calls)).toEqual([
      `/ticket clientId=${ACME.clientId}&clientSecret=${ACME.clientSecret}`,
      '/oauth/token ticket=t1',
    ]);
  });

  test('reports no token call for it, only for the one that fetches the token', async () => {
    const { source, endpoint, told } = bench({ provider: withTicket });
    endpoint.onCall = answering((call) => call.answer(200, { ticket: 't' }));
    await source.getToken();

    expect(told('tokenCalled')).toMatchObject([{ attempt: 1, status: 200 }]);
  });
});

describe('a call that comes first and fails', () => {
  test('is tried again with the whole refresh, if that may help', async () => {
    const { source, endpoint, pass } = bench({ provider: withTicket });
    endpoint.onCall = answering((call, count) =>
      count === 1 ? call.answer(503) : call.answer(200, { ticket: `t${count}` }),
    );
    const caller = ended(source.getToken());
    await pass(1_000);

    expect(await caller).toBe('token-for-t2');
  });

  test('is tried again after no answer came', async () => {
    const { source, endpoint, pass } = bench({ provider: withTicket });
    endpoint.onCall = answering((call, count) =>
      count === 1 ? call.cut() : call.answer(200, { ticket: `t${count}` }),
    );
    const caller = ended(source.getToken());
    await pass(1_000);

    expect(await caller).toBe('token-for-t2');
  });

  test('with rejected credentials ends the refresh as rejected credentials do, and cools down', async () => {
    const { source, endpoint, told } = bench({ provider: withTicket });
    endpoint.onCall = answering((call) => call.answer(401, { error: 'invalid_client' }));

    for (let request = 0; request < 50; request += 1)
      expect(await ended(source.getToken())).toMatchObject({
        code: 'ERR_CREDENTIALS_REJECTED',
        status: 401,
      });
    expect(endpoint.calls).toHaveLength(1);
    expect(told('coolDownStarted')).toMatchObject([{ cause: 'credentials' }]);
  });

  test('with rejected credentials is made again as soon as they change', async () => {
    let clientSecret = 'the old one';
    const credentials = () => ({ ...ACME, clientSecret });
    const { source, endpoint } = bench({ provider: { ...withTicket, credentials } });
    endpoint.onCall = answering((call) =>
      call.params['clientSecret'] === 'the new one'
        ? call.answer(200, { ticket: 't' })
        : call.answer(401, { error: 'invalid_client' }),
    );
    expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_CREDENTIALS_REJECTED' });

    clientSecret = 'the new one';

    expect(await ended(source.getToken())).toBe('token-for-t');
  });

  test('shows nothing of what it sent', async () => {
    const { source, endpoint } = bench({ provider: withTicket });
    endpoint.onCall = answering((call) => call.answer(400, { error: `no ${call.body}` }));
    const error = (await ended(source.getToken())) as Error;

    expect(error.message).toContain('answered 400');
    expect(JSON.stringify(error) + error.message).not.toContain(ACME.clientSecret);
  });

  test('has the time limit of a token call', async () => {
    const { source, endpoint, pass } = bench({ provider: withTicket, maxAttempts: 1 });
    endpoint.deaf = true;
    const caller = ended(source.getToken());
    await pass(5_000);

    expect(await caller).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
  });

  test('fails one process of a fleet in the same way', async () => {
    const { members, endpoint } = fleet(1, { provider: withTicket, cacheIdentity: 'acme' });
    endpoint.onCall = answering((call) => call.answer(400, { error: 'invalid_request' }));

    expect(await members[0].token()).toMatchObject({
      code: 'ERR_TOKEN_REQUEST_REFUSED',
      status: 400,
    });
  });
});

test('an error response is returned if the definition accepts it', async () => {
  const { source, endpoint } = bench({
    provider: {
      async tokenRequest(_credentials, _params, { send }) {
        const { status, headers } = await send(
          { url: '/challenge', method: 'GET' },
          { accepts: ({ status }) => status === 401 },
        );
        return { url: '/oauth/token', body: { form: { [`nonce-${status}`]: headers['nonce']! } } };
      },
    },
  });
  endpoint.onCall = (call) =>
    call.url.endsWith('/challenge') ? call.answer(401, {}, { nonce: 'n-1' }) : call.issue('t');

  expect(await ended(source.getToken())).toBe('t');
  expect(endpoint.lastCall.body).toBe('nonce-401=n-1');
});

test.each([
  ['plain http to another host', { url: 'http://login.acme.test/ticket' }],
  ['a member that no request has', { url: '/ticket', json: {} }],
])('an earlier call with %s is refused by name', async (_, request) => {
  const { source, endpoint } = bench({
    provider: {
      tokenRequest: async (_credentials, _params, { send }) => (await send(request), request),
    },
  });

  expect(await ended(source.getToken())).toMatchObject({ code: 'ERR_BEARER_MISCONFIGURED' });
  expect(endpoint.calls).toEqual([]);
});

test('a definition learns whether its request will be sent, or only identifies the token in a shared store', async () => {
  const purposes: string[] = [];
  const { members, answerAtOnce, pass } = fleet(1, {
    provider: {
      tokenRequest(_credentials, _params, { purpose }) {
        purposes.push(purpose);
        return { url: '/oauth/token' };
      },
    },
  });
  answerAtOnce();
  const asked = members[0].token();
  await pass(100);
  expect(await asked).toBe('T1');
  // The first is the check at creation.
  expect(purposes).toEqual(['identity', 'identity', 'token call']);
});
