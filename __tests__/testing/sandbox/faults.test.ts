import { beforeEach, describe, expect, it } from '@jest/globals';
import { askOAuth2, bearer, http } from '../plain-http.js';
import { useSandbox } from '../use-sandbox.js';

const oauth2 = useSandbox('oauth2');
let token: string;
beforeEach(async () => {
  token = (await askOAuth2(oauth2)).data.access_token as string;
});

const call = (path = '/resource') => http.get(oauth2.url + path, bearer(token));

describe('a failing endpoint', () => {
  it('fails the next n requests and then goes on', async () => {
    oauth2.tokenEndpoint.failNext(2, {
      status: 503,
      body: { error: 'temporarily_unavailable' },
      headers: { 'retry-after': '7' },
    });

    const answers = [await askOAuth2(oauth2), await askOAuth2(oauth2), await askOAuth2(oauth2)];

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(answers[0]?.data).toEqual({ error: 'temporarily_unavailable' });
    expect(answers[0]?.headers['retry-after']).toBe('7');
    expect(oauth2.issuedTokens).toHaveLength(2);
  });

  it('works through several failures in the order they were asked for', async () => {
    oauth2.api.failNext(1, { status: 500 });
    oauth2.api.failNext(0, { status: 501 });
    oauth2.api.failNext(1, { status: 502, body: '<html>Bad gateway</html>' });

    const answers = [await call(), await call(), await call()];

    expect(answers.map(({ status, data }): unknown[] => [status, data])).toEqual([
      [500, ''],
      [502, '<html>Bad gateway</html>'],
      [200, {}],
    ]);
  });

  it('fails until it recovers', async () => {
    oauth2.api.fail({ status: 500 });
    const failed = [await call(), await call()];
    oauth2.api.recover();

    expect(failed.map(({ status }) => status)).toEqual([500, 500]);
    expect((await call()).status).toBe(200);
  });

  it('leaves the other endpoint alone', async () => {
    oauth2.tokenEndpoint.fail({ status: 500 });

    expect((await call()).status).toBe(200);
  });

  it('answers malformed text as it stands', async () => {
    oauth2.tokenEndpoint.answerRaw('{"access_token": ');
    const asJson = await askOAuth2(oauth2);
    oauth2.tokenEndpoint.answerRaw('<html>', {
      status: 502,
      headers: { 'content-type': 'text/html' },
    });
    const asHtml = await askOAuth2(oauth2);

    expect([asJson.status, asJson.data]).toEqual([200, '{"access_token": ']);
    expect(asJson.headers['content-type']).toBe('application/json');
    expect([asHtml.status, asHtml.data, asHtml.headers['content-type']]).toEqual([
      502,
      '<html>',
      'text/html',
    ]);
  });

  it.each([undefined, 503, { status: 99 }, { status: 1000 }])(
    'refuses an answer that cannot be sent: %j',
    (answer: unknown) => {
      for (const give of [
        () => oauth2.api.fail(answer as never),
        () => oauth2.api.failNext(1, answer as never),
      ])
        expect(give).toThrow(/answer has no HTTP status.*status: 503/s);
    },
  );

  it('says that the test kit itself failed if a switch of the test throws', async () => {
    oauth2.api.delay(() => {
      throw new Error('no such delay');
    });
    const delay = await call();

    expect([delay.status, delay.data.message]).toEqual([500, expect.stringMatching(/no such/)]);
    expect(oauth2.requests.map((request) => request.status)).toEqual([500]);
  });

  it('resets connections until it recovers', async () => {
    oauth2.tokenEndpoint.resetConnections();

    await expect(askOAuth2(oauth2)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(oauth2.tokenRequests.at(-1)?.status).toBeUndefined();

    oauth2.tokenEndpoint.recover();
    expect((await askOAuth2(oauth2)).status).toBe(200);
  });

  it('resets the next connection only', async () => {
    oauth2.api.resetNext(1);

    await expect(call()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await call()).status).toBe(200);
  });
});

describe('a slow endpoint', () => {
  it('judges on arrival and answers late', async () => {
    oauth2.api.delay(30);
    const startedAt = performance.now();
    const arrived = oauth2.nextRequest();
    const answer = call();
    await arrived;
    oauth2.revokeTokens();

    expect((await answer).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  it('takes each delay from a function of the request', async () => {
    oauth2.api.delay(({ query }) => Number(query.get('late')));
    const order: string[] = [];

    await Promise.all(
      ['60', '0'].map((late) => call(`/resource?late=${late}`).then(() => order.push(late))),
    );

    expect(order).toEqual(['0', '60']);
  });

  it('answers nobody who has gone away', async () => {
    oauth2.api.delay(500);
    const controller = new AbortController();
    const gone = http.get(`${oauth2.url}/resource`, {
      ...bearer(token),
      signal: controller.signal,
    });
    await oauth2.nextRequest();
    controller.abort();

    await expect(gone).rejects.toMatchObject({ code: 'ERR_CANCELED' });
    expect((await call()).status).toBe(200);
    expect(oauth2.requests.map(({ status }) => status)).toEqual([undefined, 200]);
  });
});

describe('a hanging endpoint', () => {
  it('answers nothing, then all that waits once it recovers', async () => {
    oauth2.tokenEndpoint.hang();
    const arrived = oauth2.nextTokenRequest();
    const waiting = askOAuth2(oauth2);
    await arrived;
    const before = oauth2.issuedTokens.length;

    oauth2.tokenEndpoint.recover();

    expect((await waiting).status).toBe(200);
    expect([before, oauth2.issuedTokens.length]).toEqual([1, 2]);
  });

  it('lets those that wait fail if it fails from then on', async () => {
    oauth2.api.hang();
    const arrived = oauth2.nextRequest();
    const waiting = call();
    await arrived;

    oauth2.api.fail({ status: 504 });

    expect((await waiting).status).toBe(504);
  });
});

describe('a held request', () => {
  it('is judged when it is released, not when it arrived', async () => {
    const held = oauth2.api.holdNext();
    const answer = call();
    const request = await held.arrived;
    oauth2.revokeTokens();
    held.release();

    expect((await answer).status).toBe(401);
    expect(request).toMatchObject({ path: '/resource', token, status: 401 });
  });

  it('lets others pass, and several are released in any order', async () => {
    const first = oauth2.api.holdNext();
    const second = oauth2.api.holdNext();
    const order: string[] = [];
    const one = call('/resource?first').then(() => order.push('first'));
    await first.arrived;
    const two = call('/resource?second').then(() => order.push('second'));
    await second.arrived;
    await call('/resource?third').then(() => order.push('third'));

    second.release();
    await two;
    first.release();
    await one;

    expect(order).toEqual(['third', 'second', 'first']);
  });

  it('is not held at all if it was released before', async () => {
    const held = oauth2.api.holdNext();
    held.release();

    expect((await call()).status).toBe(200);
  });

  it('goes on when the endpoint recovers', async () => {
    const held = oauth2.tokenEndpoint.holdNext();
    const answer = askOAuth2(oauth2);
    await held.arrived;

    oauth2.tokenEndpoint.recover();

    expect((await answer).status).toBe(200);
  });
});
