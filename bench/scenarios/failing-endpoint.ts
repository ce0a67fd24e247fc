import { count, outcomeOf, within, type Scenario } from './scenario.js';

/** Not one for each request: more calls do not help an endpoint that is down. */
const MOST_CALLS = 5;

export const failingEndpoint: Scenario = {
  id: 'failing-endpoint',
  title: 'Failing token endpoint, no token in hand',
  about:
    'The token endpoint answers 503, and 20 requests come one after the other. Good: at most 5 token calls, and none goes to the API without a token.',
  async run({ client, server }) {
    server.tokenEndpoint.fail({ status: 503 });
    for (let request = 0; request < 20; request += 1) {
      await within(outcomeOf(client.send({ url: '/__sandbox/echo', timeoutMs: 2_000 })), 3_000);
    }
    const sent = server.requests.length;
    return {
      text: `${count(server.tokenCalls, 'token call')}; ${sent} sent without a token`,
      isGood: server.tokenCalls <= MOST_CALLS && sent === 0,
    };
  },
};
