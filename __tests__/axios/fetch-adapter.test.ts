import { describe, expect, test } from '@jest/globals';

import { ECHO, failureOf, useOAuth2, warmClientOf } from './support.js';

const server = useOAuth2();
const adapter = 'fetch';

describe('with the fetch adapter', () => {
  test('50 requests with a revoked token cost one token call and none fails', async () => {
    const { http } = await warmClientOf(server, { adapter });
    server.revokeTokens();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => http.post(ECHO, { i })));
    expect(answers.every(({ data }) => data.token === server.issuedTokens[1])).toBe(true);
    expect(server.tokenCalls).toBe(2);
  });

  test('a time-out of the replay is the caller’s own', async () => {
    const { http } = await warmClientOf(server, { adapter });
    const [first, replay] = [server.api.holdNext(), server.api.holdNext()];
    server.revokeTokens();
    const timeout = 1_500; // The first send must arrive within it on a busy machine too.
    const request = failureOf(http.get(ECHO, { timeout }));
    await first.arrived;
    first.release();
    await replay.arrived;
    const error = await request;
    expect(error.config.timeout).toBe(timeout);
    expect(error.message).toBe('timeout of 1500ms exceeded');
    replay.release();
  });

  test('an abort during the replay is heard', async () => {
    const { http } = await warmClientOf(server, { adapter });
    const [first, replay] = [server.api.holdNext(), server.api.holdNext()];
    server.revokeTokens();
    const controller = new AbortController();
    const request = failureOf(http.get(ECHO, { signal: controller.signal }));
    await first.arrived;
    first.release();
    await replay.arrived;
    controller.abort();
    expect((await request).code).toBe('ERR_CANCELED');
    replay.release();
  });
});
