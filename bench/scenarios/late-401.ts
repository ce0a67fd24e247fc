import { count, outcomeOf, within, type Scenario } from './scenario.js';

export const late401: Scenario = {
  id: 'late-401',
  title: 'Late 401',
  about:
    'A slow request gets its 401 when the token that drew it has long been replaced. Good: no further token call, and the request is healed.',
  async run({ client, server }) {
    await client.get('/__sandbox/echo');
    const held = server.api.holdNext();
    const slow = outcomeOf(client.send({ url: '/__sandbox/echo' }));
    await held.arrived;
    server.revokeTokens();
    const first = await outcomeOf(client.send({ url: '/__sandbox/echo' }));
    const callsBefore = server.tokenCalls;
    held.release();
    const late = await within(slow, 5_000);
    const calls = server.tokenCalls - callsBefore;
    return {
      text: `${count(calls, 'further token call')}; the late one: ${late}`,
      isGood: first === 200 && calls === 0 && late === 200,
    };
  },
};
