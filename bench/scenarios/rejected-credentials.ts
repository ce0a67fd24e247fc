import { count, outcomeOf, within, type Scenario } from './scenario.js';

const MOST_CALLS = 2;

export const rejectedCredentials: Scenario = {
  id: 'rejected-credentials',
  title: 'Rejected credentials',
  about:
    'The authorization server says `invalid_client`, and 20 requests come one after the other. Good: at most 2 token calls, since more can lock a client out, and none goes to the API without a token.',
  async run({ client, server }) {
    server.rotateCredentials();
    for (let request = 0; request < 20; request += 1) {
      await within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 3_000);
    }
    const sent = server.requests.length;
    return {
      text: `${count(server.tokenCalls, 'token call')}; ${sent} sent without a token`,
      isGood: server.tokenCalls <= MOST_CALLS && sent === 0,
    };
  },
};
