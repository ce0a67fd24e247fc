import { count, outcomeOf, within, type Scenario } from './scenario.js';

const MOST_CALLS = 6;

export const always401: Scenario = {
  id: 'always-401',
  title: 'A call that always draws a 401',
  about:
    'One endpoint answers 401 to every token, and is called 20 times, in turn with one that works. Good: at most 6 token calls, and the other never fails.',
  async run({ client, server }) {
    await client.get('/__sandbox/echo');
    const before = server.tokenCalls;
    let failed = 0;
    for (let request = 0; request < 20; request += 1) {
      await within(outcomeOf(client.send({ url: '/__sandbox/always-401' })), 2_000);
      const other = await within(outcomeOf(client.send({ url: '/__sandbox/echo' })), 2_000);
      if (other !== 200) failed += 1;
    }
    const calls = server.tokenCalls - before;
    return {
      text: `${count(calls, 'token call')}; of the others ${failed === 0 ? 'none' : failed} failed`,
      isGood: calls <= MOST_CALLS && failed === 0,
    };
  },
};
