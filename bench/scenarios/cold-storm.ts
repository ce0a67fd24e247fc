import { settle } from '../settle.js';
import { STORM_LIMIT_MS, stormCell, type Scenario } from './scenario.js';

export const coldStorm: Scenario = {
  id: 'cold-storm',
  title: 'Cold storm',
  about: 'There is no token, and 200 requests start at once. Good: one token call, and none fails.',
  async run({ client, server, isQuick }) {
    server.tokenEndpoint.delay(30);
    const size = isQuick ? 50 : 200;
    const requests = Array.from({ length: size }, () => client.get('/__sandbox/echo'));
    return stormCell(await settle(requests, STORM_LIMIT_MS), server.tokenCalls);
  },
};
