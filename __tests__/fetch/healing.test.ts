import { describe, expect, jest, test } from '@jest/globals';
import { inspect } from 'node:util';

import { createBearerFetch, whyNotReplayed, type ReplayedRequest } from '../../src/fetch/index.js';
import { oauth2ClientCredentials } from '../../src/providers/index.js';
import { startSandbox } from '../../src/testing/index.js';
import { failureOf, providerOf } from '../axios/support.js';
import { serve } from '../setup/loopback-server.js';
import { ALWAYS_401, ECHO, echoOf, fetchOf, fetchWithDeadToken, useOAuth2 } from './support.js';

const server = useOAuth2();
const echo = () => server.url + ECHO;

describe('attaching the token', () => {
  test('100 cold requests share one token call', async () => {
    const api = fetchOf(server);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => echoOf(await api(echo()))),
    );

    expect(new Set(answers.map(({ token }) => token))).toEqual(new Set(server.issuedTokens));
    expect(server.tokenCalls).toBe(1);
  });

  test('a request may be a string, a URL or a Request, and its init counts before the Request', async () => {
    const api = fetchOf(server);
    const request = new Request(echo(), { headers: { 'x-a': '1' }, method: 'PUT', body: 'a' });

    for (const input of [echo(), new URL(echo()), request.clone()])
      expect(await echoOf(await api(input))).toMatchObject({ token: server.issuedTokens[0] });
    expect(await echoOf(await api(request, { headers: { 'x-b': '2' }, body: 'b' }))).toMatchObject({
      method: 'PUT',
      headers: expect.not.objectContaining({ 'x-a': '1' }),
      body: Buffer.from('b').toString('base64'),
      token: server.issuedTokens[0],
    });
  });

  test('a Request in the place of init is read as fetch reads it', async () => {
    const api = fetchOf(server);
    const init = new Request('http://127.0.0.1/', { method: 'PUT', headers: { 'x-a': '1' } });

    expect(await echoOf(await api(echo(), init))).toMatchObject({
      method: 'PUT',
      headers: expect.objectContaining({ 'x-a': '1' }),
      token: server.issuedTokens[0],
    });
  });

  test('leaves the caller’s own Authorization alone, and its 401 too', async () => {
    const api = fetchOf(server);
    const response = await api(echo(), { headers: { authorization: 'Bearer my-own' } });

    expect(response.status).toBe(401);
    expect(server.requests.map(({ token }) => token)).toEqual(['my-own']);
    expect(server.tokenCalls).toBe(0);
  });

  test('with `bearer: false` a request goes out with the caller’s arguments as they are', async () => {
    const send = jest.fn<typeof fetch>(() => Promise.resolve(new Response()));
    const api = fetchOf(server, { fetch: send });
    const init = { bearer: false } as const;
    await api('https://elsewhere.example.com/');
    await api(echo(), init);

    expect(send.mock.calls).toEqual([
      ['https://elsewhere.example.com/', undefined],
      [echo(), init],
    ]);
    expect(send.mock.calls[1]![1]).toBe(init);
  });

  test('asks for the token that `bearer.params` name', async () => {
    const { url, tokenUrl, credentials } = server;
    const provider = oauth2ClientCredentials({
      ...credentials,
      tokenUrl,
      baseURL: url,
      paramNames: ['audience'],
    });
    const api = createBearerFetch(provider);
    await api(echo(), { bearer: { params: { audience: 'orders' } } });
    await api(echo());

    const tokens = server.requests.map(({ token }) => token);
    expect(new Set(tokens).size).toBe(2);
    expect(server.tokenRequests[0]!.body.toString()).toContain('audience=orders');
  });

  test('fails with a typed error, without a request to the API, if there is no token', async () => {
    const api = fetchOf(server, { maxAttempts: 1 });
    server.tokenEndpoint.fail({ status: 400, body: { error: 'invalid_client' } });
    const [first, second] = await Promise.allSettled([api(echo()), api(echo())]);

    expect(first).toMatchObject({
      status: 'rejected',
      reason: { code: 'ERR_CREDENTIALS_REJECTED' },
    });
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'ERR_CREDENTIALS_REJECTED' },
    });
    expect(server.requests).toEqual([]);
    expect(server.tokenCalls).toBe(1);
  });
});

describe('a 401 on our token', () => {
  test('is healed by one replay, and the caller sees only the answer to that', async () => {
    const api = await fetchWithDeadToken(server);
    const response = await api(echo(), { method: 'POST', body: 'hello' });

    expect(response.status).toBe(200);
    expect(await echoOf(response)).toMatchObject({ token: server.issuedTokens[1] });
    expect(server.requests.map(({ token }) => token)).toEqual(server.issuedTokens);
  });

  test('50 of them at once cost one token call', async () => {
    const api = await fetchWithDeadToken(server);
    const answers = await Promise.all(Array.from({ length: 50 }, () => api(echo())));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(server.tokenCalls).toBe(2);
  });

  test('that comes late, when the token is another already, costs no token call', async () => {
    const api = await fetchWithDeadToken(server);
    const held = server.api.holdNext();
    const late = api(echo());
    await held.arrived;
    await api(echo());
    held.release();

    expect((await late).status).toBe(200);
    expect(server.tokenCalls).toBe(2);
  });

  test('leaves no unread body behind', async () => {
    const cancelled: number[] = [];
    const send: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const cancel = response.body?.cancel.bind(response.body);
      if (response.body)
        response.body.cancel = (reason) => {
          cancelled.push(response.status);
          return cancel!(reason);
        };
      return response;
    };
    const api = await fetchWithDeadToken(server, { fetch: send });
    await (await api(echo())).text();

    expect(cancelled).toEqual([401]);
  });

  test('is handed over if the replay draws one too, with the reason', async () => {
    const api = fetchOf(server);
    const response = await api(server.url + ALWAYS_401);

    expect(response.status).toBe(401);
    expect(whyNotReplayed(response)).toBe('already-replayed');
    expect(await response.text()).not.toBe('');
    expect(server.requests).toHaveLength(2);
    expect(server.tokenCalls).toBe(2);
  });

  test('is handed over, with the reason, if the caller wants no replay', async () => {
    const api = await fetchWithDeadToken(server);
    const response = await api(echo(), { bearer: { replay: false } });

    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'opted-out']);
    expect((await api(echo())).status).toBe(200);
    expect(server.tokenCalls).toBe(2);
  });

  test('is handed over, with the cause, if no other token comes', async () => {
    const api = await fetchWithDeadToken(server, { maxAttempts: 1 });
    server.tokenEndpoint.fail({ status: 503 });
    const response = await api(echo());

    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'no-other-token']);
    expect(response).toMatchObject({ cause: { code: 'ERR_TOKEN_REQUEST_REFUSED' } });
    expect(await response.text()).not.toBe('');

    const next = await api(echo());
    expect([next.status, whyNotReplayed(next)]).toEqual([401, 'endpoint-cooling']);
    expect(next).toMatchObject({ cause: { status: 503, phase: 'cooling down' } });
  });

  test('is not healed if it is about something else: a scope, or a foreign host after a redirect', async () => {
    const other = await startSandbox({ only: ['oauth2'] });
    const api = fetchOf(server);
    await api.source.getToken();
    const to = encodeURIComponent(other.oauth2.url + ECHO);
    const redirected = await api(`${server.url}/__sandbox/redirect?to=${to}`);
    server.api.fail({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    });
    const scope = await api(echo());
    await other.close();

    expect([redirected.status, scope.status]).toEqual([401, 401]);
    expect(other.oauth2.requests.map(({ token }) => token)).toEqual([undefined]);
    expect(server.tokenCalls).toBe(1);
  });

  test('is judged by the provider’s own rule, which reads the body that the caller still can read', async () => {
    const provider = providerOf(server, {
      isTokenRejection: ({ status, data }) =>
        status === 200 && (data as { token?: unknown }).token === server.issuedTokens[0],
    });
    const api = createBearerFetch(provider);

    expect(await echoOf(await api(echo()))).toMatchObject({ token: server.issuedTokens[1] });
    server.revokeTokens();
    expect((await api(echo())).status).toBe(401);
  });

  test('is not looked for in a stream of events, which reaches the caller at once', async () => {
    const body = new ReadableStream({
      start: (it) => it.enqueue(new TextEncoder().encode('data: 1\n\n')),
    });
    const headers = { 'content-type': 'text/event-stream' };
    const seen: unknown[] = [];
    const api = createBearerFetch(
      providerOf(server, { isTokenRejection: ({ data }) => (seen.push(data), false) }),
      {
        fetch: (input: string, init: RequestInit) =>
          input.endsWith(ECHO)
            ? Promise.resolve(new Response(body, { headers }))
            : fetch(input, init),
      },
    );
    const reader = (await api(echo())).body!.getReader();

    expect((await reader.read()).value).toEqual(new TextEncoder().encode('data: 1\n\n'));
    expect(seen).toEqual([undefined]);
  });
});

describe('onReplay', () => {
  test('sees the bytes and may change the headers', async () => {
    const seen: Partial<ReplayedRequest>[] = [];
    const api = await fetchWithDeadToken(server, {
      onReplay({ url, method, headers, body }) {
        seen.push({ url, method, body });
        headers.set('x-signature', 'new');
      },
    });
    const { headers } = await echoOf(
      await api(echo(), { method: 'post', body: 'hello', headers: { 'x-signature': 'old' } }),
    );

    expect(seen).toEqual([{ url: echo(), method: 'POST', body: 'hello' }]);
    expect(headers).toMatchObject({ 'x-signature': 'new' });
  });

  test('that throws leads to the original 401, with its error as the cause', async () => {
    const failure = new Error('no signature');
    const api = await fetchWithDeadToken(server, { onReplay: () => Promise.reject(failure) });
    const response = await api(echo());

    expect([response.status, whyNotReplayed(response)]).toEqual([401, 'replay-hook-failed']);
    expect((response as Response & { cause: unknown }).cause).toBe(failure);
    expect(server.requests).toHaveLength(1);
  });
});

describe('an abort', () => {
  test.each(['init', 'Request'])(
    'by the signal of the %s ends only that caller’s wait',
    async (where) => {
      const api = fetchOf(server);
      const held = server.tokenEndpoint.holdNext();
      const { signal, abort } = controller();
      const aborted =
        where === 'init' ? api(echo(), { signal }) : api(new Request(echo(), { signal }));
      const other = api(echo());
      await held.arrived;
      const reason = new Error('enough');
      abort(reason);

      await expect(aborted).rejects.toBe(reason);
      held.release();
      expect((await other).status).toBe(200);
      expect(server.tokenCalls).toBe(1);
    },
  );

  test('while a 401 waits for its token ends with the reason and without a replay', async () => {
    const api = await fetchWithDeadToken(server);
    const held = server.tokenEndpoint.holdNext();
    const { signal, abort } = controller();
    const aborted = api(echo(), { signal });
    await held.arrived;
    const reason = new Error('enough');
    abort(reason);

    await expect(aborted).rejects.toBe(reason);
    held.release();
    expect(server.requests).toHaveLength(1);
  });

  test('during onReplay ends with the reason, however long the hook takes', async () => {
    const { signal, abort } = controller();
    const reason = new Error('enough');
    const api = await fetchWithDeadToken(server, {
      onReplay: () => (abort(reason), new Promise(() => undefined)),
    });

    await expect(api(echo(), { signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('`signal: null` takes the signal of the Request away', async () => {
    const { signal, abort } = controller();
    const api = fetchOf(server);
    const request = new Request(echo(), { signal });
    abort(new Error('enough'));

    expect((await api(request, { signal: null })).status).toBe(200);
  });
});

describe('origins', () => {
  test('a foreign origin gets no token, whether by its URL or by a redirect', async () => {
    const other = await startSandbox({ only: ['oauth2'] });
    const target = `${other.oauth2.url}/__sandbox/public-echo`;
    const api = fetchOf(server);
    await api(target);
    const { url } = await api(`${server.url}/__sandbox/redirect?to=${encodeURIComponent(target)}`);
    await other.close();

    expect(url).toBe(target);
    expect(other.oauth2.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('a 401 from there says that no token went there, and no other answer does', async () => {
    const other = await startSandbox({ only: ['oauth2'] });
    const api = fetchOf(server);
    const rejected = await api(other.oauth2.url + ECHO);
    const fine = await api(`${other.oauth2.url}/__sandbox/public-echo`);
    const own = await api(other.oauth2.url + ECHO, { headers: { authorization: 'Bearer mine' } });
    await other.close();

    expect([rejected.status, fine.status, own.status]).toEqual([401, 200, 401]);
    expect([rejected, fine, own].map(whyNotReplayed)).toEqual([
      'foreign-origin',
      undefined,
      undefined,
    ]);
  });

  test('a 401 on a token of your own says that yours was sent, and no other answer does', async () => {
    const api = fetchOf(server);
    const headers = { authorization: 'Bearer mine' };
    const answers = [
      await api(echo(), { headers }),
      await api(new Request(echo(), { headers })),
      await api(`${server.url}/__sandbox/public-echo`, { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
    expect(answers.map(whyNotReplayed)).toEqual([
      'own-authorization',
      'own-authorization',
      undefined,
    ]);
    expect(server.tokenCalls).toBe(0);
  });

  test('with `onForeignOrigin: error` it is refused by name', async () => {
    const api = fetchOf(server, { onForeignOrigin: 'error' });

    await expect(api('https://elsewhere.example.com/secret-path')).rejects.toMatchObject({
      code: 'ERR_ORIGIN_NOT_ALLOWED',
      origin: 'https://elsewhere.example.com',
      message: expect.not.stringContaining('secret-path'),
    });
  });

  test('something that is not a URL is left to fetch', async () => {
    const api = fetchOf(server);
    await expect(api('/orders')).rejects.toThrow('Failed to parse URL');
  });
});

describe('of two bearer fetches, one of which sends through the other,', () => {
  test('for one origin, the token of the outer one is not taken for your own', async () => {
    const url = await serve((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end();
    });
    const { tokenUrl, credentials } = server;
    const provider = oauth2ClientCredentials({ ...credentials, tokenUrl, baseURL: url });
    const api = createBearerFetch(provider, { fetch: createBearerFetch(provider) });
    const response = await api(url);

    expect(response.status).toBe(401);
    expect(whyNotReplayed(response)).toBeUndefined();
  });

  test('for two origins, the one that had a token says why a 401 was not replayed', async () => {
    const inner = await fetchWithDeadToken(server);
    const elsewhere = { ...server.credentials, tokenUrl: server.tokenUrl };
    const baseURL = 'https://elsewhere.example.com';
    const outer = oauth2ClientCredentials({ ...elsewhere, baseURL });
    const api = createBearerFetch(outer, { fetch: inner });
    const response = await api(echo(), { bearer: { replay: false } });

    expect(response.status).toBe(401);
    expect(whyNotReplayed(response)).toBe('opted-out');
  });
});

test('neither errors nor answers show the token or the secret', async () => {
  const api = await fetchWithDeadToken(server, { maxAttempts: 1 });
  const response = await api(echo(), { bearer: { replay: false } });
  server.api.resetConnections();
  const cut = await failureOf(api(echo()));
  server.tokenEndpoint.answerRaw('{"error":"invalid_request"}', { status: 400 });
  const refused = await failureOf(fetchOf(server).source.getToken());
  server.tokenEndpoint.resetConnections();
  const unreachable = await failureOf(fetchOf(server, { maxAttempts: 1 })(echo()));

  expect(unreachable).toMatchObject({ code: 'ERR_TOKEN_ENDPOINT_UNREACHABLE' });
  const secrets = [...server.issuedTokens, server.credentials.clientSecret];
  for (const one of [response, cut, refused, unreachable, api]) {
    const text = inspect(one, { depth: 12, showHidden: true });
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});

function controller() {
  const it = new AbortController();
  return { signal: it.signal, abort: (reason: unknown) => it.abort(reason) };
}
