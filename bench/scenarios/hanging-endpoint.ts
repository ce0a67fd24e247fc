import { outcomeOf, within, type Scenario } from './scenario.js';

export const hangingEndpoint: Scenario = {
  id: 'hanging-endpoint',
  title: 'Hanging token endpoint',
  about:
    'The token endpoint never answers, and a request has 300 ms. Good: it ends in time, and the next one succeeds once the endpoint is back.',
  async run({ client, server }) {
    server.tokenEndpoint.hang();
    const startedAt = performance.now();
    const request = outcomeOf(client.send({ url: '/__sandbox/echo', timeoutMs: 300 }));
    const ended = await within(request, 8_000);
    const seconds = (performance.now() - startedAt) / 1000;
    server.tokenEndpoint.recover();
    const next = await within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 8_000);
    const end =
      ended === 'still waiting' ? 'still waits after 8 s' : `ends after ${seconds.toFixed(1)} s`;
    return {
      text: `${end}; the next: ${next}`,
      isGood: ended === 'failed' && seconds < 3 && next === 200,
    };
  },
};
