import { count, outcomeOf, pause, within, type Scenario } from './scenario.js';

export const retryAfter: Scenario = {
  id: 'retry-after',
  title: '`Retry-After`',
  about:
    'The token endpoint answers 429 and asks for a pause of 5 s; ten requests follow within a second. Good: it is not asked again.',
  async run({ client, server }) {
    server.tokenEndpoint.fail({ status: 429, headers: { 'retry-after': '5' } });
    for (let request = 0; request < 10; request += 1) {
      void within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 1_000);
      await pause(100);
    }
    return { text: count(server.tokenCalls, 'token call'), isGood: server.tokenCalls === 1 };
  },
};
