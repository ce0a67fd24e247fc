import { outcomeOf, within, type Scenario } from './scenario.js';
import { slowReplays } from './slow-replay.js';
import { twoDeathsCell } from './two-deaths.js';

export const secondDeath: Scenario = {
  id: 'second-death',
  title: 'Second death within a second',
  about:
    'The token dies, a request is healed, and while its replay is still under way the new token dies too; two further requests follow. Good: one token call for each of the two deaths, and none fails.',
  async run(stage) {
    const { client, server } = stage;
    await client.get('/__sandbox/echo');
    const callsBefore = server.tokenCalls;
    const send = (headers = {}) => outcomeOf(client.send({ url: '/__sandbox/echo', headers }));

    server.revokeTokens();
    const slow = slowReplays(stage);
    const a = send(slow.headers);
    await Promise.race([slow.accepted, a]);
    server.revokeTokens();
    const b = await within(send(), 5_000);
    const c = await within(send(), 5_000);
    const statuses = [await within(a, 5_000), b, c];
    return twoDeathsCell(statuses, server.tokenCalls - callsBefore);
  },
};
