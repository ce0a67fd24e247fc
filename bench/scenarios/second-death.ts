import { outcomeOf, within, type Scenario } from './scenario.js';
import { slowReplays } from './slow-replay.js';
import { twoDeathsCell } from './two-deaths.js';

export const secondDeath: Scenario = {
  id: 'second-death',
  title: 'Second death within a second',
  about:
    'The token dies, a request is healed, and while its replay is still under way the new token dies too; two further requests follow. Good: one token call for each of the two deaths, and none fails.',
  tradeOff:
    'A new token is on trial until a replay with it has been accepted, for a second at the most: a 401 on it within that time is taken for the fault of the request. That is what keeps calls that always draw a 401 from costing a token call each; two deaths within a second are what it costs.',
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
