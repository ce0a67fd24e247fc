import { outcomeOf, type Scenario } from './scenario.js';

export const anyStatus: Scenario = {
  id: 'any-status',
  title: '`validateStatus: () => true`',
  about:
    'The caller accepts every status, as callers that check it themselves do, and the token is dead. Good: the request is healed all the same.',
  async run({ client, server }) {
    await client.get('/__sandbox/echo');
    server.revokeTokens();
    const status = await outcomeOf(client.send({ url: '/__sandbox/echo', anyStatus: true }));
    return { text: String(status), isGood: status === 200 };
  },
};
