import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxEcho } from '../../../src/testing/index.js';
import { askOAuth2, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const oauth2 = useSandbox('oauth2');
let token: string;
beforeEach(async () => {
  token = (await askOAuth2(oauth2)).data.access_token as string;
});

const call = (path: string) => http.get(oauth2.url + path, bearer(token));

describe('the request log', () => {
  it('keeps what arrived, byte for byte, and what was answered', async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    await http.post(`${oauth2.url}/resource?a=1&b=%2B`, bytes, {
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/x-odd' },
    });

    const request = oauth2.requests[0]!;

    expect(request).toMatchObject({
      method: 'POST',
      path: '/resource',
      origin: oauth2.url,
      token,
      status: 200,
      json: undefined,
    });
    expect(request.at).toBeGreaterThan(Date.now() - 60_000);
    expect([...request.query]).toEqual([
      ['a', '1'],
      ['b', '+'],
    ]);
    expect(request.headers['content-type']).toBe('application/x-odd');
    expect(request.rawHeaders).toContain(`bearer ${token}`);
    expect(request.body.equals(bytes)).toBe(true);
  });

  it('parses JSON bodies on demand', async () => {
    await http.post(`${oauth2.url}/resource`, { deep: [1] }, bearer(token));

    expect(oauth2.requests[0]?.json).toEqual({ deep: [1] });
  });

  it('keeps token calls apart from API requests', async () => {
    await call('/resource');

    expect([oauth2.tokenCalls, oauth2.tokenRequests.length, oauth2.requests.length]).toEqual([
      1, 1, 1,
    ]);
    expect(oauth2.tokenRequests[0]).toMatchObject({ path: '/oauth2/token', status: 200 });
  });

  it('hands out the next request as soon as it arrives', async () => {
    const [next, answer] = [oauth2.nextRequest(), call('/resource')];
    const [tokenNext, tokenAnswer] = [oauth2.nextTokenRequest(), askOAuth2(oauth2)];

    expect((await next).path).toBe('/resource');
    expect((await tokenNext).path).toBe('/oauth2/token');
    await Promise.all([answer, tokenAnswer]);
  });

  it('serves a storm without losing a request', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => call(`/__sandbox/echo?n=${index}`)),
    );

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(oauth2.requests).toHaveLength(1000);
  });
});

describe('the sandbox-only routes', () => {
  it('echo what arrived', async () => {
    const body = Buffer.from('bytes \u00e9');
    const { data } = await http.put<SandboxEcho>(`${oauth2.url}/__sandbox/echo?q=1`, body, {
      headers: { authorization: `Bearer ${token}`, 'x-mine': 'yes' },
    });

    expect(data).toMatchObject({
      method: 'PUT',
      path: '/__sandbox/echo',
      query: { q: '1' },
      body: body.toString('base64'),
      sha256: createHash('sha256').update(body).digest('hex'),
      token,
    });
    expect(data.headers['x-mine']).toBe('yes');
  });

  it('want a live token, but for the public echo', async () => {
    const refused = await http.get(`${oauth2.url}/__sandbox/echo`);
    const open = await http.get(`${oauth2.url}/__sandbox/public-echo`);

    expect([refused.status, open.status, open.data.token]).toEqual([401, 200, null]);
  });

  it("always answer with the provider's 401 on demand, padded if asked to", async () => {
    const plain = await call('/__sandbox/always-401');
    const padded = await call('/__sandbox/always-401?bytes=100000');

    expect([plain.status, plain.data]).toEqual([401, { error: 'invalid_token' }]);
    expect(padded.data).toEqual(plain.data);
    expect(Number(padded.headers['content-length'])).toBeGreaterThan(100_000);
  });

  it.each([200, 204, 304, 418])('answer with status %d', async (status) => {
    expect((await call(`/__sandbox/status/${status}`)).status).toBe(status);
  });

  it.each(['100', '600', 'teapot'])('refuse to answer with status %s', async (status) => {
    expect((await call(`/__sandbox/status/${status}`)).status).toBe(400);
  });

  it('answer late on demand', async () => {
    const startedAt = performance.now();
    const { status } = await call('/__sandbox/slow?ms=30');

    expect(status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  it('redirect to where they are told', async () => {
    const elsewhere = await call('/__sandbox/redirect?to=http://elsewhere.invalid/x&status=307');
    const home = await call('/__sandbox/redirect');

    expect([elsewhere.status, elsewhere.headers.location]).toEqual([
      307,
      'http://elsewhere.invalid/x',
    ]);
    expect([home.status, home.headers.location]).toEqual([302, '/__sandbox/echo']);
  });

  it('stream a body in chunks', async () => {
    const { data, headers } = await call('/__sandbox/stream?chunks=5&bytes=70000');

    expect(headers['transfer-encoding']).toBe('chunked');
    expect(data).toBe('a'.repeat(350_000));
  });

  it('do not exist under other names', async () => {
    const { status, data } = await call('/nowhere');

    expect([status, data.message]).toEqual([404, 'The sandbox has no GET /nowhere.']);
  });
});
