import { outcomeOf, type Scenario } from './scenario.js';

export const ownAuthorization: Scenario = {
  id: 'own-authorization',
  title: "The caller's own `Authorization`",
  about:
    'A request comes with an `Authorization` header of its own. Good: it is sent unchanged, and its 401 costs no token call.',
  async run({ client, server }) {
    await client.get('/__sandbox/echo');
    const before = server.tokenCalls;
    const headers = { Authorization: 'Basic bWluZQ==' };
    await outcomeOf(client.send({ url: '/__sandbox/echo', headers }));
    const sent = server.requests.at(-1)?.headers.authorization;
    const calls = server.tokenCalls - before;
    return {
      text: `${sent === headers.Authorization ? 'kept' : 'replaced'}, ${calls} token calls`,
      isGood: sent === headers.Authorization && calls === 0,
    };
  },
};
