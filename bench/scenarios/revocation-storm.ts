import { settle } from '../settle.js';
import { STORM_LIMIT_MS, stormCell, type Scenario } from './scenario.js';

export const revocationStorm: Scenario = {
  id: 'revocation-storm',
  title: 'Revocation storm',
  about:
    'The token in hand dies, and 200 requests start at once; their 401s come in over 60 ms. Good: one token call, and none fails.',
  async run({ client, server, isQuick }) {
    await client.get('/__sandbox/echo');
    const callsBefore = server.tokenCalls;
    server.revokeTokens();
    server.tokenEndpoint.delay(30);
    server.api.delay(({ serial }) => (serial * 7) % 60);
    const size = isQuick ? 50 : 200;
    const requests = Array.from({ length: size }, () => client.get('/__sandbox/echo'));
    return stormCell(await settle(requests, STORM_LIMIT_MS), server.tokenCalls - callsBefore);
  },
};
