import { outcomeOf, pause, within, type Scenario } from './scenario.js';
import { slowReplays } from './slow-replay.js';
import { twoDeathsCell } from './two-deaths.js';

export const longReplay: Scenario = {
  id: 'long-replay',
  title: 'Long replay',
  about:
    'The token dies, two requests are healed, and the replay of one takes long; it ends while the token is being renewed after its next death, and a further request starts just then. Good: one token call for each of the two deaths, and none fails.',
  async run(stage) {
    const { client, server } = stage;
    await client.get('/__sandbox/echo');
    const callsBefore = server.tokenCalls;
    const send = (headers = {}) => outcomeOf(client.send({ url: '/__sandbox/echo', headers }));

    server.revokeTokens();
    const slow = slowReplays(stage);
    const a = send(slow.headers);
    const quick = await within(send(), 5_000);
    await Promise.race([slow.accepted, a]);

    server.revokeTokens();
    const renewal = server.tokenEndpoint.holdNext();
    const b = send();
    await Promise.race([renewal.arrived, b]);
    await within(a, 5_000);
    const c = send();
    await pause(50);
    renewal.release();

    const rest = await Promise.all([a, b, c].map((one) => within(one, 5_000)));
    return twoDeathsCell([quick, ...rest], server.tokenCalls - callsBefore);
  },
};
