import { describe, expect, test } from '@jest/globals';
import axios from 'axios';
import { errorLogger, requestLogger, responseLogger } from 'axios-logger';
import axiosRetry from 'axios-retry';

import { attachBearer } from '../../src/index.js';
import { ALWAYS_401, failureOf, providerOf, useOAuth2 } from '../axios/support.js';

const server = useOAuth2();
// Unlike the echo, it does not answer with what it was sent.
const QUIET = '/__sandbox/status/200';

/** An instance that logs all it can, headers included. */
function logged(order: string) {
  const lines: string[] = [];
  const options = { headers: true, logger: (line: string) => void lines.push(line) };
  const http = axios.create({ baseURL: server.url });
  const log = () => {
    http.interceptors.request.use((request) => requestLogger(request, options));
    http.interceptors.response.use(
      (response) => responseLogger(response, options),
      (error) => errorLogger(error as never, options),
    );
  };
  if (order === 'axios-logger first') log();
  const { source } = attachBearer(http, providerOf(server));
  if (order !== 'axios-logger first') log();
  const kinds = () =>
    lines.map((line) => /\[(Request|Response|Error)\].*?(\d{3})?:?/.exec(line)![1]);
  return { http, source, lines, kinds };
}

describe.each(['axios-logger first', 'attachBearer first'])('axios-logger, %s', (order) => {
  test('one line for the request and one for the final answer, though a 401 was healed between', async () => {
    const { http, source, kinds, lines } = logged(order);
    await source.getToken();
    server.revokeTokens();
    await http.get(QUIET);
    expect(kinds()).toEqual(['Request', 'Response']);
    expect(lines[1]).toContain('200');
  });

  test('a 401 that cannot be healed is logged once', async () => {
    const { http, kinds } = logged(order);
    await failureOf(http.get(ALWAYS_401));
    expect(kinds()).toEqual(['Request', 'Error']);
  });

  test('no line holds the token, headers or not, failed or not', async () => {
    const { http, lines } = logged(order);
    await http.get(QUIET);
    await failureOf(http.get('/__sandbox/status/500'));
    await failureOf(http.get(ALWAYS_401));
    expect(lines).toHaveLength(6);
    expect(lines.join()).not.toMatch(/authorization/i);
    expect(server.issuedTokens.filter((token) => lines.join().includes(token))).toEqual([]);
  });
});

describe('the trap of axios-logger', () => {
  async function linesOfRetry() {
    const { http, lines } = logged('axios-logger first');
    axiosRetry(http, { retries: 1 });
    server.api.failNext(1, { status: 503 });
    await http.get(QUIET);
    return lines.join('\n');
  }

  test('with `headers: true`, a request that axios-retry sends again is logged with its token', async () => {
    expect(await linesOfRetry()).toContain(server.issuedTokens[0]);
  });

  test('the mask that the page shows covers it', async () => {
    const masked = (await linesOfRetry()).replaceAll(/Bearer [^"\s]+/g, 'Bearer ***');
    expect(masked).toContain('"Authorization":"Bearer ***"');
    expect(masked).not.toContain(server.issuedTokens[0]);
  });
});
